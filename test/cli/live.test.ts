import { readdir } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { forbiddenIn } from '../support/forbidden.ts'
import { guidedProject } from '../support/guided-sheet.ts'
import { screenOf } from '../support/live-screens.ts'
import { startPty } from '../support/pty.ts'
import { binPath, runBin } from '../support/run-bin.ts'
import { tempDir } from '../support/temp-dir.ts'

const [columns, rows] = [80, 24]
const slow = 60_000

/** What a command leaves on a terminal of 80 × 24, and every byte it wrote there. */
async function onTerminal(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  during: (pty: ReturnType<typeof startPty>) => Promise<void> = async () => {},
) {
  const line = ['sh', '-c', `stty rows ${rows} cols ${columns} && exec "$@"`, 'sh', process.execPath, binPath, ...args]
  const pinned = { PATH: process.env['PATH'], HOME: cwd, LANG: 'C.UTF-8', TZ: 'UTC', ...env }
  await using pty = startPty(line, { cwd, env: pinned })
  await during(pty)
  const exitCode = await pty.exitCode
  return { exitCode, bytes: pty.screen(), screen: screenOf(pty.screen(), columns) }
}

/** The frame that was left: from its title to whom to call. */
function lastFrame(screen: readonly string[]): readonly string[] {
  const from = screen.findLastIndex((line) => line.startsWith('Small board'))
  const to = screen.findIndex((line, index) => index > from && line.startsWith('then '))
  return screen.slice(from, to + 1)
}

test(
  'the live view is left on the terminal as it was last, also after Ctrl-C, and a replay of the launch ends with the same one',
  { timeout: slow },
  async () => {
    await using dir = await tempDir({ files: guidedProject })
    const live = await onTerminal(dir.path, ['auto', '--sandbox'])
    const [journal = ''] = await readdir(dir.file('.launch/sandbox/reports'))
    const launch = journal.slice(0, 26)
    const replay = await onTerminal(dir.path, ['canary', 'watch', '--sandbox', '--replay', launch, '--speed', '6000x'])

    expect(live.exitCode).toBe(0)
    expect(replay.exitCode).toBe(0)
    const frame = lastFrame(live.screen)
    expect(frame.length).toBeGreaterThan(6)
    expect(frame.join('\n')).toContain('succeeded')
    expect(lastFrame(replay.screen)).toEqual(frame)
    // Log lines stand above it, each once, and its end below.
    const above = live.screen.filter((line) => line.includes('launch ended, succeeded'))
    expect(above).toHaveLength(1)
    expect(live.screen.filter((line) => line.startsWith('Small board'))).toHaveLength(1)
    expect(live.screen.findIndex((line) => line.startsWith('result'))).toBeGreaterThan(
      live.screen.indexOf(frame.at(-1) ?? ''),
    )
    // The cursor is there again.
    expect(live.bytes.lastIndexOf('\u001B[?25h')).toBeGreaterThan(live.bytes.lastIndexOf('\u001B[?25l'))

    const stopped = await onTerminal(
      dir.path,
      ['canary', 'watch', '--sandbox', '--replay', launch, '--speed', '1x'],
      {},
      async (pty) => {
        await pty.waitFor('exposure  ')
        pty.type('\u0003')
      },
    )
    expect(stopped.exitCode).toBe(130)
    expect(stopped.bytes.lastIndexOf('\u001B[?25h')).toBeGreaterThan(stopped.bytes.lastIndexOf('\u001B[?25l'))
    expect(stopped.screen.filter((line) => line.startsWith('Small board'))).toHaveLength(1)

    const piped = await runBin(['canary', 'watch', '--sandbox', '--replay', launch], { cwd: dir.path })
    expect(piped.exitCode).toBe(0)
    expect(piped.stdout).toBe(`replayed launch ${launch}: succeeded\n`)
    expect(forbiddenIn(piped.stdout + piped.stderr)).toEqual([])
    expect(piped.stderr).toContain('50% left: pass')
  },
)

test(
  'where nothing can be drawn again the log is written as ever: a dumb terminal, CI, --no-live',
  { timeout: slow },
  async () => {
    await using dir = await tempDir({ files: guidedProject })
    const launch = ['auto', '--sandbox', '--new'] as const
    const shown: string[] = []
    for (const [args, env] of [
      [launch, { TERM: 'dumb' }],
      [launch, { CI: 'true' }],
      [[...launch, '--no-live'], { NO_COLOR: '1' }],
    ] as const) {
      const { bytes, exitCode } = await onTerminal(dir.path, args, env)
      expect(exitCode).toBe(0)
      expect(bytes).toContain('launch ended, succeeded')
      expect(bytes).not.toContain('exposure  ')
      shown.push(bytes)
    }
    // Not even a spinner where somebody asked for it.
    expect(shown.map((bytes) => bytes.includes('\u001B[?2026h'))).toEqual([false, true, false])
  },
)
