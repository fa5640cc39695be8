import { meanHalfWidth } from './mean-sequence.ts'

/** Fewer pairs say nothing: the sequence is one of large numbers. */
export const fewestPairs = 10

/**
 * The mean difference of pairs (`own − other`) and half the width of its one-sided confidence sequence, which may be looked
 * at after every pair: with no difference at all, `mean − halfWidth` ever lies above 0 in about `alpha` of all runs. Null
 * with too few pairs. What moves both of a pair alike cancels.
 */
export function pairedDifference(
  own: readonly number[],
  other: readonly number[],
  alpha: number,
): { readonly mean: number; readonly halfWidth: number } | null {
  const differences = own.map((value, index) => value - (other[index] ?? value))
  const pairs = differences.length
  if (pairs < fewestPairs) return null
  const mean = differences.reduce((sum, one) => sum + one, 0) / pairs
  const variance = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / pairs
  return { mean, halfWidth: meanHalfWidth(variance, pairs, alpha) }
}
