import fc from 'fast-check'
import { expect, test } from 'vitest'
import { binomialTail, rateLowerBound, rateUpperBound } from '../../../src/core/stats/binomial.ts'
import { logGrid } from '../../../src/core/stats/e-process.ts'
import { OddsAlternatives, RateAlternatives } from '../../../src/core/stats/likelihood-rows.ts'
import { fisherMean, fisherVariance } from '../../../src/core/stats/noncentral-hypergeometric.ts'
import { poissonTail } from '../../../src/core/stats/poisson.ts'
import { inverseRegularizedBeta, logFactorial, regularizedBeta } from '../../../src/core/stats/special.ts'

const close = 1e-9

test('more bad events raise the bound, more good ones lower it, and it brackets what was seen', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 1e-6, max: 0.4, noNaN: true }),
      (n, part, beta) => {
        const k = Math.floor(part * n)
        const upper = rateUpperBound(k, n, beta)
        expect(upper).toBeGreaterThanOrEqual(k / n)
        expect(rateLowerBound(k, n, beta)).toBeLessThanOrEqual(k / n)
        expect(rateUpperBound(k + 1, n, beta)).toBeGreaterThanOrEqual(upper - close)
        expect(rateUpperBound(k, n + 1, beta)).toBeLessThanOrEqual(upper + close)
        // By its definition: at the bound, so few bad events have just the chance beta.
        expect(k < n ? 1 - binomialTail(k + 1, n, upper) : beta).toBeCloseTo(beta, 8)
      },
    ),
  )
})

test('tails fall as counts rise and rise with the mean', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0.01, max: 300, noNaN: true }), (x, mean) => {
      const p = poissonTail(x, mean)
      expect(poissonTail(x + 1, mean)).toBeLessThanOrEqual(p + close)
      expect(poissonTail(x, mean * 1.1)).toBeGreaterThanOrEqual(p - close)
    }),
  )
})

test('the inverse of the beta function gives back what it was asked for', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 5000, noNaN: true }),
      fc.double({ min: 1, max: 5000, noNaN: true }),
      fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
      (a, b, p) => {
        expect(Math.abs(regularizedBeta(a, b, inverseRegularizedBeta(a, b, p)) - p)).toBeLessThan(1e-9)
      },
    ),
  )
})

/** Σ over all outcomes of probability × likelihood ratio, per alternative: exactly the expectation, without chance. */
test('at the limit, no alternative gains on average; below it, every one loses', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0.005, max: 0.2, noNaN: true }),
      fc.constantFrom(1, 0.8, 0.3),
      (n, limit, part) => {
        const rates = new RateAlternatives(limit, logGrid(1.5, 48, 10))
        const rate = part * limit
        const expected = new Float64Array(rates.width)
        const row = new Float64Array(rates.width)
        for (let bad = 0; bad <= n; bad++) {
          const logChance = logChoose(n, bad) + bad * Math.log(rate) + (n - bad) * Math.log1p(-rate)
          rates.row(n, bad, row)
          row.forEach((value, j) => (expected[j] = (expected[j] ?? 0) + Math.exp(logChance + value)))
        }
        for (const value of expected) {
          expect(value).toBeLessThanOrEqual(1 + close)
          expect(value).toBeGreaterThanOrEqual(part === 1 ? 1 - close : 0)
        }
      },
    ),
  )
})

test('at its own odds, the comparison with the control gains nothing on average, whatever the minute is like', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 80 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 120 }),
      fc.constantFrom(1, 0.8, 0.3),
      (a, b, some, part) => {
        const m = Math.min(some, a + b - 1)
        const odds = new OddsAlternatives(
          [1.1],
          logGrid(1.8, 40, 8).map((u) => [u]),
          1,
        )
        const row = new Float64Array(odds.width)
        const low = Math.max(0, m - b)
        const high = Math.min(a, m)
        const logs = Array.from({ length: high - low + 1 }, (_, k) => {
          const x = low + k
          return logChoose(a, x) + logChoose(b, m - x) + x * Math.log(1.1 * part)
        })
        const most = Math.max(...logs)
        const total = logs.reduce((sum, log) => sum + Math.exp(log - most), 0)
        const expected = new Float64Array(odds.width)
        logs.forEach((log, k) => {
          odds.row({ n: a, above: [low + k] }, { n: b, above: [m - low - k] }, row)
          row.forEach(
            (value, j) => (expected[j] = (expected[j] ?? 0) + (Math.exp(log - most) / total) * Math.exp(value)),
          )
        })
        for (const value of expected) {
          expect(value).toBeLessThanOrEqual(1 + 1e-7)
          expect(value).toBeGreaterThanOrEqual(part === 1 ? 1 - 1e-7 : 0)
        }
      },
    ),
  )
})

test('without a difference the mean and variance of the law are the hypergeometric ones', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 500 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (a, b, part) => {
        const n = a + b
        const m = Math.max(1, Math.min(n - 1, Math.round(part * n)))
        const mean = fisherMean(a, b, m, 1)
        expect(mean).toBeCloseTo((a * m) / n, 8)
        expect(fisherVariance(a, b, m, mean)).toBeCloseTo((m * a * b * (n - m)) / (n * n * (n - 1)), 6)
      },
    ),
  )
})

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k)
}
