import { fisherMean, fisherVariance } from './noncentral-hypergeometric.ts'

/** Minutes of two arms, bad of all events, as columns; index is the minute. */
export type Arms = {
  readonly canaryAll: ArrayLike<number>
  readonly canaryBad: ArrayLike<number>
  readonly controlAll: ArrayLike<number>
  readonly controlBad: ArrayLike<number>
}

/** Weight of the belief that nothing is over-dispersed, in blocks or events. */
const prior = 5
/** What rates common to a minute may vary without being taken for clusters: squared coefficient of variation. */
const sharedVariation = 0.35

/**
 * By how much the split between the arms varies more than independent events would: max(1, (X² + 5) / (B + 5)), where X²
 * is Pearson's Σ (observed − mean)² / variance over blocks of at least 5 bad events, mean and variance of Fisher's non-central law at the
 * Mantel-Haenszel odds, fitted before and after the onset on its own, and B the number of blocks less one per fit. Quasi-likelihood: a correction, not a guarantee.
 */
export function splitDispersion(arms: Arms, end: number, onset: number, without = -1): number {
  let squares = 0
  let freedom = 0
  for (const [from, to] of [
    [0, onset],
    [onset, end],
  ] as const) {
    const odds = mantelHaenszel(arms, from, to, without)
    let expected = 0
    let observed = 0
    let variance = 0
    let events = 0
    let blocks = 0
    for (let t = from; t < to; t++) {
      const a = arms.canaryAll[t] ?? 0
      const b = arms.controlAll[t] ?? 0
      const x = arms.canaryBad[t] ?? 0
      const bad = x + (arms.controlBad[t] ?? 0)
      const all = a + b
      if (t === without || a === 0 || b === 0 || bad === 0 || bad >= all) continue
      const mean = fisherMean(a, b, bad, odds)
      expected += mean
      observed += x
      variance += fisherVariance(a, b, bad, mean)
      events += bad
      if (events < 5) continue
      squares += (observed - expected) ** 2 / variance
      blocks++
      expected = observed = variance = events = 0
    }
    freedom += Math.max(0, blocks - 1)
  }
  return Math.max(1, (squares + prior) / (freedom + prior))
}

/**
 * By how much bad events come in bunches: an index of dispersion of each arm's counts per minute, 1 + Σ (pairs seen −
 * pairs expected) / (Σ events + 5). Of Poisson counts with mean μ, x (x − 1) has mean μ²; of events in clusters of mean
 * square size q it has μ² + μ (q̄ − 1). Rates that all minutes share may vary by `sharedVariation` first. Fitted per arm,
 * before and after the onset.
 */
export function bunching(arms: Arms, end: number, onset: number, without = -1): number {
  let excess = 0
  let events = 0
  for (const [all, bad] of [
    [arms.canaryAll, arms.canaryBad],
    [arms.controlAll, arms.controlBad],
  ] as const) {
    for (const [from, to] of [
      [0, onset],
      [onset, end],
    ] as const) {
      let n = 0
      let squares = 0
      let seen = 0
      let pairs = 0
      for (let t = from; t < to; t++) {
        if (t === without) continue
        const size = all[t] ?? 0
        const x = bad[t] ?? 0
        n += size
        squares += size * size
        seen += x
        pairs += x * (x - 1)
      }
      if (n === 0) continue
      const rate = seen / n
      excess += pairs - (1 + sharedVariation) * rate * rate * squares
      events += seen
    }
  }
  return 1 + Math.max(0, excess) / (events + prior)
}

/** Σ x (b − y)/N over Σ (a − x) y/N; both floored at ¼ so that few events cannot make it 0 or infinite. */
function mantelHaenszel(arms: Arms, from: number, to: number, without: number): number {
  let top = 0
  let bottom = 0
  for (let t = from; t < to; t++) {
    const a = arms.canaryAll[t] ?? 0
    const b = arms.controlAll[t] ?? 0
    if (t === without || a === 0 || b === 0) continue
    const x = arms.canaryBad[t] ?? 0
    const y = arms.controlBad[t] ?? 0
    top += (x * (b - y)) / (a + b)
    bottom += ((a - x) * y) / (a + b)
  }
  return Math.max(0.25, top) / Math.max(0.25, bottom)
}
