import { negativeBinomialTail } from '../stats/negative-binomial.ts'
import { poissonTail } from '../stats/poisson.ts'
import type { SignalMinutes } from './minutes.ts'
import { rollbackLimit, type LimitRule } from './plan.ts'

const shared = { window: 5, below: 1e-3 } as const
const burst = { size: 3, fewest: 3, below: 1e-4 } as const

/**
 * Marks settled minutes in which the control itself is outside a limit: its last five minutes at or above the limit, and
 * improbable (Poisson, 1e-3) even at half of it. All five are marked: they say nothing about the canary's own rates.
 * Returns the first minute whose mark changed, `settled` when none did. `byRollback`: by the limits to roll back by.
 */
export function markEnvironment(
  signals: readonly SignalMinutes[],
  mask: Uint8Array,
  from: number,
  settled: number,
  byRollback = false,
): number {
  // A minute can be marked by the windows that end with it or up to four later: make those of every changed one again.
  const first = Math.max(0, from - shared.window + 1)
  const before = mask.slice(first, settled)
  mask.fill(0, first, settled)
  for (let end = first; end < settled; end++)
    if (signals.some((minutes) => controlIsOutside(minutes, end, byRollback)))
      mask.fill(1, Math.max(0, end - shared.window + 1), end + 1)
  for (let t = first; t < settled; t++) if (before[t - first] !== mask[t]) return t
  return settled
}

function controlIsOutside(minutes: SignalMinutes, end: number, byRollback: boolean): boolean {
  return minutes.signal.limits.some((limit: LimitRule) => {
    const { cut, share } = byRollback ? rollbackLimit(limit) : limit
    let n = 0
    let bad = 0
    for (let t = Math.max(0, end - shared.window + 1); t <= end; t++) {
      n += minutes.control.n[t] ?? 0
      bad += minutes.control.above[cut]?.[t] ?? 0
    }
    return n > 0 && bad >= share * n && poissonTail(bad, (n * share) / 2) < shared.below
  })
}

/** Whether a minute of the canary stands out of all before it: its bad events are improbable (1e-4) at its usual rate. */
export function isBurst(minutes: SignalMinutes, minute: number): boolean {
  return minutes.signal.limits.some(({ cut, share }) => {
    const n = minutes.canary.n[minute] ?? 0
    const bad = minutes.canary.above[cut]?.[minute] ?? 0
    if (bad < burst.fewest) return false
    const usual = minutes.totals.n[minute] ?? 0
    const rate = Math.max(share / 4, usual > 0 ? (minutes.totals.above[cut]?.[minute] ?? 0) / usual : 0)
    return bad > rate * n && negativeBinomialTail(bad, rate * n, burst.size) < burst.below
  })
}
