import fc from 'fast-check'
import { expect, test } from 'vitest'
import { negativeBinomialTail } from '../../../src/core/stats/negative-binomial.ts'

// scipy 1.17.1: nbinom.sf(x - 1, k, k / (k + mu))
test.each([
  [3, 0.5, 3, 0.023264116142083676],
  [7, 0.5, 3, 3.347903943258413e-5],
  [12, 2, 3, 0.0006086773964800005],
  [45, 9, 3, 0.00018360940485571958],
  [30, 12, 10, 0.0033052658012846584],
  [30, 29, 10, 0.4389773913835883],
  [100, 8, 2.5, 1.4458277615752916e-10],
  [5, 20, 5, 0.9804185599999999],
  [1, 0.01, 0.5, 0.009852457023325711],
  [500, 100, 4, 4.254275829484169e-6],
  [2000, 1000, 50, 2.225187533506438e-8],
])('the chance of %d or more where %d are usual, size %d, is what scipy says', (x, mean, size, expected) => {
  expect(Math.abs(negativeBinomialTail(x, mean, size) / expected - 1)).toBeLessThan(1e-10)
})

test('no events or more are certain, and events where none can come are impossible', () => {
  expect(negativeBinomialTail(0, 3, 10)).toBe(1)
  expect(negativeBinomialTail(1, 0, 10)).toBe(0)
})

test('more events are never more probable', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.double({ min: 0.01, max: 200, noNaN: true }),
      fc.double({ min: 0.2, max: 100, noNaN: true }),
      (x, mean, size) => {
        const p = negativeBinomialTail(x, mean, size)
        expect(p).toBeGreaterThanOrEqual(0)
        expect(p).toBeLessThanOrEqual(1)
        expect(negativeBinomialTail(x + 1, mean, size)).toBeLessThanOrEqual(p * (1 + 1e-9))
      },
    ),
  )
})
