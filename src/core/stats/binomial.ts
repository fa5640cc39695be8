import { inverseRegularizedBeta, regularizedBeta } from './special.ts'

/** P(X ≥ k) of Binomial(n, p): I_p(k, n − k + 1). */
export function binomialTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1
  return k > n ? 0 : regularizedBeta(k, n - k + 1, p)
}

/**
 * The largest rate that k bad of n do not speak against: one-sided Clopper-Pearson, P(X ≤ k | U) = beta, which is
 * I⁻¹(1 − beta; k + 1, n − k). 1 when nothing, or nothing but bad, was seen.
 */
export function rateUpperBound(k: number, n: number, beta: number): number {
  // The mirror image keeps the digits of a small beta.
  return k >= n ? 1 : 1 - inverseRegularizedBeta(n - k, k + 1, beta)
}

/** The smallest rate that k bad of n do not speak against: P(X ≥ k | L) = beta. */
export function rateLowerBound(k: number, n: number, beta: number): number {
  return k <= 0 ? 0 : inverseRegularizedBeta(k, n - k + 1, beta)
}
