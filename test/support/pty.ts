import { spawn } from 'node:child_process'

export type Pty = AsyncDisposable & {
  /** Everything the terminal showed so far, as bytes came. */
  screen(): string
  waitFor(text: string): Promise<void>
  type(keys: string): void
  readonly exitCode: Promise<number | null>
}

/** Runs a program in a real pseudo terminal (util-linux `script`), to be typed into. */
export function startPty(
  argv: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Pty {
  const line = argv.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    cwd: options.cwd,
    env: { TERM: 'xterm', SHELL: '/bin/sh', ...options.env },
  })
  let screen = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (screen += text))
  const exitCode = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject))
  return {
    screen: () => screen,
    waitFor: async (text) => {
      const until = performance.now() + 15_000
      while (!screen.includes(text)) {
        if (performance.now() > until || child.exitCode !== null) throw new Error(`"${text}" was not shown:\n${screen}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    type: (keys) => void child.stdin.write(keys),
    exitCode,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exitCode.catch(() => null)
    },
  }
}
