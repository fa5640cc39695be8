import { epochMs, isoTime } from './brand.ts'
import { eventsPerLaunch } from './journal-limit.ts'
import type { Move } from './move.ts'
import type { Plan } from './plan.ts'
import { nameOf } from './person.ts'
import { mayBeExposed, type LaunchState } from './state.ts'
import type { World } from './step.ts'
import { productionTouched, stepCutOff, type StepKinds } from './touched.ts'

/**
 * What goes before every phase of the plan: a rollback, begun, done or found; an end; a journal this version cannot read;
 * a no-go; a flag that somebody else drives. Null when nothing of it is so.
 */
export function overriding(plan: Plan, state: LaunchState, world: World, kinds: StepKinds): Move | null {
  return (
    rollbackUnderWay(state) ??
    stillShown(state, world) ??
    rolledBack(plan, state, kinds) ??
    latchFound(plan, state, world, kinds) ??
    finished(state) ??
    cannotRead(state) ??
    full(state) ??
    declined(state) ??
    takenOver(state, world)
  )
}

export function endLaunch(outcome: 'succeeded' | 'rolled-back' | 'failed' | 'declined', why: string): Move {
  return { type: 'record', happening: { type: 'launch-ended', outcome, why } }
}

function finished(state: LaunchState): Move | null {
  return state.ended && { type: 'done', outcome: state.ended.outcome, why: state.ended.why }
}

/** A rollback that was begun is finished first, whatever else is going on, also in a launch that had ended. */
function rollbackUnderWay(state: LaunchState): Move | null {
  if (!state.rollingBack) return null
  const { kind, reason, trigger } = state.rollingBack
  return { type: 'effect', effect: { type: 'roll-back', kind, reason, trigger } }
}

/** A flag that was read this shortly after a rollback may have been read before it. */
const lookAgainMs = 5000

/**
 * A rollback stands in the journal and users still see this launch: it was of what another launch showed them, or somebody
 * went over it. Nobody watches what the journal calls rolled back, so it is turned off.
 */
function stillShown(state: LaunchState, world: World): Move | null {
  const done = state.rollbacks.at(-1)
  if (!done || world.flag?.status !== 'present') return null
  const { latched, percent, launch } = world.flag.flag
  if (latched || percent === 0 || launch !== state.id) return null
  if (Math.abs(world.now - done.at) < lookAgainMs)
    return { type: 'wait', until: epochMs(world.now + 1000), why: 'looking whether the flag is off' }
  const reason = `the flag is at ${percent} % after a rollback: ${done.reason}`
  return { type: 'effect', effect: { type: 'roll-back', kind: 'emergency', reason, trigger: 'flag' } }
}

/** One that is finished ends the launch, also one that had ended well before. */
function rolledBack(plan: Plan, state: LaunchState, kinds: StepKinds): Move | null {
  const done = state.rollbacks.at(-1)
  const { found } = state
  if (!done && !found) return null
  const outcome = done?.outcome === 'failed' ? 'failed' : 'rolled-back'
  if (state.ended?.outcome === outcome) return finished(state)
  const cutOff = stepCutOff(plan, state, kinds)
  const isHalfRestored = state.rollbacks.findLast(({ kind }) => kind === 'full')?.outcome === 'failed'
  if ((cutOff || isHalfRestored) && done?.kind !== 'full') {
    // An emergency turns the flag off and leaves the files alone, here some of each release.
    const { by, reason } = done ?? found ?? { by: '', reason: '' }
    const why = `${cutOff?.id ?? 'a full rollback'} was cut off, and ${by} rolled back: ${reason}`
    return { type: 'effect', effect: { type: 'roll-back', kind: 'full', reason: why, trigger: 'step' } }
  }
  if (done) {
    // Who drives a launch did not decide what its gate decided.
    const by = nameOf(done.by)
    const who = done.trigger === 'operator' ? by : `the launch itself (${done.trigger}), driven by ${by}`
    return endLaunch(outcome, `rolled back by ${who}: ${done.reason}`)
  }
  return found && endLaunch(outcome, `rolled back by ${nameOf(found.by)} at ${isoTime(found.at)}: ${found.reason}`)
}

/** The flag was read before the journal: a latch that this launch did not write is somebody's rollback, and it wins. */
function latchFound(plan: Plan, state: LaunchState, world: World, kinds: StepKinds): Move | null {
  if (world.flag?.status !== 'present' || !productionTouched(plan, state, kinds)) return null
  const { flag } = world.flag
  if (!flag.latched || state.acks.includes(flag.writeId)) return null
  return {
    type: 'record',
    happening: {
      type: 'rollback-found',
      writeId: flag.writeId,
      by: flag.updatedBy,
      since: flag.updatedAt,
      reason: flag.reason,
    },
  }
}

function cannotRead(state: LaunchState): Move | null {
  if (state.unknownTypes.length === 0) return null
  return {
    type: 'done',
    outcome: 'superseded',
    code: 'JOURNAL_VERSION',
    why: `the journal has events of a newer launch that this one does not know: ${[...new Set(state.unknownTypes)].join(', ')}`,
  }
}

/** A journal that is full takes rollbacks only. */
function full(state: LaunchState): Move | null {
  if (state.n < eventsPerLaunch) return null
  const why = `the journal of this launch is full (${state.n} events, ${eventsPerLaunch} are the most): nothing moves forward any more`
  return mayBeExposed(state)
    ? { type: 'done', outcome: 'held', why: `${why}; launch rollback emergency, or begin again with --new` }
    : { type: 'done', outcome: 'refused', why: `${why}; begin again with --new` }
}

/** A no-go after users got the new version takes it from them again: a launch never ends half-way. */
function declined(state: LaunchState): Move | null {
  if (state.go?.decision !== 'no-go') return null
  const why = `no-go by ${nameOf(state.go.by)}${state.go.note ? `: ${state.go.note}` : ''}`
  return mayBeExposed(state)
    ? { type: 'effect', effect: { type: 'roll-back', kind: 'emergency', reason: why, trigger: 'operator' } }
    : endLaunch('declined', why)
}

/**
 * An intent is journaled before its write, and the journal is read after the flag: a write of this launch that its journal
 * does not know of means that the newest events are gone. What they said (a fail, a no-go) is not decided without.
 */
function eventsLost(state: LaunchState, world: World): Move | null {
  if (world.flag?.status !== 'present') return null
  const { launch, latched, percent, writeId } = world.flag.flag
  const isIntended = Object.values(state.stages).some((stages) =>
    stages.some((stage) => stage.status === 'shifting' && stage.writeId === writeId),
  )
  if (launch !== state.id || latched || percent === 0 || isIntended) return null
  return {
    type: 'done',
    outcome: 'failed',
    code: 'JOURNAL_CORRUPT',
    why: `the flag was set to ${percent} % by this launch, and its journal does not know of it: its newest events are missing; launch rollback emergency turns it off`,
  }
}

/** A flag that this launch set and that says something else now is somebody else's: whoever changed it, drives. */
function takenOver(state: LaunchState, world: World): Move | null {
  if (world.flag === null) return null
  if (state.flag === null) return eventsLost(state, world)
  if (world.flag.status !== 'present') {
    const what = world.flag.status === 'absent' ? 'is gone' : `cannot be understood: ${world.flag.why}`
    return {
      type: 'done',
      outcome: 'held',
      why: `the flag document ${what}; this launch had set it to ${state.flag.percent} %`,
    }
  }
  const { writeId, percent, updatedBy, launch, latched } = world.flag.flag
  const own = [
    state.flag.writeId,
    ...Object.values(state.stages).flatMap((list) =>
      list.flatMap((stage) => (stage.status === 'shifting' ? [stage.writeId] : [])),
    ),
  ]
  if (latched || own.includes(writeId)) return null
  return {
    type: 'done',
    outcome: 'superseded',
    why: `the flag was set to ${percent} % by ${updatedBy}${launch ? ` in launch ${launch}` : ''}; this launch had set it to ${state.flag.percent} %`,
  }
}
