import { expect, test } from 'vitest'
import { ceilTo, floorTo, settledMinutes, settledWindow, sumOf } from '../../src/core/settled.ts'
import { at, counter, lagMs, minute, minuteMs, series } from '../support/looks.ts'

test('only whole minutes after the shift that are closed and have had time to arrive count', () => {
  // Shift at 0:20, now 5:30, lag 2m: 1:00–3:00 is what has settled.
  expect(settledWindow({ from: ceil(20), to: ceil(330) }, minuteMs, lagMs)).toEqual({ from: at(1), to: at(3) })
  expect(settledWindow({ from: at(0), to: at(3) }, minuteMs, lagMs)).toEqual({ from: at(0), to: at(1) })
  expect(settledWindow({ from: at(5), to: at(6) }, minuteMs, lagMs)).toEqual({ from: at(5), to: at(5) })
})

const ceil = (seconds: number) => ceilTo(at(0) + seconds * 1000, 1)

test('rounding keeps what is aligned', () => {
  expect([
    ceilTo(at(1), minuteMs),
    floorTo(at(1), minuteMs),
    ceilTo(at(1) + 1, minuteMs),
    floorTo(at(2) - 1, minuteMs),
  ]).toEqual([at(1), at(1), at(2), at(1)])
})

const window = { from: at(0), to: ceilTo(at(5) + lagMs, 1) }

test('minutes without data are expected but not there', () => {
  const found = settledMinutes(series({ all: [minute(0, 1, 5), minute(3, 1, 7)] }), 'canary', window)
  expect(found.minutes.map(({ start }) => start)).toEqual([at(0), at(3)])
  expect(found.expected).toBe(5)
})

test('a missing minute of a sparse metric is a zero only while its heartbeat has data', () => {
  const found = settledMinutes(series({ all: [minute(1, 1, 5)] }, { alive: [at(0), at(1), at(2)] }), 'all', window)
  expect(found.minutes.map(({ start, sum }) => [start, sum])).toEqual([
    [at(0), 0],
    [at(1), 5],
    [at(2), 0],
  ])
})

test('a minute that has data is no zero, and a heartbeat outside the window vouches for nothing', () => {
  const outside = [at(-1), at(0), at(1), at(5), at(6)]
  const found = settledMinutes(series({ all: [minute(0, 3, 7)] }, { alive: outside }), 'all', window)
  expect(found.minutes).toEqual([minute(0, 3, 7), { start: at(1), count: 0, sum: 0, over: 0 }])
  expect(found.window).toEqual({ from: at(0), to: at(5) })
})

test('minutes of both variants come in the order of time, and what one does not know of a limit both do not', () => {
  const both = series({
    canary: [minute(2, 1, 2, 3), minute(0, 1, 2, null)],
    control: [minute(1, 1, 2, 3), minute(0, 1, 2, 3), minute(2, 1, 2, null)],
  })
  expect(settledMinutes(both, 'all', window).minutes).toEqual([
    minute(0, 2, 4, null),
    minute(1, 1, 2, 3),
    minute(2, 2, 4, null),
  ])
  expect(settledMinutes(both, 'canary', window).minutes).toEqual([minute(2, 1, 2, 3), minute(0, 1, 2, null)])
  expect(settledMinutes(series({}), 'canary', window).minutes).toEqual([])
  expect(settledMinutes(series({}), 'control', window).minutes).toEqual([])
  expect(sumOf([minute(0, 1, 2, 3), minute(1, 4, 5, null)], 'over')).toBe(3)
  expect(sumOf([minute(0, 1, 2, 3), minute(1, 4, 5, null)], 'count')).toBe(5)
})

test('both variants together add up minute by minute', () => {
  const both = series({ canary: [minute(0, 10, 100, 1), minute(1, 5, 50, null)], control: [minute(0, 90, 900, 2)] })
  expect(settledMinutes(both, 'all', window).minutes).toEqual([minute(0, 100, 1000, 3), minute(1, 5, 50, null)])
  expect(settledMinutes(both, 'control', window).minutes).toEqual([minute(0, 90, 900, 2)])
  expect(settledMinutes(series({}), 'all', window).minutes).toEqual([])
  expect(sumOf(counter(1, 2, 3), 'sum')).toBe(6)
})
