import { expect, test } from 'vitest'
import { logGamma, regularizedBeta } from '../../../src/core/stats/special.ts'

// scipy 1.17.1: special.gammaln
test.each([
  [0.01, 4.599479878042022],
  [0.5, 0.5723649429247],
  [2.5, 0.2846828704729192],
  [10, 12.801827480081469],
  [123.4, 469.3360974421906],
  [1e6, 12815504.569147611],
])('ln Γ(%d) is what scipy says', (x, expected) => {
  expect(Math.abs(logGamma(x) / expected - 1)).toBeLessThan(1e-13)
})

test('ln Γ(1) and ln Γ(2) are zero', () => {
  expect(logGamma(1)).toBeCloseTo(0, 14)
  expect(logGamma(2)).toBeCloseTo(0, 14)
})

// scipy 1.17.1: special.betainc
test.each([
  [2, 3, 0.4, 0.5247999999999999],
  [45, 3, 0.75, 0.00018360940485571958],
  [0.5, 0.5, 0.1, 0.20483276469913345],
  [1e6, 3, 0.999999, 0.9196983270134521],
  [300_000, 10, 0.99995, 0.06983421819769803],
])('I(%d, %d) at %d is what scipy says', (a, b, x, expected) => {
  expect(Math.abs(regularizedBeta(a, b, x) / expected - 1)).toBeLessThan(1e-8)
})

test('it is 0 at 0, 1 at 1 and mirrored', () => {
  expect([regularizedBeta(2, 3, 0), regularizedBeta(2, 3, 1)]).toEqual([0, 1])
  expect(regularizedBeta(2, 3, 0.9)).toBeCloseTo(1 - regularizedBeta(3, 2, 0.1), 14)
})
