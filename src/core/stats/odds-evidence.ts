import { logGrid } from './e-process.ts'
import { OddsAlternatives } from './likelihood-rows.ts'

/** Odds ratios that are still no difference, and those looked for: statistics of one table, no onset. */
const nullOdds = 1.1
const alternatives = logGrid(1.5, 48, 10).map((multiple) => [multiple])

/**
 * ln E that the first arm has more bad events than the second, given how many there are in all: the mean over alternatives
 * of Fisher's non-central hypergeometric likelihood ratios. `dispersion` ≥ 1 divides each (bunched events weigh less).
 */
export function oddsEvidence(bad: number, n: number, otherBad: number, otherN: number, dispersion = 1): number {
  const odds = new OddsAlternatives([nullOdds], alternatives, 1)
  const row = new Float64Array(odds.width)
  odds.row({ n, above: [bad] }, { n: otherN, above: [otherBad] }, row)
  const tempered = Array.from(row, (log) => log / dispersion)
  const largest = Math.max(...tempered)
  const mean = tempered.reduce((sum, log) => sum + Math.exp(log - largest), 0) / tempered.length
  return largest + Math.log(mean)
}
