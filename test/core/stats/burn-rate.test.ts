import { expect, test } from 'vitest'
import { burnRate, burns, burnThreshold } from '../../../src/core/stats/burn-rate.ts'

// Google SRE workbook, "Alerting on SLOs", table of recommended windows for a 30-day budget.
test.each([
  [0.02, 60, 14.4],
  [0.05, 6 * 60, 6],
  [0.1, 3 * 24 * 60, 1],
])('%d of the budget in %d minutes is a burn rate of %d', (share, minutes, rate) => {
  expect(burnThreshold(share, 30 * 24 * 60, minutes)).toBeCloseTo(rate, 10)
})

test('both looks must burn, and no events burn nothing', () => {
  const long = { bad: 200, all: 10_000, minutes: 60 }
  expect(burnRate(long, 0.999)).toBeCloseTo(20, 8)
  expect(burnRate({ bad: 0, all: 0, minutes: 5 }, 0.999)).toBeNull()
  expect(burns(long, { bad: 20, all: 1000, minutes: 5 }, 0.999, 14.4)).toBe(true)
  expect(burns(long, { bad: 1, all: 1000, minutes: 5 }, 0.999, 14.4)).toBe(false)
  expect(burns(long, { bad: 0, all: 0, minutes: 5 }, 0.999, 14.4)).toBe(false)
})
