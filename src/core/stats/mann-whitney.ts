import { normalTail } from './special.ts'

export type MannWhitney = {
  /** Pairs in which the first sample is larger, ties counted half. */
  readonly u: number
  /** Two-sided p by the normal approximation with tie and continuity corrections. */
  readonly p: number
  /** Common-language effect size: the chance that one of the first is larger than one of the second, u / (m n). */
  readonly effect: number
  /** Hodges-Lehmann estimate: the median of all differences first − second. */
  readonly shift: number
}

/** The Mann-Whitney test of two samples, for the report only: it knows nothing of how many requests a point stands for. */
export function mannWhitney(first: readonly number[], second: readonly number[]): MannWhitney | null {
  const m = first.length
  const n = second.length
  if (m === 0 || n === 0) return null
  const { rankSum, ties } = ranks(first, second)
  const u = rankSum - (m * (m + 1)) / 2
  const variance = varianceOf(m, n, ties)
  const distance = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5)
  const p = variance > 0 ? Math.min(1, 2 * normalTail(distance / Math.sqrt(variance))) : 1
  const differences = sortedDifferences(first, second)
  return { u, p, effect: u / (m * n), shift: medianOf(differences) }
}

function varianceOf(m: number, n: number, ties: number): number {
  const total = m + n
  return ((m * n) / 12) * (total + 1 - ties / (total * Math.max(1, total - 1)))
}

/** All differences first − second, smallest first. */
export function sortedDifferences(first: readonly number[], second: readonly number[]): Float64Array {
  const differences = new Float64Array(first.length * second.length)
  let at = 0
  for (const a of first) for (const b of second) differences[at++] = a - b
  return differences.sort()
}

/** The rank sum of the first sample (mid-ranks), and Σ(t³ − t) over the groups of ties. */
function ranks(first: readonly number[], second: readonly number[]): { rankSum: number; ties: number } {
  const pooled = [...first.map((value) => ({ value, own: true })), ...second.map((value) => ({ value, own: false }))]
  pooled.sort((a, b) => a.value - b.value)
  let rankSum = 0
  let ties = 0
  for (let from = 0; from < pooled.length;) {
    let to = from
    let own = 0
    while (to < pooled.length && pooled[to]?.value === pooled[from]?.value) if (pooled[to++]?.own) own++
    const size = to - from
    rankSum += (own * (from + 1 + to)) / 2
    ties += size ** 3 - size
    from = to
  }
  return { rankSum, ties }
}

function medianOf(sorted: Float64Array): number {
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}
