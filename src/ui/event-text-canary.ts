import type { LateFlag } from '../core/flag.ts'
import type { EventOf } from '../core/event.ts'
import type { LaunchState } from '../core/state.ts'
import { formatDuration } from '../core/units.ts'
import { clockTime, elapsed, who } from './format.ts'
import { safeText } from './text.ts'
import type { EventText, Words } from './words.ts'

type CanaryEvent = EventOf<
  'flag-intended' | 'flag-set' | 'flag-confirmed' | 'stage-held' | 'stage-resumed' | 'stage-left' | 'canary-asked'
>

/** What a person can do about a stage that waits, from any machine. */
export const holdCommands = [
  'launch canary resume',
  'launch canary promote --reason "…"',
  'launch canary abort',
] as const

/** The canary's part of `eventText`. */
export function canaryText(event: CanaryEvent, state: LaunchState | null, words: Words): EventText | null {
  const more: readonly string[] = []
  switch (event.type) {
    case 'flag-intended':
      return null
    case 'flag-set':
      return {
        icon: 'running',
        text: `flag ${words.flag} set to ${event.percent}%, acknowledged in ${formatDuration(event.ackedMs)}`,
        more,
      }
    case 'flag-confirmed':
      return {
        icon: event.late ? 'unknown' : 'pass',
        text: `canary ${event.percent}% confirmed at the edge in ${formatDuration(event.edgeMs)}${lateText(event.late)}`,
        more,
      }
    case 'stage-held':
      return {
        icon: 'held',
        text: `canary held at ${event.percent}% until ${clockTime(event.until)}: ${safeText(event.why)}`,
        more: [`what acts: ${holdCommands.join(', ')}`],
      }
    case 'stage-resumed':
      return { icon: 'running', text: `canary goes on at ${event.percent}%: ${safeText(event.why)}`, more }
    case 'stage-left':
      return stageLeft(event, state)
    case 'canary-asked': {
      const stage = event.stage === null ? '' : ` at ${event.stage}%`
      const reason = event.reason === '' ? '' : `: ${safeText(event.reason)}`
      return {
        icon: event.ask === 'abort' ? 'rollback' : 'note',
        text: `${event.ask}${stage} asked for by ${who(event.actor.name)}${reason}`,
        more,
      }
    }
  }
}

function stageLeft(event: EventOf<'stage-left'>, state: LaunchState | null): EventText {
  const stage = state?.stages[event.step]?.findLast(({ percent }) => percent === event.percent)
  const took = stage ? ` after ${elapsed(stage.startedAt, event.at)}` : ''
  const text =
    event.verdict === 'pass'
      ? `${event.percent}% left: pass${took}`
      : `${event.percent}% left UNPROVEN${took}: ${safeText(event.why)}`
  return { icon: event.verdict === 'pass' ? 'pass' : 'unknown', text, more: [] }
}

function lateText(late: LateFlag | undefined): string {
  return late ? `, ${safeText(`more than the ${formatDuration(late.budgetMs)} its store allows${late.headers}`)}` : ''
}
