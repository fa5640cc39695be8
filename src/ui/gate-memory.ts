import type { EventOf } from '../core/event.ts'
import { isBeforeLook } from '../core/gate-keys.ts'
import { hasObserved } from './gate-lines.ts'

type GateJudged = EventOf<'gate-judged'>

/** What a log has said about a gate so far, by gate key. */
export type GateMemory = {
  readonly [key: string]: {
    readonly latest: GateJudged
    readonly printedAt: number
    /** Whether the check list of `latest` was printed in full. */
    readonly whole: boolean
    readonly numbers: boolean
  }
}

/** How much of a look at a gate a log prints. */
export type Telling = 'whole' | 'brief' | 'nothing'

/** A gate that keeps saying the same is heard from again after this much launch time. */
export const heartbeatMs = 5 * 60_000

/**
 * Decides what an append-only log prints of one look: a new fail, a phase gate's new pass and the first numbers in full,
 * another new verdict and a heartbeat briefly, everything else not at all. The full list follows when the gate is left (`untold`).
 */
export function hear(
  memory: GateMemory,
  event: GateJudged,
): { readonly memory: GateMemory; readonly telling: Telling } {
  const before = memory[event.key]
  const telling = tellingOf(before, event)
  const entry = {
    latest: event,
    printedAt: telling === 'nothing' ? (before?.printedAt ?? event.at) : event.at,
    whole: telling === 'whole',
    numbers: (before?.numbers ?? false) || hasObserved(event.checks),
  }
  return { memory: { ...memory, [event.key]: entry }, telling }
}

function tellingOf(before: GateMemory[string] | undefined, event: GateJudged): Telling {
  // Looked at once: nothing is said of it later.
  if (isBeforeLook(event)) return before?.latest.verdict === event.verdict ? 'nothing' : 'whole'
  // A phase's gate decides once; a stage's and a monitor's is looked at again and again.
  const once = event.key === event.gate
  const firstNumbers = !once && !(before?.numbers ?? false) && hasObserved(event.checks)
  if (!before || before.latest.verdict !== event.verdict) {
    return event.verdict === 'fail' || firstNumbers || (once && event.verdict === 'pass') ? 'whole' : 'brief'
  }
  if (firstNumbers) return 'whole'
  return event.at - before.printedAt >= heartbeatMs ? 'brief' : 'nothing'
}

/** Gates whose last verdict was not printed in full and that match; they count as told from here on. */
export function untold(
  memory: GateMemory,
  matches: (event: GateJudged) => boolean,
): { readonly memory: GateMemory; readonly gates: readonly GateJudged[] } {
  const entries = Object.entries(memory)
  const due = entries.filter(([, entry]) => !entry.whole && matches(entry.latest))
  const told = due.map(([key, entry]) => [key, { ...entry, whole: true, printedAt: entry.latest.at }] as const)
  return { memory: { ...memory, ...Object.fromEntries(told) }, gates: due.map(([, entry]) => entry.latest) }
}
