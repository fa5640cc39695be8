import { expect, test } from 'vitest'
import { Random } from '../../../bench/decisions/random.ts'
import { fewestPairs, pairedDifference } from '../../../src/core/stats/paired-difference.ts'

const own = [131, 135, 136, 140, 141, 133, 138, 134, 139, 137]
const other = [100, 104, 98, 101, 105, 99, 103, 100, 102, 101]

test('too few pairs say nothing', () => {
  expect(pairedDifference(own.slice(1), other.slice(1), 0.01)).toBeNull()
  expect(pairedDifference([], [], 0.01)).toBeNull()
})

test('the bound is that of arXiv 2103.06476, eq. 134, calculated by hand', () => {
  // In Python: d = [31, 31, 38, 39, 36, 34, 35, 34, 37, 36], variance 6.49, ρ² = (L + ln(1 + L)) / 30 with L = −2 ln 0.02.
  const found = pairedDifference(own, other, 0.01)
  expect(found?.mean).toBeCloseTo(35.1, 12)
  expect(found?.halfWidth).toBeCloseTo(2.8025438990720524, 9)
})

test('what moves both of a pair alike is no difference', () => {
  const tide = [0, 500, 40, 900, 3, 77, 1000, 250, 12, 610]
  const found = pairedDifference(
    own.map((value, index) => value + (tide[index] ?? 0)),
    other.map((value, index) => value + (tide[index] ?? 0)),
    0.01,
  )
  expect(found?.halfWidth).toBeCloseTo(2.8025438990720524, 9)
})

test('looked at after every minute for three hours it calls two alike versions different in about one of a hundred runs', () => {
  const runs = 1000
  const alpha = 0.01
  const wrong = Array.from({ length: runs }, (_, seed) => {
    const random = new Random(4021, seed)
    // Skewed as latencies are, with what both share: a mean of a minute is a gamma law.
    const minutes = Array.from({ length: 180 }, () => {
      const tide = 80 * random.gamma(9)
      return [tide + 60 * random.gamma(4), tide + 60 * random.gamma(4)] as const
    })
    let [sum, squares] = [0, 0]
    return minutes.some(([a, b], index) => {
      sum += a - b
      squares += (a - b) ** 2
      // Looked at early it costs most; later every fifth minute tells the same.
      if (index + 1 < fewestPairs || (index > 40 && index % 5 !== 0)) return false
      if (sum <= 0 || sum * sum < squares) return false
      const so = minutes.slice(0, index + 1)
      const found = pairedDifference(
        so.map(([value]) => value),
        so.map(([, value]) => value),
        alpha,
      )
      return found !== null && found.mean - found.halfWidth > 0
    })
  }).filter(Boolean).length
  expect(wrong).toBeGreaterThan(0)
  // Its 99.9 % quantile when the chance is 1 in 100: scipy.stats.binom.ppf(0.999, 1000, 0.01).
  expect(wrong).toBeLessThanOrEqual(21)
})
