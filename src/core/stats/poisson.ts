import { gammaP } from './special.ts'

/** P(X ≥ x) of a Poisson count with this mean: P(x, mean), the regularised lower incomplete gamma function. */
export function poissonTail(x: number, mean: number): number {
  const from = Math.ceil(x)
  if (from <= 0) return 1
  return mean > 0 ? gammaP(from, mean) : 0
}
