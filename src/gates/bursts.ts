import type { EpochMs } from '../core/brand.ts'
import type { Minute } from '../core/evidence.ts'
import { negativeBinomialTail } from '../core/stats/negative-binomial.ts'

export type Burst = { readonly start: EpochMs; readonly events: number; readonly expected: number }

/** statistics.md §2 c: size of the negative binomial, fewest events, and how improbable a minute must be. */
const rule = { size: 3, fewest: 3, below: 1e-4 } as const
/** With fewer minutes before it, a minute is compared with all the others instead. */
const enoughBefore = 5
/** A running mean of nothing would make three events a burst; half an event a minute is the least that is expected. */
const leastExpected = 0.5

/** Minutes with far more events than the minutes before them; a spread of three times the mean is still ordinary. */
export function burstsIn(minutes: readonly Minute[]): readonly Burst[] {
  return minutes.flatMap((minute, i) => {
    const before = minutes.slice(0, i)
    const others = before.length >= enoughBefore ? before : minutes.filter((other) => other !== minute)
    const mean = others.reduce((total, other) => total + other.sum, 0) / Math.max(1, others.length)
    const expected = Math.max(leastExpected, mean)
    const improbable =
      minute.sum >= rule.fewest &&
      minute.sum > expected &&
      negativeBinomialTail(minute.sum, expected, rule.size) < rule.below
    return improbable ? [{ start: minute.start, events: minute.sum, expected }] : []
  })
}
