import fc from 'fast-check'
import { expect, test } from 'vitest'
import { binomialDraw, uniformOf } from '../../../src/core/stats/thinning.ts'

// scipy.stats.binom.ppf(u, n, p), SciPy 1.17.1.
test.each([
  [0.5, 10, 0.3, 3],
  [0.025, 600, 0.1, 46],
  [0.975, 600, 0.1, 75],
  [1e-6, 6000, 0.3, 1633],
  [1 - 1e-6, 6000, 0.3, 1970],
  [0.5, 1, 0.5, 0],
  [0.1, 3, 0.9, 2],
  [0.999, 100_000, 0.001, 132],
])('the quantile %d of Binomial(%d, %d) is %d', (u, n, p, k) => {
  expect(binomialDraw(u, n, p)).toBe(k)
})

test('nobody is drawn of nobody or with no chance, everybody with certainty', () => {
  expect([binomialDraw(0.9, 0, 0.5), binomialDraw(0.9, 10, 0), binomialDraw(0.1, 10, 1)]).toEqual([0, 0, 10])
})

test('a draw is one of 0 to n, and never less for a larger chance', () => {
  const unit = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true })
  fc.assert(
    fc.property(unit, fc.integer({ min: 0, max: 5000 }), unit, unit, (u, n, p, q) => {
      const [low, high] = [binomialDraw(u, n, Math.min(p, q)), binomialDraw(u, n, Math.max(p, q))]
      expect(low).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(n)
      expect(low).toBeLessThanOrEqual(high)
    }),
  )
})

test('a text stands for one number between 0 and 1', () => {
  // Python: (int(hashlib.sha256(b"seed").hexdigest()[:13], 16) + .5) / 2**52
  expect(uniformOf('seed')).toBe(0.10037757989062379)
  expect(uniformOf('seed')).not.toBe(uniformOf('seed '))
})
