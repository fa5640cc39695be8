import type { EpochMs } from '../core/brand.ts'
import type { EventOf, LaunchEvent } from '../core/event.ts'
import { handOverIn } from '../core/hand-over.ts'
import type { Plan } from '../core/plan.ts'
import { productionStanding } from '../core/production-standing.ts'
import type { LaunchState } from '../core/state.ts'
import { dateTime, elapsed, who } from './format.ts'
import { gateSummary, openLines } from './gate-lines.ts'
import { gateName, newestGate } from './matrix.ts'
import { nextActions, standing } from './next-action.ts'
import { safeText, table } from './text.ts'
import type { Theme } from './theme.ts'

/** The first line about a launch that is taken up. What became of the flag since one has ended, the end of the run says. */
export function takenUpLine(state: LaunchState): string {
  const { ended, rollingBack } = state
  const launch = `launch ${safeText(state.id)}`
  if (ended && !rollingBack) return `${launch} has ended: ${ended.outcome}, at ${dateTime(ended.at)} (UTC)`
  return `${launch} goes on; ${productionNow(state)}`
}

/** Where the launch left production, which after a rollback is not what it had set. */
function productionNow(state: LaunchState): string {
  const back = state.rollbacks.findLast(({ outcome }) => outcome !== 'failed') ?? state.found
  return back ? `production was rolled back at ${dateTime(back.at)} by ${who(back.by)}` : productionStanding(state)
}

/** What whoever takes a launch up has to know before the first question: who had it, where it stands, and why. */
export function handOverLines(
  {
    plan,
    state,
    events,
    now,
  }: {
    readonly plan: Plan
    readonly state: LaunchState
    readonly events: readonly LaunchEvent[]
    readonly now: EpochMs
  },
  theme: Theme,
): readonly string[] {
  const last = events.at(-1)
  const left = last?.type === 'paused' ? leftRow(last, now) : null
  const gate = newestGate(state)
  const done = plan.phases.filter(({ id }) => {
    const phase = state.phases[id]
    return phase?.status === 'ended' && phase.verdict === 'pass'
  })
  const rows = [
    ...(left ? [left] : []),
    ['opened', `${dateTime(state.openedAt)} by ${who(state.openedBy.name)}`],
    ['stands', `${standing(state)}; ${productionNow(state)}`],
    ['behind', done.length === 0 ? 'no phase' : done.map(({ title }) => safeText(title)).join(', ')],
    ...(gate ? [[`gate`, `${gateName(gate)}: ${gateSummary(gate, theme)}`]] : []),
    ...(gate ? openLines(gate.checks, theme).map((line) => ['', line]) : []),
    ...state.notes.map(({ text, by }) => ['note', `${safeText(text)} (${who(by)})`]),
    ...nextActions(plan, state, now).map((line) => ['acts', line]),
  ]
  const title = `Taking up ${safeText(plan.title)}, launch ${safeText(state.id)}`
  return [
    '',
    theme.paint.heading(title),
    ...table(rows.map(([label = '', text = '']) => [`  ${theme.paint.dim(label)}`, text])),
  ]
}

function leftRow(event: EventOf<'paused'>, now: EpochMs): readonly string[] {
  const to = handOverIn(event.signal)
  const ago = `${elapsed(event.at, now)} ago`
  if (to === null) return ['left', `by ${who(event.actor.name)} (${safeText(event.signal)}), ${ago}`]
  return ['handed', `over by ${who(event.actor.name)} to ${safeText(to)}, ${ago}`]
}
