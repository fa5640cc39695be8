/**
 * Asymptotic confidence sequence for a mean, one-sided, valid at every time at once: eq. 134 of Waudby-Smith et al.,
 * "Time-uniform central limit theory", arXiv 2103.06476. Half width of the bound after T blocks whose deviations have
 * this variance: √(σ² · 2 (Tρ² + 1) / (Tρ)² · ln(1 + √(Tρ² + 1) / (2α))).
 */
export function meanHalfWidth(variance: number, blocks: number, alpha: number, tunedFor = 30): number {
  const square = tightestAt(alpha, tunedFor)
  const grown = blocks * square + 1
  const factor = (2 * grown) / (blocks * blocks * square)
  return Math.sqrt(variance * factor * Math.log(1 + Math.sqrt(grown) / (2 * alpha)))
}

/** ρ² for which the sequence is tightest after `blocks` blocks: (−2 ln 2α + ln(1 − 2 ln 2α)) / blocks. */
function tightestAt(alpha: number, blocks: number): number {
  const log = -2 * Math.log(2 * alpha)
  return (log + Math.log(1 + log)) / blocks
}
