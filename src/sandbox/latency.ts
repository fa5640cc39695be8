import { normalCdf } from './draws.ts'
import type { Samples } from './statistics.ts'

/** A minute's latencies as counts on one fixed grid of values, the same for every minute: minutes merge exactly. */

export type Lognormal = { readonly medianMs: number; readonly sigma: number }

/** Each value is 5 % above the one before: 8 ms to about 40 s. */
const growth = 1.05
const lowestMs = 8
const bins = 175

/** Upper edges of the bins, as logarithms. */
const upperEdges = Array.from({ length: bins }, (_, bin) => Math.log(lowestMs) + (bin + 1) * Math.log(growth))

/**
 * The value a bin stands for: near its geometric middle, an eighth off a quarter. Sums of eighths are exact in binary,
 * and no value equals a limit somebody would write, so `≤ 800` and `< 800` count the same.
 */
const binValues = upperEdges.map((edge) => Math.floor(Math.exp(edge - Math.log(growth) / 2) * 4) / 4 + 0.125)

/**
 * `count` latencies spread over the distribution like its quantiles, shifted by `phase` (0–1): the histogram of a sample
 * with almost no sampling noise, in as many steps as there are bins however large the count.
 */
export function latencies(count: number, shape: Lognormal, phase: number): Samples {
  const values: number[] = []
  const counts: number[] = []
  const mu = Math.log(shape.medianMs)
  let placed = 0
  for (let bin = 0; bin < bins && placed < count; bin += 1) {
    const edge = upperEdges[bin] ?? Infinity
    const upTo =
      bin === bins - 1 ? count : Math.min(count, Math.floor(count * normalCdf((edge - mu) / shape.sigma) + phase))
    if (upTo === placed) continue
    values.push(binValues[bin] ?? 0)
    counts.push(upTo - placed)
    placed = upTo
  }
  return { values, counts, sets: null }
}
