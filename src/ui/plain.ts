import type { EpochMs } from '../core/brand.ts'
import type { EventOf, LaunchEvent } from '../core/event.ts'
import type { LaunchState } from '../core/state.ts'
import { endLines } from './end-lines.ts'
import { eventText } from './event-text.ts'
import { clockTime, dateTime, utcDate } from './format.ts'
import { checkLines, gateSummary, openLines } from './gate-lines.ts'
import { hear, heartbeatMs, untold, type GateMemory } from './gate-memory.ts'
import type { Reporter, ReporterContext, ReporterKind } from './reporter.ts'
import { safeText } from './text.ts'
import type { IconName, Theme, Tone } from './theme.ts'
import { wordsOf, type EventText } from './words.ts'
import { wrap } from './wrap.ts'

export const plain = {
  name: 'plain',
  about: 'an append-only log: one line per change, every gate with its numbers when it is left',
  stream: 'stderr',
  create: plainReporter,
} as const satisfies ReporterKind

// The width of `18:04:12Z ` and of an icon with its space: what belongs to a line is indented below its text.
const indent = ' '.repeat(12)

type GateJudged = EventOf<'gate-judged'>

const tones: { readonly [I in IconName]: Tone } = {
  pass: 'pass',
  fail: 'fail',
  running: 'strong',
  waiting: 'dim',
  unknown: 'unknown',
  warn: 'unknown',
  held: 'unknown',
  rollback: 'fail',
  waived: 'waived',
  note: 'dim',
}

/** The append-only progress log. Owns what it has already said. */
function plainReporter(context: ReporterContext): Reporter {
  const { theme, plan, spinner } = context
  const words = wordsOf(plan, context.describeStep)
  let gates: GateMemory = {}
  let date = ''
  const progressAt = new Map<string, number>()
  // A brief look that has yet to be written: when the next event is the end of what was judged, its full list says it all.
  let brief: GateJudged | null = null

  function write(lines: readonly string[], to: Pick<ReporterContext, 'write' | 'theme' | 'columns'> = context): void {
    if (lines.length === 0) return
    spinner?.hide()
    const { columns } = to
    const wrapped = columns === undefined ? lines : lines.flatMap((line) => wrap(line, columns, hangOf(line)))
    to.write(wrapped.map((line) => `${to.theme.encode(line)}\n`).join(''))
  }

  function tellBrief(): void {
    if (brief) print(brief.at, heard(brief, false))
    brief = null
  }

  /** Lines of an instant; the first ones of a day are preceded by its date. */
  function print(at: EpochMs, lines: readonly string[]): void {
    if (lines.length === 0) return
    const day = utcDate(at)
    write(day === date ? lines : [theme.paint.dim(`${day} (times are UTC)`), ...lines])
    date = day
  }

  function stamped(at: EpochMs, icon: IconName, text: string): string {
    return `${theme.paint.dim(clockTime(at))} ${theme.paint[tones[icon]](theme.icons[icon])} ${text}`
  }

  function told(event: LaunchEvent, text: EventText): readonly string[] {
    return [stamped(event.at, text.icon, text.text), ...below(text.more.map((line) => theme.paint.dim(line)))]
  }

  function heard(event: GateJudged, whole: boolean): readonly string[] {
    const head = stamped(event.at, event.verdict, `${words.gate(event)}: ${gateSummary(event, theme)}`)
    return [head, ...below(whole ? checkLines(event.checks, theme) : openLines(event.checks, theme))]
  }

  function leaving(event: LaunchEvent): readonly string[] {
    const due = untold(gates, (gate) => isLeft(gate, event))
    gates = due.memory
    if (due.gates.some((gate) => gate === brief)) brief = null
    return due.gates.flatMap((gate) => {
      const looked = gate.at === event.at ? '' : ` (last look ${clockTime(gate.at)})`
      const head = stamped(event.at, gate.verdict, `${words.gate(gate)}${looked}: ${gateSummary(gate, theme)}`)
      return [head, ...below(checkLines(gate.checks, theme))]
    })
  }

  return {
    onEvent(event: LaunchEvent, state: LaunchState) {
      if (event.type === 'gate-judged') {
        tellBrief()
        const { memory, telling } = hear(gates, event)
        gates = memory
        if (telling === 'whole') print(event.at, heard(event, true))
        if (telling === 'brief') brief = event
        return
      }
      const left = leaving(event)
      tellBrief()
      const text = eventText(event, state, words)
      const lines =
        event.type === 'phase-started'
          ? phaseHeading(words.phase(event.phase), event.at, theme)
          : text
            ? told(event, text)
            : []
      print(event.at, [...left, ...lines])
      if (event.type === 'step-intended') spinner?.show(theme.encode(words.step(event.step)))
    },
    onProgress(text, at) {
      tellBrief()
      const safe = safeText(text)
      if (spinner) return spinner.show(theme.encode(safe))
      // Countdowns differ only in their digits: one line for each thing that is waited for, and again as a heartbeat.
      const subject = safe.replaceAll(/\d+/g, '#')
      const before = progressAt.get(subject)
      if (before !== undefined && at - before < heartbeatMs) return
      progressAt.set(subject, at)
      print(at, [stamped(at, 'waiting', theme.paint.dim(safe))])
    },
    onQuestion() {
      tellBrief()
      spinner?.hide()
    },
    onEnd(envelope) {
      tellBrief()
      const { result } = context
      if (!result) return write(['', ...endLines(envelope, theme)])
      write([''])
      write(endLines(envelope, result.theme), result)
    },
  }
}

/** A line below another one goes on further in than it begins. */
function hangOf(line: string): number {
  return line.startsWith(indent) ? indent.length + 4 : indent.length
}

function phaseHeading(title: string, at: EpochMs, theme: Theme): readonly string[] {
  return ['', theme.paint.heading(`── ${title} ── ${dateTime(at)}`)]
}

function below(lines: readonly string[]): readonly string[] {
  return lines.map((line) => indent + line)
}

// Events that end whatever was being judged.
const endings: ReadonlySet<LaunchEvent['type']> = new Set([
  'rollback-intended',
  'rolled-back',
  'rollback-found',
  'paused',
  'launch-ended',
])

/** Whether an event is the last word on a gate: its stage, step or phase is over or put on hold. */
function isLeft(gate: GateJudged, event: LaunchEvent): boolean {
  if (event.type === 'stage-left' || event.type === 'stage-held') return gate.stage === event.percent
  if (event.type === 'step-done' || event.type === 'step-failed') return gate.key === event.step
  if (event.type === 'phase-ended') return gate.phase === event.phase
  return endings.has(event.type)
}
