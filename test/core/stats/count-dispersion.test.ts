import { expect, test } from 'vitest'
import { countDispersion } from '../../../src/core/stats/count-dispersion.ts'

const hour = (...counts: readonly number[]) => counts.map((events) => ({ events, among: 1 }))
const quiet = hour(9, 11, 10, 10, 8, 12)

test('by hand: twelve counts of mean 10 and variance 30 beside a louder hour', () => {
  // μ = 10, s² = 330/11 = 30: φ = (11 · (30 − 10)/100 + 1) / 21.
  const known = hour(10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 10 - Math.sqrt(165), 10 + Math.sqrt(165))
  const { dispersion, stretches } = countDispersion([known, hour(50)])
  expect(stretches).toBe(12)
  expect(dispersion).toBeCloseTo(3.2 / 21, 12)
})

test('one incident in the week changes nothing, a second one does', () => {
  const calm = countDispersion([quiet, quiet, quiet, quiet]).dispersion ?? NaN
  const after = countDispersion([quiet, hour(300, 280, 200, 10, 9, 11), quiet, quiet, quiet]).dispersion ?? NaN
  expect(after).toBeLessThanOrEqual(calm)
  const twice = countDispersion([quiet, hour(300, 280, 200), quiet, hour(250, 190, 170), quiet]).dispersion ?? NaN
  expect(twice).toBeGreaterThan(10 * calm)
})

test('fewer than twelve stretches beside the loudest hour say nothing', () => {
  expect(countDispersion([])).toEqual({ dispersion: null, stretches: 0 })
  expect(countDispersion([quiet, quiet.slice(1), hour(99)])).toEqual({ dispersion: null, stretches: 11 })
  expect(countDispersion([quiet, quiet, hour(99)])).toMatchObject({ stretches: 12 })
})

test('a stretch without any traffic is none', () => {
  const silent = [...quiet, { events: 0, among: 0 }]
  expect(countDispersion([quiet, silent, hour(99)])).toEqual(countDispersion([quiet, quiet, hour(99)]))
})

test('counts that follow the traffic do not spread', () => {
  const day = [1000, 2000, 3000, 4000, 5000, 6000].map((among) => ({ events: among / 100, among }))
  const { dispersion } = countDispersion([day, day, day, day, day])
  // The belief of 0.1 weighs ten stretches of 23 + 10.
  expect(dispersion).toBeCloseTo(1 / 33, 12)
})

test('counters that never count anything are ordinary', () => {
  const none = hour(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
  expect(countDispersion([none, none])).toEqual({ dispersion: 1 / 21, stretches: 12 })
})
