import { safeScreen } from '../core/safe-text.ts'
import type { LiveWindow } from '../ui/reporter.ts'
import { leastColumns, leastRows } from '../ui/live/size.ts'
import { repaint, showCursor } from '../ui/live/repaint.ts'
import type { Terminal } from '../host/terminal.ts'
import type { GlobalOptions } from './options.ts'
import type { Output } from './output.ts'

type Streams = { readonly stdout: NodeJS.WriteStream; readonly stderr: NodeJS.WriteStream }

/** Not more often than this (10 times a second), and at least this often. */
const leastMs = 100
const tickMs = 1000

/** What the options of a command leave of it: null where somebody wants a log, a stream of events or nothing. */
export function liveWindowFor(
  { quiet, jsonl, live }: Pick<GlobalOptions, 'quiet' | 'jsonl' | 'live'>,
  { scrub, err }: Output,
  host: Streams & { readonly env: NodeJS.ProcessEnv },
): LiveWindow | null {
  if (quiet || jsonl || !live) return null
  const shown = (line: string) => safeScreen(scrub(line), err.terminal.colorLevel > 0)
  return liveWindowOn(host, err.terminal, host.env, shown)
}

/**
 * The live view's part of the terminal behind stderr. While it is there, whatever anybody writes to either stream of that
 * terminal scrolls above it. Null where nothing can be drawn again: no terminal, a dumb or a tiny one, or CI.
 */
function liveWindowOn(
  { stdout, stderr }: Streams,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
  /** What a text is before it may be shown: without secrets and control sequences. */
  shown: (text: string) => string,
): LiveWindow | null {
  const isCI = (env['CI'] ?? '') !== '' && env['CI'] !== 'false'
  if (!terminal.live || isCI || !(stderr.columns >= leastColumns) || !(stderr.rows >= leastRows)) return null
  const owned = stdout.isTTY ? [stderr, stdout] : [stderr]
  const write = stderr.write.bind(stderr)
  let draw: Parameters<LiveWindow['open']>[0] = () => []
  let before: readonly string[] = []
  let paintedAt = 0
  let wholeAt = 0
  let soon: NodeJS.Timeout | null = null
  let tick: NodeJS.Timeout | null = null
  let state: 'closed' | 'hidden' | 'open' = 'closed'

  function paint(above: readonly string[] = [], isGone = false): void {
    const now = performance.now()
    const columns = stderr.columns
    // The last column stays free: some terminals go on to the next line when it is written.
    const after = isGone ? [] : draw({ columns: columns - 1, rows: stderr.rows }).map(shown)
    const whole = now - wholeAt >= tickMs
    if (whole) wholeAt = now
    write(repaint({ before, after, columns, above, whole }))
    before = after
    paintedAt = now
  }

  function refresh(): void {
    if (state === 'closed') return
    if (state === 'hidden') show()
    soon ??= unref(
      setTimeout(
        () => {
          soon = null
          if (state === 'open') paint()
        },
        Math.max(0, leastMs - (performance.now() - paintedAt)),
      ),
    )
  }

  /** Takes the streams over: a line of somebody else must not end up in the middle of the frame. */
  function show(): void {
    state = 'open'
    for (const stream of owned) stream.write = takeIn
  }

  function takeIn(chunk: string | Uint8Array, ...more: readonly unknown[]): boolean {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')
    const lines = text.split('\n').map((line) => line.replace(/\r$/, ''))
    // What ends with a line break has an empty rest behind it.
    paint(lines.at(-1) === '' ? lines.slice(0, -1) : lines)
    const done = more.at(-1)
    if (typeof done === 'function') done()
    return true
  }

  function giveBack(): void {
    for (const stream of owned) stream.write = stream === stderr ? write : writeOut
  }
  const writeOut = stdout.write.bind(stdout)

  const onResize = () => {
    if (state === 'open') paint()
  }
  const onExit = () => close()

  function close(): void {
    if (state === 'closed') return
    if (soon) clearTimeout(soon)
    if (tick) clearInterval(tick)
    soon = null
    stderr.off('resize', onResize)
    process.off('exit', onExit)
    if (state === 'open') {
      paint()
      write(`${before.length > 0 ? '\r\n' : ''}${showCursor}`)
    }
    giveBack()
    state = 'closed'
  }

  return {
    open: (drawing) => {
      draw = drawing
      state = 'hidden'
      stderr.on('resize', onResize)
      // A second signal leaves at once: the cursor is given back on the way.
      process.on('exit', onExit)
      tick = unref(setInterval(() => state === 'open' && paint(), tickMs))
    },
    refresh,
    hide: () => {
      if (state !== 'open') return
      paint([], true)
      write(showCursor)
      giveBack()
      state = 'hidden'
    },
    close,
  }
}

function unref(timer: NodeJS.Timeout): NodeJS.Timeout {
  return timer.unref()
}
