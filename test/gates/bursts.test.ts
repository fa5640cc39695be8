import { expect, test } from 'vitest'
import { burstsIn } from '../../src/gates/bursts.ts'
import { at, counter, times } from '../support/looks.ts'

// Tails below 1e-4 by scipy's nbinom (size 3): from 7 where 0.5 are expected, from 15 where 2 are.
test('after quiet minutes seven errors in one are a burst, six are not', () => {
  expect(burstsIn(counter(...times(10, 0), 6))).toEqual([])
  expect(burstsIn(counter(...times(10, 0), 7))).toEqual([{ start: at(10), events: 7, expected: 0.5 }])
})

test('where two a minute are usual, fourteen are noise and fifteen a burst', () => {
  expect(burstsIn(counter(...times(10, 2), 14))).toEqual([])
  expect(burstsIn(counter(...times(10, 2), 15))).toMatchObject([{ start: at(10), expected: 2 }])
})

test('a burst in the first minute is compared with the minutes after it', () => {
  expect(burstsIn(counter(20, ...times(9, 0)))).toMatchObject([{ start: at(0), events: 20 }])
})

test('a step that stays is a burst at its beginning', () => {
  expect(burstsIn(counter(...times(10, 0), ...times(5, 8)))[0]).toMatchObject({ start: at(10) })
})

test('no minutes, one minute and steady errors have no burst', () => {
  expect([burstsIn([]), burstsIn(counter(2)), burstsIn(counter(...times(30, 9)))]).toEqual([[], [], []])
})
