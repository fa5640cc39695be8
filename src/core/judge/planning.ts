import { rateUpperBound } from '../stats/binomial.ts'
import type { Usual } from './detection.ts'
import { rules, type JudgePlan, type Rules, type Signal } from './plan.ts'

/**
 * The fewest events n, `floor` or more, with which a usual share is proven safe for the next share of users: with as many bad
 * ones as usual, share · n rounded up, the Clopper-Pearson bound times `next` is at most the limit. Null: no number is enough.
 */
export function requestsToProve(
  usual: number,
  limit: number,
  next: number,
  floor: number,
  beta: number,
): number | null {
  if (usual * next >= limit || usual >= 1) return null
  // With more bad ones allowed the share they may be of comes nearer to the limit: once it is enough it stays enough.
  const fewest = (bad: number) =>
    Math.max(
      floor,
      smallest(1, (n) => rateUpperBound(bad, n, beta) * next <= limit),
    )
  const bad = smallest(0, (k) => fewest(k) * usual <= k + 1e-9)
  return fewest(bad)
}

/** The smallest whole number from `first` on that holds, where every larger one does. */
function smallest(first: number, holds: (value: number) => boolean): number {
  if (holds(first)) return first
  let low = first
  let high = Math.max(1, first * 2)
  while (!holds(high) && high < 2 ** 50) {
    low = high
    high *= 2
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}

/** The error of one look at the pass bound of a stage, and how many looks it has. Minutes. */
export function passLooks(
  soak: number,
  budget: number,
  { lookEvery, passBeta }: Rules = rules,
): { readonly looks: number; readonly beta: number } {
  const looks = 1 + Math.max(0, Math.floor((budget - soak) / lookEvery))
  return { looks, beta: passBeta / looks }
}

/** The smallest rate of the new version that lifts the rate of all users to the limit, when nothing tells the versions apart. */
export function dilutedFrom(usual: number, limit: number, share: number): number {
  return usual + (limit - usual) / share
}

export type StagePlan = {
  readonly share: number
  /** Minutes from its beginning until it is left, or its budget is spent. */
  readonly minutes: number
  /** Whether the data of a usual rollout prove it in time. */
  readonly proven: boolean
  /** Per signal: events of the new version there will be by then, and how many prove it; null: no number does. */
  readonly signals: readonly { readonly seen: number; readonly needed: number | null }[]
}

/** A rollout as it is meant to go. Minutes. */
export type PlannedRollout = Pick<JudgePlan, 'stages' | 'extend' | 'lag'>

/**
 * How long a healthy rollout is expected to take, stage by stage: the soak and what metrics take to settle; where that is too
 * little to prove it, until the look at which it is enough, or until the budget is spent.
 */
export function expectedStages(
  { stages, extend, lag }: PlannedRollout,
  signals: readonly { readonly signal: Signal; readonly usual: Usual }[],
): readonly StagePlan[] {
  let before = signals.map(() => 0)
  return stages.map(({ share, soak }, stage) => {
    const budget = Math.max(soak, soak * extend - lag)
    const { beta } = passLooks(soak, budget)
    const next = stages[stage + 1]?.share ?? share
    const needed = signals.map(({ signal, usual }) => neededOf(signal, usual, next, beta))
    const seenAfter = (minutes: number) =>
      signals.map(({ usual }, index) => (before[index] ?? 0) + usual.perMinute * share * minutes)
    const enough = (minutes: number) => seenAfter(minutes).every((seen, index) => seen >= (needed[index] ?? Infinity))
    let baked = soak
    while (baked + rules.lookEvery <= budget && !enough(baked)) baked += rules.lookEvery
    const proven = enough(baked)
    const lasted = proven ? baked : budget
    before = [...seenAfter(lasted)]
    return {
      share,
      minutes: lasted + lag,
      proven,
      signals: before.map((count, index) => ({ seen: Math.floor(count), needed: needed[index] ?? null })),
    }
  })
}

/** All limits of a signal, and the fewest samples of its mean; without a limit, the fewest to be compared. */
function neededOf(signal: Signal, usual: Usual, next: number, beta: number): number | null {
  if (signal.limits.length === 0 && signal.mean === null) return signal.floor
  const all = signal.limits.map(({ cut, share }) =>
    requestsToProve(usual.above[cut] ?? 0, share, next, signal.floor, beta),
  )
  const counts = all.filter((count) => count !== null)
  return counts.length < all.length ? null : Math.max(signal.mean?.floor ?? 0, ...counts)
}

/** What a metric costs to ask for, US dollars: "GetMetricData: $0.01 per 1,000 metrics requested", aws.amazon.com/cloudwatch/pricing. */
const dollarsPerQuery = 0.01 / 1000

/** Each statistic of each series counts as a metric requested: an upper bound, AWS may bill several of one as one. */
export function dollarsPerHour(queries: number, everyMs: number): number {
  return queries * (3_600_000 / everyMs) * dollarsPerQuery
}
