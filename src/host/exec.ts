import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { execa } from 'execa'
import { LaunchError } from '../core/errors.ts'
import type { Exec, ExecRequest, ExecResult } from '../core/ports.ts'
import { lineReader } from './lines.ts'
import { killGroup, signalNumber } from './process-group.ts'
import type { Scrubber } from './secrets.ts'

export type SystemExecOptions = {
  /** The whole environment of a child, before what a request adds: nothing else is inherited. */
  readonly env: { readonly [name: string]: string | undefined }
  readonly scrubber: Scrubber
  /** From the polite signal (SIGTERM) to the one nobody survives. Default 5 s. */
  readonly graceMs?: number
}

const tailLines = 40

/**
 * Runs programs of this machine. No shell is involved, stdin is closed, and a program is the head of a process group of its own:
 * Ctrl-C in the terminal does not reach it, and a timeout or an abort ends everything it started (not what left the group).
 *
 * `run` throws LaunchError COMMAND_NOT_FOUND, and the signal's reason when aborted. A timeout or an exit code is a result.
 */
export function systemExec(options: SystemExecOptions): Exec {
  return {
    run: (request, signal) => runInGroup(request, signal, options),
    which: async (names) => {
      for (const name of names) {
        const path = await find(name, options.env['PATH'] ?? '')
        if (path !== null) return path
      }
      return null
    },
  }
}

async function runInGroup(request: ExecRequest, signal: AbortSignal, options: SystemExecOptions): Promise<ExecResult> {
  signal.throwIfAborted()
  const [program = '', ...args] = request.argv
  await mustBeFolder(request.cwd)
  const startedAt = performance.now()
  const child = execa(program, args, {
    cwd: request.cwd,
    env: { ...options.env, ...request.env },
    extendEnv: false,
    shell: false,
    detached: true,
    stdin: 'ignore',
    buffer: false,
    reject: false,
  })

  const tail: string[] = []
  const onLine = (line: string) => {
    tail.push(line)
    if (tail.length > tailLines) tail.shift()
    request.onLine?.(line)
  }
  for (const stream of [child.stdout, child.stderr]) {
    const reader = lineReader(options.scrubber, onLine)
    stream.on('data', (chunk: Uint8Array) => reader.push(chunk)).once('end', () => reader.end())
  }

  const ending = endGroupWhen(child.pid, request.timeoutMs, signal, options.graceMs ?? 5000)
  const result = await child.finally(() => ending.settle())
  signal.throwIfAborted()
  if (result.code === 'ENOENT') throw notFound(program)
  if (result.code === 'EACCES')
    throw new LaunchError('COMMAND_NOT_FOUND', `"${program}" may not be executed`, { hint: 'chmod +x it' })
  return {
    exitCode: result.exitCode ?? 128 + signalNumber(result.signal),
    timedOut: ending.timedOut(),
    ms: performance.now() - startedAt,
    tail: tail.join('\n'),
  }
}

/** Ends a process group on abort or timeout: asks first, insists after the grace time. */
function endGroupWhen(pid: number | undefined, timeoutMs: number, signal: AbortSignal, graceMs: number) {
  let timedOut = false
  let insist: NodeJS.Timeout | undefined
  const end = () => {
    if (insist !== undefined) return
    killGroup(pid, 'SIGTERM')
    insist = setTimeout(() => killGroup(pid, 'SIGKILL'), graceMs)
  }
  const onTimeout = () => {
    timedOut = true
    end()
  }
  // The second Ctrl-C exits at once: nothing we started may outlive us.
  const onExit = () => killGroup(pid, 'SIGKILL')
  const timer = timeoutMs < 2 ** 31 ? setTimeout(onTimeout, timeoutMs) : undefined
  signal.addEventListener('abort', end, { once: true })
  process.once('exit', onExit)
  return {
    timedOut: () => timedOut,
    settle: () => {
      clearTimeout(timer)
      clearTimeout(insist)
      signal.removeEventListener('abort', end)
      process.off('exit', onExit)
      // The head went on the first signal; whoever is left in its group has had the same warning.
      if (insist !== undefined) killGroup(pid, 'SIGKILL')
    },
  }
}

async function mustBeFolder(cwd: string): Promise<void> {
  const found = await stat(cwd).catch(() => null)
  if (!found?.isDirectory())
    throw new LaunchError('COMMAND_NOT_FOUND', `no folder "${cwd}" to run a command in`, {
      hint: 'check cwd in the run sheet',
    })
}

async function find(name: string, path: string): Promise<string | null> {
  const candidates =
    name.includes('/') || isAbsolute(name)
      ? [name]
      : path
          .split(delimiter)
          .filter((folder) => folder !== '')
          .map((folder) => join(folder, name))
  for (const candidate of candidates) {
    const found = await stat(candidate).catch(() => null)
    if (
      found?.isFile() &&
      (await access(candidate, constants.X_OK).then(
        () => true,
        () => false,
      ))
    )
      return candidate
  }
  return null
}

function notFound(program: string): LaunchError {
  return new LaunchError('COMMAND_NOT_FOUND', `no program "${program}" on this machine`)
}
