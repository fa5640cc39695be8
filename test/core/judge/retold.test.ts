import { expect, test } from 'vitest'
import { epochMs } from '../../../src/core/brand.ts'
import { sumsOf, type MinuteUse, type RetoldMinute } from '../../../src/core/judge/retold.ts'

const minute = (use: MinuteUse, n: number | null): RetoldMinute => ({
  start: epochMs(0),
  use,
  canary: n === null ? null : { n, above: [n, 1], sum: n * 10 },
  control: { n: 1000, above: [7], sum: 3 },
})

test('one version is added up over the minutes that were put to a use', () => {
  const minutes = [minute('counted', 2), minute('young', 3), minute('empty', null), minute('counted', null)]
  expect(sumsOf(minutes, 'canary', 'counted', 'young')).toEqual({ n: 5, above: [5, 2], sum: 50 })
  expect(sumsOf(minutes, 'canary', 'young')).toEqual({ n: 3, above: [3, 1], sum: 30 })
  expect(sumsOf(minutes, 'control', 'counted')).toEqual({ n: 2000, above: [14], sum: 6 })
  expect(
    sumsOf([...minutes, { ...minute('young', 1), canary: { n: 1, above: [1], sum: 0 } }], 'canary', 'young'),
  ).toEqual({
    n: 4,
    above: [4, 1],
    sum: 30,
  })
  expect(sumsOf(minutes, 'canary', 'shared')).toEqual({ n: 0, above: [], sum: 0 })
})
