import { expect, test } from 'vitest'
import { missing } from '../../src/core/evidence.ts'
import { context, judge, metrics, minute, planned, series, times } from '../support/looks.ts'

const check = planned({ kind: 'average', metric: 'drawer-open', below: '200ms' })
const look = (...minutes: readonly ReturnType<typeof minute>[]) =>
  metrics(check, { 'drawer-open': series({ all: minutes }) })

test('is called by metric and limit', () => {
  expect(check.title).toBe('drawer-open average < 200ms')
})

test.each([
  [199.999, 'pass'],
  [200, 'fail'],
  [200.001, 'fail'],
])('a mean of %d ms: %s', (mean, verdict) => {
  expect(judge(check, look(minute(0, 100, mean * 100)))).toMatchObject({
    verdict,
    limit: 200,
    unit: 'ms',
    samples: 100,
  })
})

test('it is the sum by the samples, not the mean of the means of the minutes', () => {
  // 900 ms once and 100 ms ninety-nine times: the mean of the minutes would be 500 ms.
  expect(judge(check, look(minute(0, 1, 900), minute(1, 99, 9900)))).toMatchObject({ verdict: 'pass', observed: 108 })
})

test('49 samples are unknown however slow: one outlier could carry their sum', () => {
  expect(judge(check, look(minute(0, 49, 30_000)))).toMatchObject({
    verdict: 'unknown',
    why: '49 of 50 samples, 612.24ms so far',
  })
  expect(judge(check, look(minute(0, 50, 30_000))).verdict).toBe('fail')
})

test('no data, a dropped reply and a minute without samples are unknown', () => {
  expect(judge(check, look()).verdict).toBe('unknown')
  expect(judge(check, metrics(check, {})).verdict).toBe('unknown')
  expect(judge(check, metrics(check, { 'drawer-open': missing('throttled') })).why).toBe('drawer-open: throttled')
  expect(judge(check, look(minute(0, 0, 0)))).toMatchObject({ verdict: 'unknown', observed: null })
})

test('a slow dependency behind both versions is held, not rolled back', () => {
  const slow = times(10, 0).map((_, i) => minute(i, 5, 5 * 400))
  const control = times(10, 0).map((_, i) => minute(i, 9, 9 * 400))
  const judged = judge(check, metrics(check, { 'drawer-open': series({ canary: slow, control }) }))
  expect(judged).toMatchObject({ verdict: 'unknown', why: 'control breaches too (400ms of 90): shared incident' })
})

test('over keeps the last settled minutes only', () => {
  const recent = planned({ kind: 'average', metric: 'm', below: '200ms', over: '5m' })
  const minutes = times(10, 0).map((_, i) => minute(i, 100, i < 5 ? 90_000 : 1000))
  expect(judge(recent, metrics(recent, { m: series({ all: minutes }) }), context(10))).toMatchObject({
    verdict: 'pass',
    observed: 10,
    samples: 500,
  })
})
