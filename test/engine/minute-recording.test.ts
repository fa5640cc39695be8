import { expect, test } from 'vitest'
import { needKey, type Need, type NeedOf, type Series } from '../../src/core/evidence.ts'
import type { RecordedMetrics, RecordedMinute, Shift } from '../../src/core/recorded.ts'
import { at, everybodys, minuteMs, planOf, recorded } from '../support/backtests.ts'

const plan = planOf()
const at10: readonly Shift[] = [{ percent: 10, at: at(0) }]
const requests: Need = { need: 'series', metric: 'requests' }

function seriesAt(
  need: NeedOf<'series'>,
  window: readonly [number, number],
  shifts: readonly Shift[] = at10,
  metrics: RecordedMetrics = everybodys(30),
  sheet = plan,
): Series {
  const found = recorded(sheet, metrics).evidenceAt([need], { from: at(window[0]), to: at(window[1]) }, shifts)
  const finding = found[needKey(need)]
  if (finding?.status !== 'seen') throw new Error('missing')
  // The need is one for a series.
  return finding.value as Series
}
const starts = (list: readonly { readonly start: number }[] | undefined) =>
  (list ?? []).map(({ start }) => (start - at(0)) / minuteMs)

test('a series has every minute of the window that is over, of each version from when users had it', () => {
  const series = seriesAt({ need: 'series', metric: 'requests' }, [-2, 3], [{ percent: 10, at: at(1) }])
  expect(series).toMatchObject({ periodMs: minuteMs, query: 'recorded requests', alive: null })
  expect(starts(series.minutes['control'])).toEqual([-2, -1, 0, 1, 2])
  expect(starts(series.minutes['canary'])).toEqual([1, 2])
  expect(Object.keys(series.minutes)).toEqual(['canary', 'control'])
  const later = seriesAt({ need: 'series', metric: 'requests' }, [1.5, 3.5])
  expect(starts(later.minutes['canary'])).toEqual([1, 2])
})

test('a check that looks back has the settled minutes before, whatever the window', () => {
  const series = seriesAt({ need: 'series', metric: 'requests', lookbackMs: 4 * minuteMs }, [19, 20])
  const lag = series.lagMs / minuteMs
  expect(starts(series.minutes['control'])[0]).toBe(20 - lag - 4)
  expect(starts(series.minutes['control']).at(-1)).toBe(19)
})

test('counts above a cut are null where they were not counted', () => {
  const above = (cut: number) =>
    seriesAt({ need: 'series', metric: 'board-load', cut }, [0, 1]).minutes['control']?.[0]?.over
  expect([above(800), above(801)]).toEqual([expect.any(Number), null])
  expect(seriesAt({ need: 'series', metric: 'board-load' }, [0, 1]).minutes['control']?.[0]?.over).toBeNull()
})

test('a metric that the run sheet does not tell apart has everybody’s minutes', () => {
  const own = plan.metrics['requests']
  if (!own) throw new Error('no such metric')
  const together = { ...plan, metrics: { ...plan.metrics, requests: { ...own, variant: null } } }
  const series = seriesAt({ need: 'series', metric: 'requests' }, [0, 2], at10, everybodys(30), together)
  expect(series.minutes).toEqual({
    all: [
      { start: at(0), count: 1, sum: 6000, over: null },
      { start: at(1), count: 1, sum: 6000, over: null },
    ],
  })
})

test('a sparse metric has zeros where its heartbeat beats, version by version, and is alive where both do', () => {
  const minute = (n: number, sum: number): readonly [RecordedMinute['start'], RecordedMinute] => [
    at(n),
    { start: at(n), count: 1, sum, over: {} },
  ]
  const metrics: RecordedMetrics = {
    requests: {
      told: true,
      canary: new Map([minute(0, 10), minute(2, 10)]),
      control: new Map([0, 1, 2].map((n) => minute(n, 90))),
    },
    'occ-conflicts': { told: true, canary: new Map([minute(2, 5)]), control: new Map([minute(1, 7)]) },
  }
  const conflicts: NeedOf<'series'> = { need: 'series', metric: 'occ-conflicts' }
  const series = seriesAt(conflicts, [0, 4], at10, metrics)
  const sums = (arm: 'canary' | 'control') =>
    (series.minutes[arm] ?? []).map(({ start, count, sum }) => [(start - at(0)) / minuteMs, count, sum])
  expect(sums('canary')).toEqual([
    [0, 0, 0],
    [2, 1, 5],
  ])
  expect(sums('control')).toEqual([
    [0, 0, 0],
    [1, 1, 7],
    [2, 0, 0],
  ])
  expect(series.alive?.map((start) => (start - at(0)) / minuteMs)).toEqual([0, 2])
  const cut = seriesAt({ ...conflicts, cut: 3 }, [0, 1], at10, metrics)
  expect(cut.minutes['canary']).toEqual([{ start: at(0), count: 0, sum: 0, over: 0 }])

  // A heartbeat that does not tell versions apart vouches for the minute, not for the zero of a version.
  const beat = plan.metrics['requests']
  if (!beat) throw new Error('no such metric')
  const together = { ...plan, metrics: { ...plan.metrics, requests: { ...beat, variant: null } } }
  const vouched = seriesAt(conflicts, [0, 4], at10, metrics, together)
  expect(starts(vouched.minutes['canary'])).toEqual([2])
  expect(vouched.alive?.map((start) => (start - at(0)) / minuteMs)).toEqual([0, 1, 2])
  // Without a heartbeat in the recording nothing is vouched for.
  const { requests: _, ...alone } = metrics
  expect(seriesAt(conflicts, [0, 4], at10, alone).alive).toEqual([])
})

test('a percentile of a window was not recorded: a point of no judged window stands for it', () => {
  const need: Need = { need: 'window', metric: 'board-load', stat: 'p95' }
  const found = recorded(plan, everybodys(9)).evidenceAt([need], { from: at(0), to: at(5) }, at10)
  expect(found[needKey(need)]).toEqual({
    status: 'seen',
    value: { window: { from: 0, to: at(5) }, query: 'not recorded', values: { canary: 0, control: 0 } },
  })
})

test('what has no past is missing, and so is a metric that was not recorded', () => {
  const needs: readonly Need[] = [{ need: 'git' }, { need: 'series', metric: 'visits' }, requests]
  const found = recorded(plan, everybodys(9)).evidenceAt(needs, { from: at(0), to: at(5) }, at10)
  expect(needs.map((need) => found[needKey(need)])).toMatchObject([
    { status: 'missing', why: 'a backtest has no evidence of it' },
    { status: 'missing', why: 'not recorded' },
    { status: 'seen' },
  ])
})

test('what a gate asks for and the recording lacks is said once, with the cut that was not counted', () => {
  const needs: readonly Need[] = [
    requests,
    { need: 'series', metric: 'visits' },
    { need: 'series', metric: 'visits', lookbackMs: minuteMs },
    { need: 'series', metric: 'board-load', cut: 800 },
    { need: 'series', metric: 'board-load', cut: 801 },
    { need: 'window', metric: 'nothing', stat: 'p95' },
  ]
  expect(recorded(plan, everybodys(9)).lacks(needs)).toEqual(['visits', 'board-load at or above 801'])
})

test('the run sheet’s own stages are raised when it says so; recorded ones when they were', () => {
  const shifts = [
    { percent: 10, at: at(0) },
    { percent: 30, at: at(15) },
    { percent: 0, at: at(20) },
  ]
  const [own, past] = [recorded(plan, everybodys(60)), recorded(plan, everybodys(60), { shifts, endsAt: at(40) })]
  expect(own.raisedAt(30, at(7))).toBe(at(7))
  expect([
    past.raisedAt(30, at(7)),
    past.raisedAt(30, at(15)),
    past.raisedAt(30, at(16)),
    past.raisedAt(50, at(1)),
  ]).toEqual([at(15), at(15), null, null])
  expect(own.lookAt(30, at(150))).toBe(at(150))
  expect([past.lookAt(10, at(3)), past.lookAt(10, at(15)), past.lookAt(30, at(20))]).toEqual([at(3), at(15), at(20)])
  expect(past.lookAt(10, at(16))).toBe('the recorded launch went on to 30 % there')
  expect(past.lookAt(30, at(21))).toBe('the recorded launch was rolled back there')
  expect(past.lookAt(0, at(40))).toBe(at(40))
  expect(past.lookAt(0, at(41))).toBe('the recording ends there')
  // A stage it never had can be looked at: nothing was seen of it.
  expect(past.lookAt(50, at(3))).toBe(at(3))
})
