import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import {
  asEvidence,
  bothOf,
  isCounted,
  minuteAt,
  recordedCuts,
  recordedSpan,
  type RecordedMetric,
  type RecordedMinute,
} from '../../src/core/recorded.ts'

const minute = (at: number, count: number, over: RecordedMinute['over'] = {}): RecordedMinute => ({
  start: epochMs(at * 60_000),
  count,
  sum: count * 100,
  over,
})
const arm = (...minutes: readonly RecordedMinute[]) => new Map(minutes.map((one) => [one.start, one]))
const at = (n: number) => epochMs(n * 60_000)

test('everybody’s minute is that of both versions together, of one where the other has none, or none', () => {
  const told: RecordedMetric = {
    told: true,
    canary: arm(minute(0, 10, { '800': 1, '300': 4 }), minute(1, 5)),
    control: arm(minute(0, 90, { '800': 2 }), minute(2, 7)),
  }
  expect(minuteAt(told, at(0))).toEqual({ start: at(0), count: 100, sum: 10_000, over: { '800': 3 } })
  expect([1, 2, 3].map((n) => minuteAt(told, at(n))?.count ?? null)).toEqual([5, 7, null])
  const together: RecordedMetric = { told: false, all: arm(minute(4, 11)) }
  expect([3, 4].map((n) => minuteAt(together, at(n))?.count ?? null)).toEqual([null, 11])
})

test('a cut that only one of two was counted above is not known of both', () => {
  expect(bothOf(minute(0, 1, { '300': 1, '800': 0 }), minute(0, 2, { '800': 2, '900': 1 })).over).toEqual({ '800': 2 })
})

test('as evidence it has the count above the cut that is asked for, where that was counted', () => {
  const one = minute(3, 10, { '800': 4 })
  const plain = { start: at(3), count: 10, sum: 1000 }
  expect([800, 300, undefined].map((cut) => asEvidence(one, cut))).toEqual([
    { ...plain, over: 4 },
    { ...plain, over: null },
    { ...plain, over: null },
  ])
})

test('a metric is counted above a cut when any minute of either version is, and has the cuts that all of them have', () => {
  const told: RecordedMetric = {
    told: true,
    canary: arm(minute(0, 10, { '1000': 1, '300': 4, '800': 2 })),
    // A minute in which nothing came says nothing about cuts.
    control: arm(minute(0, 90, { '300': 30, '1000': 2 }), minute(1, 0)),
  }
  expect([300, 800, 900].map((cut) => isCounted(told, cut))).toEqual([true, true, false])
  expect(recordedCuts(told)).toEqual([300, 1000])
  expect(recordedCuts({ told: false, all: arm(minute(0, 1, { '5': 1 }), minute(1, 1)) })).toEqual([])
  expect(recordedCuts({ told: false, all: arm(minute(0, 0, { '5': 0 })) })).toEqual([])
})

test('a recording lasts from its first minute to the end of its last, of whatever metric', () => {
  const metrics = {
    errors: { told: false, all: arm(minute(7, 1), minute(5, 1)) },
    load: { told: true, canary: arm(minute(6, 1)), control: arm(minute(9, 1)) },
  } as const
  const periodMs = (metric: string) => (metric === 'errors' ? 300_000 : 60_000)
  expect(recordedSpan(metrics, periodMs)).toEqual({ from: at(5), to: at(12) })
  expect(recordedSpan({ errors: { told: false, all: arm() } }, periodMs)).toBeNull()
})
