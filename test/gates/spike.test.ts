import { expect, test } from 'vitest'
import { at, context, counter, facts, judge, metrics, planned, series, times } from '../support/looks.ts'

const check = planned({ kind: 'spike', metric: 'occ-conflicts' })
/** An hour with this many conflicts among 60,000 requests: twelve stretches of five minutes. */
const after = (sum: number) => {
  const window = { from: at(-60), to: at(0) }
  return context(10, {
    launch: {
      ...facts,
      baseline: { 'occ-conflicts': { window, count: 60, sum }, requests: { window, count: 60, sum: 60_000 } },
    },
  })
}
/** Ten minutes whose last five hold this many. */
const newest = (sum: number) => [...times(5, 0), sum, ...times(4, 0)]
const look = (sum: number) => metrics(check, { 'occ-conflicts': series({ all: counter(...newest(sum)) }) })

// Tails below 1e-3 by scipy's nbinom with size μ²/(0.1μ² + μ/12): 34 where 12 are expected, 7 where 1 is.
test.each([
  [144, 33, 'pass'],
  [144, 34, 'fail'],
  [12, 6, 'pass'],
  [12, 7, 'fail'],
])('after %d an hour, %d in five minutes: %s', (hour, sum, verdict) => {
  expect(judge(check, look(sum), after(hour))).toMatchObject({ verdict, observed: sum, unit: 'count' })
})

test('what was improbable but less than double, or less than five more, is none', () => {
  // 3,600 an hour are 300 in five minutes; 599 is far out in the tail and below the double.
  const calm = planned({ kind: 'spike', metric: 'occ-conflicts', factor: 3, margin: 20 })
  expect(
    judge(calm, metrics(calm, { 'occ-conflicts': series({ all: counter(...newest(35)) }) }), after(144)).verdict,
  ).toBe('pass')
  expect(
    judge(calm, metrics(calm, { 'occ-conflicts': series({ all: counter(...newest(36)) }) }), after(144)).verdict,
  ).toBe('fail')
})

test('only the newest five minutes count', () => {
  expect(
    judge(check, metrics(check, { 'occ-conflicts': series({ all: counter(90, ...times(9, 0)) }) }), after(144)),
  ).toMatchObject({ verdict: 'pass', observed: 0 })
})

test('a missing minute may have been the spike: unknown', () => {
  const gap = counter(...times(10, 0)).filter((_, i) => i !== 7)
  expect(judge(check, metrics(check, { 'occ-conflicts': series({ all: gap }) }), after(144))).toMatchObject({
    verdict: 'unknown',
    why: '4 of 5 minutes of occ-conflicts',
  })
})

test('without a baseline, a reply or traffic it is unknown', () => {
  expect(judge(check, look(0), context(10)).why).toBe('no baseline was captured when the launch opened')
  expect(judge(check, look(0), context(10, { launch: { ...facts, baseline: {} } })).why).toBe(
    'the baseline has no occ-conflicts',
  )
  expect(judge(check, {}, after(144)).verdict).toBe('unknown')
})

const scaled = planned({ kind: 'spike', metric: 'occ-conflicts', of: 'requests' })
const share = (canary: number, control: number) =>
  metrics(scaled, {
    'occ-conflicts': series({ canary: counter(...newest(canary)), control: counter(...newest(control)) }),
    requests: series({ canary: counter(...times(10, 100)), control: counter(...times(10, 900)) }),
  })

test('with a measure of traffic a tenth of the users is expected to have a tenth of the conflicts', () => {
  // 144 in 60,000 requests are 1.2 in the canary's 500, where 12 of all users' would go unseen.
  expect(judge(scaled, share(12, 11), after(144)).verdict).toBe('fail')
  expect(judge(scaled, share(1, 11), after(144)).verdict).toBe('pass')
})

test('a spike that the control has too is held', () => {
  expect(judge(scaled, share(12, 60), after(144))).toMatchObject({
    verdict: 'unknown',
    why: 'control breaches too (60 in 5m): shared incident',
  })
})

test('no traffic is unknown', () => {
  const none = metrics(scaled, {
    'occ-conflicts': series({ all: counter(...times(10, 0)) }),
    requests: series({ all: counter(...times(10, 0)) }),
  })
  expect(judge(scaled, none, after(144))).toMatchObject({ verdict: 'unknown', why: 'no requests in 5m' })
})
