import { expect, test } from 'vitest'
import { findingOf, missing, needKey, seen, type Need } from '../../src/core/evidence.ts'

const series: Need = { need: 'series', metric: 'load', cut: 800 }
const odd = missing('a minute has a value that is no number')

test('a need is the same whatever the order it was written in, and another one with another field', () => {
  expect(needKey(series)).toBe('[["cut",800],["metric","load"],["need","series"]]')
  expect(needKey({ cut: 800, metric: 'load', need: 'series' })).toBe(needKey(series))
  expect(needKey({ need: 'git' })).toBe('[["need","git"]]')
  const [all, none] = [needKey({ need: 'series', metric: 'load' }), needKey({ ...series, cut: undefined } as never)]
  expect(none).toBe('[["cut",null],["metric","load"],["need","series"]]')
  expect(all).not.toBe(none)
})

test('what was gathered for a need is found under its key, and nothing where nothing was', () => {
  const found = seen({ minutes: {} })
  expect(findingOf(series, { [needKey(series)]: found })).toBe(found)
  expect(findingOf(series, {})).toBeNull()
  expect(findingOf(series, { mine: found }, 'mine')).toBe(found)
  const lost = missing('away')
  expect(findingOf(series, { [needKey(series)]: lost })).toBe(lost)
})

test.each([
  ['a count', { count: Number.NaN, sum: 1, over: 1 }],
  ['a sum', { count: 1, sum: Infinity, over: 1 }],
  ['a count above', { count: 1, sum: 1, over: Number.NaN }],
  ['nothing at all', null],
])(
  'a series with a minute of which %s is no number is as good as not read, whichever version’s it is',
  (_what, minute) => {
    const fine = { count: 1, sum: 1, over: 1 }
    for (const arm of ['canary', 'control', 'all'])
      expect(findingOf(series, { [needKey(series)]: seen({ minutes: { [arm]: [fine, minute] } }) })).toEqual(odd)
  },
)

test('a series without a count above is whole, and what is no series is not looked into', () => {
  const value = {
    minutes: {
      canary: [
        { count: 1, sum: 1, over: null },
        { count: 1, sum: 1 },
      ],
      control: undefined,
    },
  }
  expect(findingOf(series, { [needKey(series)]: seen(value) })).toEqual(seen(value))
  for (const strange of [{}, { minutes: null }, { minutes: 3 }, { minutes: { all: 'x' } }])
    expect(findingOf(series, { [needKey(series)]: seen(strange) })).toEqual(seen(strange))
  const flag = { need: 'flag' } as const
  const other = seen({ minutes: { all: [null] } })
  expect(findingOf(flag, { [needKey(flag)]: other })).toBe(other)
})
