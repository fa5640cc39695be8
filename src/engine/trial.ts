import type { EpochMs } from '../core/brand.ts'
import { environmentOf } from '../core/environment-of.ts'
import type { Plan, PlannedStep } from '../core/plan.ts'
import { stageKey } from '../core/gate-keys.ts'
import { stepKind } from '../steps/registry.ts'
import { needsOfGate } from '../gates/judge-gate.ts'
import { rolloutAt, scopeOf } from './look.ts'
import { replayRollout, type Recording, type Replay } from './replay-rollout.ts'

/** A run sheet's canary as it is tried: with the limit of a sweep, or as it stands (null). */
export type Variant = { readonly limit: string | null; readonly plan: Plan; readonly step: PlannedStep }

/** One rollout of the past under one variant. */
export type Trial = {
  /** The launch, or when the rollout was begun. */
  readonly of: string
  readonly limit: string | null
  readonly replay: Replay
  /** From the first stage to the end. */
  readonly minutes: number
}

/** What came of all trials of one limit. `minutes`: the middle of the times to the end, of those that were decided. */
export type Tally = {
  readonly limit: string | null
  readonly trials: readonly Trial[]
  readonly stopped: number
  readonly held: number
  readonly promoted: number
  readonly undecided: number
  readonly minutes: number | null
}

/** Replays a recording under a variant; what the recording cannot answer is said instead of judged. */
export function tryOut({ limit, plan, step }: Variant, of: string, recording: Recording): Trial {
  const lacking = recording.lacks(needsAtFirst(plan, step, recording))
  if (lacking.length === 0) {
    const replay = replayRollout(plan, step, recording)
    return { of, limit, replay, minutes: minutesOf(replay) }
  }
  const { beginsAt: at } = recording
  const why = `not recorded: ${lacking.join(', ')}`
  return {
    of,
    limit,
    replay: { ended: 'undecided', why, stage: null, beganAt: at, at, shifts: [], events: [] },
    minutes: 0,
  }
}

function needsAtFirst(plan: Plan, step: PlannedStep, { before }: Recording) {
  const percent = stepKind(step.kind).rollout(step.spec)?.stages[0] ?? null
  const rollout = percent === null ? null : rolloutAt({ key: stageKey(step, percent), stage: percent }, plan, before)
  const scope = scopeOf(environmentOf(plan, step.environment), step.phase)
  return step.gate ? needsOfGate(step.gate, { ...scope, ...(rollout && { rollout }) }) : []
}

export function tallyOf(limit: string | null, all: readonly Trial[]): Tally {
  const trials = all.filter((trial) => trial.limit === limit)
  const count = (ended: Replay['ended']) => trials.filter(({ replay }) => replay.ended === ended).length
  const times = trials
    .filter(({ replay }) => replay.ended !== 'undecided')
    .map(({ minutes }) => minutes)
    .toSorted((a, b) => a - b)
  return {
    limit,
    trials,
    stopped: count('stopped'),
    held: count('held'),
    promoted: count('promoted'),
    undecided: count('undecided'),
    minutes: times[Math.floor((times.length - 1) / 2)] ?? null,
  }
}

/** To a tenth of a minute. */
function minutesOf({ beganAt, at }: { readonly beganAt: EpochMs; readonly at: EpochMs }): number {
  return Math.round((at - beganAt) / 6000) / 10
}
