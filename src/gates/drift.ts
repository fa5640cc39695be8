import { formatCount } from '../core/quantity.ts'
import { oddsEvidence } from '../core/stats/odds-evidence.ts'
import { formatShare } from '../core/units.ts'
import { pass, unknown, type Judgement } from '../core/verdict.ts'
import type { Part } from './shared-incident.ts'

/** Evidence from which the second half of a window is worse than its first; statistics.md §2 f. */
const enough = 20
/** Bad events in the second half without which nothing is called bad. */
const fewest = 3
/** Blocks of minutes hold this many events on average before they say how bunched events are. */
const prior = 5

/** The second half of a window against its first: a rate that creeps up is not steady, though no limit is broken yet. */
export function judgeDrift(parts: readonly Part[]): Judgement {
  const middle = Math.floor(parts.length / 2)
  const halves = [parts.slice(0, middle), parts.slice(middle)] as const
  const [first, second] = [sumOf(halves[0]), sumOf(halves[1])]
  if (first.n === 0 || second.n === 0 || second.bad < fewest) return pass('none')
  const log = oddsEvidence(second.bad, second.n, first.bad, first.n, dispersionOf(halves))
  if (log < Math.log(enough)) return pass('none')
  const share = ({ bad, n }: typeof first) => `${formatShare(bad / n)} of ${formatCount(n)}`
  return unknown(
    `${share(second)} in the second half after ${share(first)} in the first; evidence ${formatCount(Math.min(1e6, Math.round(Math.exp(log))))} : 1, ${enough} or more is drift`,
  )
}

function sumOf(parts: readonly Part[]) {
  const bad = parts.reduce((sum, { top }) => sum + top, 0)
  return {
    bad,
    n: Math.max(
      bad,
      parts.reduce((sum, { samples }) => sum + samples, 0),
    ),
  }
}

/** Pearson's X² of the minutes about the rate of their own half by its degrees of freedom, drawn towards 1. */
function dispersionOf(halves: readonly (readonly Part[])[]): number {
  let squares = 0
  let freedom = 0
  for (const half of halves) {
    const { bad, n } = sumOf(half)
    const rate = n > 0 ? bad / n : 0
    if (rate <= 0 || rate >= 1) continue
    for (const { top, samples } of half)
      if (samples > 0) squares += (top - samples * rate) ** 2 / (samples * rate * (1 - rate))
    freedom += half.length - 1
  }
  return Math.max(1, (squares + prior) / (freedom + prior))
}
