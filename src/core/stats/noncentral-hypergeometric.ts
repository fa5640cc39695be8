import { logFactorial } from './special.ts'

/** Up to this many terms are summed as one polynomial in the odds ratio; they stay far from overflow. */
const polynomialTerms = 24

/**
 * The share of Fisher's non-central hypergeometric law that depends on the odds: ln Σ_i C(a, i) C(b, m − i) ω^i, for m bad
 * of a + b, a of them in the first arm, up to a constant that is the same for every ω. Written to `out`, one value per odds.
 */
export function logFisherSums(a: number, b: number, m: number, odds: ArrayLike<number>, out: Float64Array): void {
  const low = Math.max(0, m - b)
  const high = Math.min(a, m)
  if (high - low > polynomialTerms) {
    for (let j = 0; j < odds.length; j++) out[j] = fromMode(a, b, m, low, high, odds[j] ?? 1)
    return
  }
  const terms = new Float64Array(high - low + 1)
  terms[0] = 1
  for (let i = low; i < high; i++)
    terms[i - low + 1] = ((terms[i - low] ?? 0) * (a - i) * (m - i)) / ((i + 1) * (b - m + i + 1))
  for (let j = 0; j < odds.length; j++) {
    const ratio = odds[j] ?? 1
    let sum = 0
    for (let i = high - low; i >= 0; i--) sum = sum * ratio + (terms[i] ?? 0)
    out[j] = Math.log(sum) + (low === 0 ? 0 : low * Math.log(ratio))
  }
}

/** ln Σ by its largest term and the ratios of neighbours outwards until they no longer count. Same constant for every ω. */
function fromMode(a: number, b: number, m: number, low: number, high: number, odds: number): number {
  const mode = modeOf(a, b, m, low, high, odds)
  let sum = 1
  let term = 1
  for (let i = mode; i < high; i++) {
    term *= (odds * (a - i) * (m - i)) / ((i + 1) * (b - m + i + 1))
    sum += term
    if (term < 1e-17 * sum) break
  }
  term = 1
  for (let i = mode; i > low; i--) {
    term *= (i * (b - m + i)) / (odds * (a - i + 1) * (m - i + 1))
    sum += term
    if (term < 1e-17 * sum) break
  }
  const ways = logFactorial(mode) + logFactorial(a - mode) + logFactorial(m - mode) + logFactorial(b - m + mode)
  return Math.log(sum) - ways + mode * Math.log(odds)
}

/** Where (a − x)(m − x) ω = x (b − m + x): within one of the largest term, and of the mean (Liao and Rosen 2001). */
function modeOf(a: number, b: number, m: number, low: number, high: number, odds: number): number {
  return Math.min(high, Math.max(low, Math.floor(fisherMean(a, b, m, odds))))
}

/** Cornfield's approximation of the mean: the x with (a − x)(m − x) ω = x (b − m + x). Exact for ω = 1. */
export function fisherMean(a: number, b: number, m: number, odds: number): number {
  const q = odds * (a + m) + b - m
  const root = Math.sqrt(Math.max(0, q * q - 4 * (odds - 1) * odds * a * m))
  return (2 * odds * a * m) / (q + root)
}

/** And of the variance around that mean: 1 / Σ 1/cell over the four cells of the table, × N / (N − 1). Exact for ω = 1. */
export function fisherVariance(a: number, b: number, m: number, mean: number): number {
  const cells = [mean, a - mean, m - mean, b - m + mean]
  if (cells.some((cell) => cell <= 0)) return 0
  const all = a + b
  return all / (all - 1) / cells.reduce((sum, cell) => sum + 1 / cell, 0)
}

/**
 * Fisher's exact test, one-sided: the chance that the first arm has `bad` or more of all `bad + otherBad`, when both arms
 * are equally prone to them.
 */
export function fisherTail(bad: number, n: number, otherBad: number, otherN: number): number {
  const m = bad + otherBad
  const high = Math.min(n, m)
  if (bad <= Math.max(0, m - otherN)) return 1
  if (bad > high) return 0
  const choose = (all: number, some: number) => logFactorial(all) - logFactorial(some) - logFactorial(all - some)
  const first = choose(n, bad) + choose(otherN, otherBad) - choose(n + otherN, m)
  let sum = 1
  let term = 1
  for (let i = bad; i < high; i++) {
    term *= ((n - i) * (m - i)) / ((i + 1) * (otherN - m + i + 1))
    sum += term
    if (term < 1e-17 * sum && i > fisherMean(n, otherN, m, 1)) break
  }
  return Math.min(1, Math.exp(first) * sum)
}
