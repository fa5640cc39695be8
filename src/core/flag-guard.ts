import { epochMs, isoTime, type EpochMs } from './brand.ts'
import { LaunchError } from './errors.ts'
import type { FlagState } from './flag.ts'
import type { Effect, Move } from './move.ts'
import type { Plan } from './plan.ts'
import { hasChanged, mayBeExposed, type LaunchState } from './state.ts'
import type { World } from './step.ts'
import { formatDuration } from './units.ts'

/** What changes production for its users. */
export type ForwardEffect = Extract<Effect, { type: 'run-step' | 'raise-flag' }>

/** How long a flag that cannot be read is asked again, and how often. */
const flagPatienceMs = 10 * 60_000
const flagRetryMs = 5000

/** Nothing goes forward on a flag that could not be read: it is asked again for a while, then the launch stops where it is. */
export function flagLost(state: LaunchState, world: World): Move | null {
  if (world.flag !== null) return null
  const why = 'the flag cannot be read'
  if (world.now - (world.flagLostAt ?? world.now) < flagPatienceMs)
    return { type: 'wait', until: epochMs(world.now + flagRetryMs), why }
  return {
    type: 'done',
    outcome: mayBeExposed(state) || hasChanged(state, 'production') ? 'held' : 'unavailable',
    why: `${why} for ${formatDuration(flagPatienceMs)}`,
  }
}

/** Who turned the flag off, when and why: what stands in the way of a launch. */
export function latchedSince({ updatedAt, updatedBy, reason }: FlagState): string {
  return `the flag is latched off since ${isoTime(updatedAt)} by ${updatedBy}: ${reason}`
}

/**
 * The id of the latch that a command goes over: one that stood when the command was typed, for nobody can have looked at a later
 * one. Throws LATCHED over that. The times are of two machines: one that is ahead has its rollbacks taken for later than they are.
 */
export function acknowledged(flag: FlagState, typedAt: EpochMs): string {
  if (flag.updatedAt <= typedAt) return flag.writeId
  throw new LaunchError(
    'LATCHED',
    `${latchedSince(flag)}; this command was typed before that, at ${isoTime(typedAt)}`,
    {
      hint: 'see launch status; mend the cause, then the same command once more',
    },
  )
}

/** What the flag itself says against going forward: unread, malformed, latched, or further than this launch would set it. */
export function flagStops(plan: Plan, state: LaunchState, effect: ForwardEffect, world: World): Move | null {
  if (world.flag === null) return flagLost(state, world)
  if (world.flag.status === 'malformed') return refused(`the flag document cannot be understood: ${world.flag.why}`)
  if (world.flag.status === 'absent') return null
  const { flag } = world.flag
  if (flag.latched) {
    if (state.acks.includes(flag.writeId)) return null
    return {
      type: 'done',
      outcome: 'superseded',
      code: 'LATCHED',
      why: latchedSince(flag),
    }
  }
  if (effect.type === 'run-step') return exposedAlready(plan, state, effect, flag)
  // An advance never lowers what users get.
  if (flag.percent <= effect.percent) return null
  return refused(
    `the flag is at ${flag.percent} % already, set by ${flag.updatedBy}: ${effect.percent} % would take the new version from users`,
  )
}

/**
 * Files deployed under a flag that somebody else raised reach that share of users at once, without a canary. At 100 % the
 * launch before is over: only a launch whose own canary begins below could then go no further, and is told so before it deploys.
 */
function exposedAlready(
  plan: Plan,
  state: LaunchState,
  { step }: Extract<ForwardEffect, { type: 'run-step' }>,
  flag: FlagState,
): Move | null {
  const whole = flag.percent >= 100
  if (flag.percent === 0 || flag.launch === state.id || (whole && firstStage(plan) >= 100)) return null
  const by = `${flag.updatedBy}${flag.launch === null ? '' : ` in launch ${flag.launch}`}`
  const first = whole
    ? 'give this release a flag key of its own'
    : flag.launch === null
      ? 'find out what raised it'
      : 'finish that launch'
  const why = `the flag is at ${flag.percent} % already, set by ${by}: these files would reach those users without a canary; ${first}, or turn the flag off with launch rollback emergency and begin again with --ack-rollback`
  const begun = state.steps[step.id]?.status === 'intended' || hasChanged(state, 'production')
  return begun ? { type: 'done', outcome: 'held', why } : refused(why)
}

/** The least that a canary of the plan sets the flag to, in percent; 100 without one. */
function firstStage(plan: Plan): number {
  const stages = plan.phases.flatMap(({ steps }) =>
    steps.flatMap(({ spec }) =>
      typeof spec === 'object' && spec !== null && 'stages' in spec && Array.isArray(spec.stages)
        ? spec.stages.filter((stage): stage is number => typeof stage === 'number')
        : [],
    ),
  )
  return Math.min(100, ...stages)
}

function refused(why: string): Move {
  return { type: 'done', outcome: 'refused', why }
}
