import { expect, test } from 'vitest'
import { bunching, splitDispersion } from '../../../src/core/stats/dispersion.ts'

const columns = (canaryBad: readonly number[], controlBad: readonly number[]) => ({
  canaryAll: canaryBad.map(() => 100),
  canaryBad,
  controlAll: controlBad.map(() => 100),
  controlBad,
})

test('events spread evenly are not over-dispersed', () => {
  const even = columns([3, 2, 4, 3, 3, 2, 3, 4], [3, 3, 3, 2, 4, 3, 3, 2])
  expect(splitDispersion(even, 8, 0)).toBe(1)
  expect(bunching(even, 8, 0)).toBe(1)
})

test('events that come in bunches of one arm are, by hand', () => {
  const bunched = columns([0, 0, 10, 0, 0, 0, 0, 10], [0, 10, 0, 0, 0, 10, 0, 0])
  // Per arm: 180 pairs seen, rate 20/800, Σn² = 80,000: 1.35 · 0.025² · 80,000 = 67.5 expected; 40 events and 5.
  expect(bunching(bunched, 8, 0)).toBeCloseTo(1 + (2 * (180 - 67.5)) / 45, 10)
  // Blocks 10, 10, 10, 10 with mean 5 and variance 10 · ¼ · 190/199: X² = 4 · 25 / 2.387, and 3 degrees of freedom.
  expect(splitDispersion(bunched, 8, 0)).toBeCloseTo((4 * 25) / ((10 * 0.25 * 190) / 199) / 8 + 5 / 8, 10)
})

test('a regression from its onset on is no over-dispersion', () => {
  const worse = columns([2, 3, 2, 3, 20, 21, 19, 20], [3, 2, 3, 2, 3, 2, 3, 2])
  expect(splitDispersion(worse, 8, 4)).toBe(1)
  expect(splitDispersion(worse, 8, 0)).toBeGreaterThan(2)
})

test('the minute left out does not count', () => {
  const blip = columns([1, 1, 30, 1, 1, 1], [1, 1, 1, 1, 1, 1])
  expect(bunching(blip, 6, 0)).toBeGreaterThan(5)
  expect(bunching(blip, 6, 0, 2)).toBe(1)
})
