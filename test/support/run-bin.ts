import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const binPath = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

export type RunBinOptions = {
  readonly cwd: string
  /** Added to the pinned environment; undefined takes a variable out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Written to stdin, which is then closed. Default: closed at once. */
  readonly stdin?: string
  /** After this the whole process group is killed and the run rejects. Default 30 s. */
  readonly timeoutMs?: number
  /** Another program instead of the built binary: `[command, …arguments]` put in front. */
  readonly command?: readonly [string, ...string[]]
}

export type BinResult = {
  /** Null when a signal ended it. */
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

export type RunningBin = AsyncDisposable & {
  readonly pid: number
  readonly done: Promise<BinResult>
  stdout(): string
  stderr(): string
  /** Resolves with the text once either stream contains it; rejects when the process ends first. */
  waitFor(text: string | RegExp, timeoutMs?: number): Promise<string>
  kill(signal?: NodeJS.Signals): void
}

/** Runs the built `launch` with a pinned environment (nothing of the caller's but PATH) and waits for its end. */
export async function runBin(args: readonly string[], options: RunBinOptions): Promise<BinResult> {
  await using running = startBin(args, options)
  return await running.done
}

/** Starts the built `launch` and lets it run; killed with its children at the end of the scope. */
export function startBin(args: readonly string[], options: RunBinOptions): RunningBin {
  const [program, ...front] = options.command ?? [process.execPath, binPath]
  const startedAt = performance.now()
  // Its own process group, so that nothing it started outlives the test.
  const child = spawn(program, [...front, ...args], { cwd: options.cwd, env: pinnedEnv(options), detached: true })
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk
    })
  }
  child.stdin.on('error', () => {}) // EPIPE: the program did not want its input
  child.stdin.end(options.stdin ?? '')
  const done = endOf(child, text, startedAt, options.timeoutMs ?? 30_000, [program, ...front, ...args].join(' '))
  done.catch(() => {}) // a scope left early is not an unhandled rejection
  return {
    pid: child.pid ?? 0,
    done,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    waitFor: (wanted, timeoutMs = 45_000) => seen(child, text, wanted, timeoutMs),
    kill: (signal = 'SIGTERM') => void child.kill(signal),
    [Symbol.asyncDispose]: async () => {
      killGroup(child)
      await done.catch(() => {})
    },
  }
}

function pinnedEnv(options: RunBinOptions): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: options.cwd,
    // Below what a checkout ignores: a launch keeps its last plan there.
    XDG_STATE_HOME: join(options.cwd, '.launch', 'user'),
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    // No look at the instance metadata service when a test has no credentials.
    AWS_EC2_METADATA_DISABLED: 'true',
    ...options.env,
  }
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined))
}

type Text = { stdout: string; stderr: string }

function endOf(
  child: ChildProcessWithoutNullStreams,
  text: Text,
  startedAt: number,
  timeoutMs: number,
  line: string,
): Promise<BinResult> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      killGroup(child)
      reject(new Error(`no end after ${timeoutMs} ms: ${line}\n${text.stdout}\n${text.stderr}`))
    }, timeoutMs)
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    child.once('close', (exitCode, signal) => {
      clearTimeout(timer)
      resolve({ exitCode, signal, ...text, ms: performance.now() - startedAt })
    })
  })
}

function seen(
  child: ChildProcessWithoutNullStreams,
  text: Text,
  wanted: string | RegExp,
  timeoutMs: number,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const found = () =>
      [text.stdout, text.stderr].find((stream) =>
        typeof wanted === 'string' ? stream.includes(wanted) : wanted.test(stream),
      )
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      child.off('close', ended)
      child.stdout.off('data', look)
      child.stderr.off('data', look)
      finish()
    }
    const look = () => {
      const stream = found()
      if (stream !== undefined) settle(() => resolve(stream))
    }
    const ended = () => {
      const stream = found()
      settle(() => (stream === undefined ? reject(notSeen('the program ended')) : resolve(stream)))
    }
    const notSeen = (why: string) =>
      new Error(`${why} before ${String(wanted)} was printed\n${text.stdout}\n${text.stderr}`)
    const timer = setTimeout(() => settle(() => reject(notSeen(`${timeoutMs} ms passed`))), timeoutMs)
    child.stdout.on('data', look)
    child.stderr.on('data', look)
    child.on('close', ended)
    look()
  })
}

function killGroup(child: ChildProcessWithoutNullStreams): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // ESRCH: the group is gone already.
  }
}
