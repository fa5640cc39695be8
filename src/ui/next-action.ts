import type { EpochMs } from '../core/brand.ts'
import type { FlagState } from '../core/flag.ts'
import type { Plan } from '../core/plan.ts'
import { bindingApprovals, hasChanged, mayBeExposed, type LaunchState, type Stage } from '../core/state.ts'
import { holdCommands } from './event-text-canary.ts'
import { plural } from '../core/quantity.ts'
import { clockTime, dateTime, elapsed, who } from './format.ts'
import { safeText } from './text.ts'

/** After so long without an event nobody is taken to drive a launch; a canary is looked at every 30 s by default. */
const idleMs = 5 * 60_000

/** Where a launch stands in one phrase: `baking at 30%`, `ended: succeeded`. */
export function standing(state: LaunchState): string {
  if (state.rollingBack) return `rolling back (${state.rollingBack.kind})`
  if (state.ended) return `ended: ${state.ended.outcome}`
  const stage = stageUnderWay(state)
  if (stage) return `${stage.status} at ${stage.percent}%`
  const running = phaseNow(state)
  return running === null ? 'between phases' : 'running'
}

/** The phase that was started last and is not over, or null. */
export function phaseNow(state: LaunchState): string | null {
  const running = Object.entries(state.phases).filter(([, phase]) => phase.status === 'running')
  return running.sort(([, a], [, b]) => b.startedAt - a.startedAt)[0]?.[0] ?? null
}

function stageUnderWay(state: LaunchState): Exclude<Stage, { status: 'left' }> | null {
  for (const stages of Object.values(state.stages)) {
    const newest = stages.at(-1)
    if (newest && newest.status !== 'left') return newest
  }
  return null
}

/** What happens next and which commands act on it, a line each. `latch`: that of the production flag as it is, where it was read. */
export function nextActions(
  plan: Plan,
  state: LaunchState,
  now: EpochMs,
  latch: FlagState | null = null,
): readonly string[] {
  if (state.unknownTypes.length > 0)
    return ['the journal was written by a newer launch: install it to move forward; a rollback works with this one']
  if (state.rollingBack)
    return [
      `a rollback began at ${clockTime(state.rollingBack.at)}; launch rollback ${state.rollingBack.kind} does it again safely`,
    ]
  const over = latch !== null && !state.acks.includes(latch.writeId) ? latch : null
  if (state.ended) return ended(state, over)
  const back = rolledBackLine(state)
  if (back !== null) return [back]
  if (over) return [latchedLine(over, state)]
  const idle = now - state.last.at
  const driver = idle > idleMs ? [idleAction(plan, state, now)] : []
  const asked = state.ask ? [`${state.ask.ask} was asked for by ${who(state.ask.by)} and waits for whoever drives`] : []
  return [...stageActions(state), ...asked, ...missing(plan, state), ...driver]
}

/** Whoever waits for the window has nothing to journal until then. */
function idleAction({ window }: Plan, state: LaunchState, now: EpochMs): string {
  const since = elapsed(state.last.at, now)
  if (window && now < window.opensAt && state.flag === null)
    return `no event for ${since}, and none is due before the window opens; if nobody drives, launch resume goes on`
  return `nobody drives: no event for ${since}; launch resume goes on, launch rollback emergency turns the flag off`
}

/** A rollback that stands in the journal ends the launch as soon as somebody drives it. */
function rolledBackLine({ rollbacks, found }: LaunchState): string | null {
  const last = rollbacks.at(-1)
  if (last?.outcome === 'failed')
    return 'a rollback was not confirmed: check production by hand now; launch rollback validate looks again'
  const back = last ?? found
  if (!back) return null
  return `rolled back at ${dateTime(back.at)} by ${who(back.by)}: ${resumeEnds}`
}

const resumeEnds = 'launch resume ends this launch; a new one needs --ack-rollback'

/** Of a latch that the open launch, if there is one, does not go over. */
export function latchedLine({ updatedAt, updatedBy, reason }: FlagState, state: LaunchState | null): string {
  const why = reason === '' ? '' : ` (${safeText(reason)})`
  const latched = `the flag is latched off since ${dateTime(updatedAt)} by ${who(updatedBy)}${why}`
  if (!state) return `${latched}: launch auto --ack-rollback starts a launch that goes over it`
  if (mayBeExposed(state) || hasChanged(state, 'production')) return `${latched}: ${resumeEnds}`
  return `${latched}: this launch stops before production; launch auto --ack-rollback starts one that goes over it, with sign-offs of its own`
}

function ended({ ended, rollbacks, found }: LaunchState, latch: FlagState | null): readonly string[] {
  const latched = found !== null || rollbacks.some(({ outcome }) => outcome !== 'failed')
  if (ended?.outcome === 'failed') return ['check production by hand now; launch rollback validate looks again']
  if (latched)
    return ['the flag is latched off: a new launch needs --ack-rollback; launch retry ships the same artifact again']
  if (latch) return [latchedLine(latch, null)]
  return ['nothing: the launch is over; launch report shows it']
}

function stageActions(state: LaunchState): readonly string[] {
  const stage = stageUnderWay(state)
  const percent = state.flag?.percent ?? 0
  if (!stage)
    return percent > 0 && percent < 100 ? [`${percent}% of users have it: launch rollback emergency turns it off`] : []
  if (stage.status === 'held')
    return [`held until ${clockTime(stage.until)} (${safeText(stage.why)}): ${holdCommands.join(', ')}`]
  if (stage.status === 'baking')
    return [`the canary bakes at ${stage.percent}%: launch canary pause, launch canary abort`]
  return [`the flag is on its way to ${stage.percent}%: launch canary abort stops it`]
}

function missing(plan: Plan, state: LaunchState): readonly string[] {
  const signed = new Set(bindingApprovals(state).map(({ role }) => role))
  const roles = plan.approvals.map(({ role }) => role).filter((role) => !signed.has(role))
  const open = state.blockers.filter((blocker) => blocker.open)
  return [
    ...(roles.length > 0
      ? [`sign-offs missing: ${roles.map((role) => `launch approve ${safeText(role)}`).join(', ')}`]
      : []),
    ...(open.length > 0 ? [`${plural(open.length, 'open blocker')}: launch uat status`] : []),
    ...(state.go === null && roles.length === 0 ? ['no go yet: launch go, or launch no-go'] : []),
    ...(state.go?.decision === 'no-go'
      ? ['no-go was decided: launch resume ends the launch, launch go takes it back']
      : []),
  ]
}
