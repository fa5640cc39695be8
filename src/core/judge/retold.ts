import type { EpochMs } from '../brand.ts'
import type { SignalSource } from '../check.ts'
import type { RolloutSaying } from '../rollout.ts'
import type { Decision } from './decision.ts'
import type { MinuteCounts } from './minutes.ts'
import type { Signal } from './plan.ts'

/**
 * What a judge made of a minute. `counted`: against the limits and in the comparison. `shared`: the old version was outside
 * a limit, too, so it counts in the comparison alone. `young`: over, but not settled yet: in the comparison alone.
 * Refused: `unsettled` was not settled when its stage was left, `before` began before the stage's share was at the edge,
 * `open` was not over, `empty` has no data of either version.
 */
export const minuteUses = ['counted', 'shared', 'young', 'unsettled', 'before', 'open', 'empty'] as const
export type MinuteUse = (typeof minuteUses)[number]

export type RetoldMinute = {
  readonly start: EpochMs
  readonly use: MinuteUse
  /** Null where there is no data, which is not zero. */
  readonly canary: MinuteCounts | null
  readonly control: MinuteCounts | null
}

/** One stage of a rollout for one signal, minute by minute. */
export type RetoldStage = { readonly percent: number; readonly minutes: readonly RetoldMinute[] }

export type RetoldSignal = {
  readonly signal: Signal
  readonly checks: readonly { readonly id: string; readonly bounds: SignalSource }[]
  readonly stages: readonly RetoldStage[]
}

/** A verdict on a rollout as it is had again from the journal: what was counted, every number it led to, and the verdict. */
export type Retold = {
  readonly decision: Decision
  readonly saying: RolloutSaying | null
  /** The instant minute 0 begins, and how long a minute is (ms). */
  readonly origin: EpochMs
  readonly periodMs: number
  /** Minutes until a minute is settled. */
  readonly lag: number
  /** A stage may last this many times its soak. */
  readonly extend: number
  readonly signals: readonly RetoldSignal[]
  /** By check id; the same as the journal's unless the journal was written by another version. */
  readonly verdicts: { readonly [check: string]: string }
}

/** One version's sums over minutes. */
export type Sums = { readonly n: number; readonly above: readonly number[]; readonly sum: number }

/** Adds up one version over the minutes that were put to these uses. */
export function sumsOf(
  minutes: readonly RetoldMinute[],
  arm: 'canary' | 'control',
  ...uses: readonly MinuteUse[]
): Sums {
  const found = minutes.filter(({ use }) => uses.includes(use)).flatMap((minute) => minute[arm] ?? [])
  const cuts = Math.max(0, ...found.map(({ above }) => above.length))
  return {
    n: found.reduce((total, { n }) => total + n, 0),
    above: Array.from({ length: cuts }, (_, cut) => found.reduce((total, { above }) => total + (above[cut] ?? 0), 0)),
    sum: found.reduce((total, { sum }) => total + sum, 0),
  }
}
