import type { EpochMs } from '../core/brand.ts'
import type { EventOf, LaunchEvent } from '../core/event.ts'
import { reduce } from '../core/reduce.ts'
import { startState, type LaunchState } from '../core/state.ts'
import { eventText } from '../ui/event-text.ts'
import type { EventText, Words } from '../ui/words.ts'

/** What happened when: every event that says something, and of the gates every change of a verdict. */
export function timelineOf(
  events: readonly LaunchEvent[],
  words: Words,
): readonly { readonly at: EpochMs; readonly text: EventText }[] {
  const verdicts = new Map<string, string>()
  const lines: { at: EpochMs; text: EventText }[] = []
  let state: LaunchState | null = null
  const finished = new Set(
    events.flatMap((event) => (event.type === 'step-done' || event.type === 'step-failed' ? [event.attempt] : [])),
  )
  for (const event of events) {
    state = event.type === 'launch-opened' ? startState(event) : state && reduce(state, event)
    // A step that came to an end is told by its end.
    if (event.type === 'step-intended' && finished.has(event.attempt)) continue
    const text = event.type === 'gate-judged' ? gateChange(event, verdicts, words) : eventText(event, state, words)
    if (text) lines.push({ at: event.at, text })
  }
  return lines
}

function gateChange(event: EventOf<'gate-judged'>, verdicts: Map<string, string>, words: Words): EventText | null {
  if (verdicts.get(event.key) === event.verdict) return null
  verdicts.set(event.key, event.verdict)
  const open = event.checks.filter(({ judgement }) => judgement.verdict === 'fail')
  const why = open.map(({ title, judgement }) => `${title}: ${judgement.why}`)
  return { icon: event.verdict, text: `${words.gate(event)}: ${event.verdict}`, more: why }
}
