import { expect, test } from 'vitest'
import { oddsEvidence } from '../../../src/core/stats/odds-evidence.ts'

test.each([
  // scripts/gates-oracle.py: scipy.stats.nchypergeom_fisher, ten odds ratios against 1.1.
  [12, 500, 11, 4500, 10.76930390477207],
  [40, 10_000, 10, 10_000, 6.82661030301901],
])('ln E of %d of %d against %d of %d', (bad, n, otherBad, otherN, log) => {
  expect(oddsEvidence(bad, n, otherBad, otherN)).toBeCloseTo(log, 9)
})

test('events that bunch weigh less, and nothing at all says nothing', () => {
  expect(oddsEvidence(12, 500, 11, 4500, 2)).toBeLessThan(oddsEvidence(12, 500, 11, 4500) / 1.5)
  expect(oddsEvidence(0, 500, 0, 4500)).toBe(0)
})
