import { regularizedBeta } from './special.ts'

/**
 * P(X ≥ x) for counts with this mean whose variance is mean + mean²/size: I_{mean/(mean+size)}(x, size). Its time does
 * not grow with the counts.
 */
export function negativeBinomialTail(x: number, mean: number, size: number): number {
  const from = Math.ceil(x)
  if (from <= 0) return 1
  return mean > 0 ? regularizedBeta(from, size, mean / (mean + size)) : 0
}
