import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import type { RecordedMinute } from '../../src/core/recorded.ts'
import { slowerMinute } from '../../src/core/slower-minute.ts'

// A lognormal law, median 90 ms and σ 0.95, above 90, 171, 304 and 800 ms: 0.5 · erfc(ln(x / 90) / 0.95 / √2) of 100,000, in Python.
const minute: RecordedMinute = {
  start: epochMs(0),
  count: 100_000,
  sum: 14_000_000,
  over: { '90': 50_000, '171': 24_964, '304': 10_005, '800': 1073 },
}

test('every sample takes as much longer, and the mean does', () => {
  expect(slowerMinute(minute, 1.6)).toMatchObject({ start: 0, count: 100_000, sum: 22_400_000 })
  expect(slowerMinute(minute, 1).over).toEqual(minute.over)
})

test('what is above a cut then is about what the law says', () => {
  const { over } = slowerMinute(minute, 1.6)
  // The same law with median 144: 68,961, 42,822, 21,578, 3,553.
  const due = { 171: 42_822, 304: 21_578, 800: 3553 }
  for (const [cut, truth] of Object.entries(due)) expect(Math.abs((over[cut] ?? 0) / truth - 1)).toBeLessThan(0.12)
  expect(over[90]).toBeGreaterThan(50_000)
  expect(over[90]).toBeLessThan(100_000)
})

test('slower is never less above any cut, and a minute without counts has none', () => {
  const { over } = slowerMinute({ ...minute, over: { '90': 500, '171': 20, '304': 0, '800': 0 } }, 2)
  expect(over[171]).toBeGreaterThanOrEqual(20)
  expect(over[304]).toBeGreaterThan(0)
  expect(over[800]).toBe(0)
  expect(slowerMinute({ ...minute, over: {} }, 2).over).toEqual({})
})

test('between two cuts a straight line of the logarithms is read, a plain one where a count or a cut has none, below the first one to 0', () => {
  const of = (over: RecordedMinute['over'], factor: number) =>
    slowerMinute({ ...minute, count: 1000, over }, factor).over
  // 400 is the geometric middle of 200 and 800: 1000 · (100 / 1000)^½ = 316.
  expect(of({ '200': 1000, '800': 100 }, 2)['800']).toBe(316)
  // 50 is a half of the first cut: a half of those below it are below that.
  expect(of({ '100': 400 }, 2)).toEqual({ '100': 700 })
  // Half-way from 100 to 0.
  expect(of({ '100': 100, '300': 0 }, 1.5)['300']).toBe(50)
  expect(of({ '0': 900, '300': 300 }, 2)['300']).toBe(600)
  // Cuts in the order of numbers, not of letters.
  expect(of({ '1000': 10, '90': 500 }, 1)).toEqual({ '1000': 10, '90': 500 })
  // Quicker than it was: beyond the last cut it is what is above that.
  expect(of({ '100': 400, '200': 100 }, 0.25)['200']).toBe(100)
})
