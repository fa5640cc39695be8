import { binomialTail } from '../stats/binomial.ts'
import type { StageClock } from './decision.ts'
import type { SignalMinutes } from './minutes.ts'
import { rollbackLimit } from './plan.ts'

const reach = { chance: 1e-6, off: 0.5 } as const

export function hasData(traffic: SignalMinutes, minute: number): boolean {
  return allOf(traffic, minute) > 0
}

/** No minute of either arm in the last few has data. */
export function isStale(traffic: SignalMinutes, now: number, after: number): boolean {
  if (now < after) return false
  for (let t = now - 1; t >= now - after; t--) if (hasData(traffic, t)) return false
  return true
}

/** At least 90 % of the last soak's minutes have data, and no gap is longer than two. */
export function isCovered(traffic: SignalMinutes, clock: StageClock): boolean {
  let present = 0
  let gap = 0
  let longest = 0
  for (let t = clock.settled - clock.soak; t < clock.settled; t++) {
    const has = hasData(traffic, t)
    if (has) present++
    gap = has ? 0 : gap + 1
    longest = Math.max(longest, gap)
  }
  return present >= 0.9 * clock.soak && longest <= 2
}

/**
 * Whether the canary gets the users it should. A flag that reaches nobody, (1 − share)^n below 1e-6, or a share that is
 * off by more than half and improbably so, is a broken flag; its numbers mean nothing.
 */
export function brokenFlag(traffic: SignalMinutes, clock: StageClock): 'flag-reaches-nobody' | 'share-is-off' | null {
  const { share } = clock
  let own = 0
  let all = 0
  for (let t = clock.from; t < clock.settled; t++) {
    own += traffic.canary.n[t] ?? 0
    all += allOf(traffic, t)
  }
  if (all === 0) return null
  if (own === 0) {
    // At 100 % one request that the canary did not get says it, too.
    const logChance = share >= 1 ? -Infinity : all * Math.log1p(-share)
    return logChance < Math.log(reach.chance) ? 'flag-reaches-nobody' : null
  }
  if (share >= 1 || Math.abs(own / all - share) <= reach.off * share) return null
  const tail = own > all * share ? binomialTail(own, all, share) : 1 - binomialTail(own + 1, all, share)
  return tail < reach.chance ? 'share-is-off' : null
}

/**
 * A minute of the canary in which half of its events or more, 20 at least, are bad while fewer than a tenth of the
 * control's are: nothing more needs to be known.
 */
export function failsOutright(minutes: SignalMinutes, minute: number): boolean {
  const n = minutes.canary.n[minute] ?? 0
  const controlled = minutes.control.n[minute] ?? 0
  return minutes.signal.limits.some((limit) => {
    const { cut } = rollbackLimit(limit)
    const bad = minutes.canary.above[cut]?.[minute] ?? 0
    const usual = minutes.control.above[cut]?.[minute] ?? 0
    return bad >= 20 && bad >= n / 2 && controlled > 0 && usual < controlled / 10
  })
}

function allOf(traffic: SignalMinutes, minute: number): number {
  return (traffic.canary.n[minute] ?? 0) + (traffic.control.n[minute] ?? 0)
}
