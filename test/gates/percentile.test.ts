import { describe, expect, test } from 'vitest'
import { missing } from '../../src/core/evidence.ts'
import { context, facts, judge, metrics, minute, planned, series, times, windowStat } from '../support/looks.ts'

const p95 = planned({ kind: 'percentile', metric: 'board-load', percentile: 95, below: '800ms' })

/** Ten minutes of 100 samples, of which `slow` are at or above 800 ms. */
function minutes(slow: number) {
  return times(10, 0).map((_, i) => minute(i, 100, 30_000, slow))
}

function look(slow: number, point: number, control?: number) {
  const found = control === undefined ? { all: minutes(slow) } : { canary: minutes(slow), control: minutes(control) }
  const values = control === undefined ? { all: point } : { canary: point, control: point }
  return metrics(p95, { 'board-load': series(found) }, { 'board-load': windowStat(values) })
}

test('is called by metric, percentile and limit', () => {
  expect(p95.title).toBe('board-load p95 < 800ms')
})

describe('the limit', () => {
  // 1,000 samples whose value is all the same: the share at or above 800 is 0 or 1.
  test.each([
    [799.999, 0, 'pass'],
    [800, 100, 'fail'],
    [800.001, 100, 'fail'],
  ])('every sample at %d ms: %s', (value, slow, verdict) => {
    expect(judge(p95, look(slow, value))).toMatchObject({
      verdict,
      observed: value,
      limit: 800,
      unit: 'ms',
      samples: 1000,
    })
  })

  test('exactly one sample in twenty at or above 800 ms fails p95, although 1 − 0.95 is not 0.05 in floating point', () => {
    expect(judge(p95, look(5, 800)).verdict).toBe('fail')
    expect(judge(p95, look(4, 790)).verdict).toBe('pass')
  })
})

describe('too little evidence', () => {
  test('199 samples are unknown and say how many are needed, 200 pass', () => {
    const of = (count: number) =>
      metrics(
        p95,
        { 'board-load': series({ all: [minute(0, count, 0, 0)] }) },
        { 'board-load': windowStat({ all: 100 }) },
      )
    expect(judge(p95, of(199))).toMatchObject({ verdict: 'unknown', why: '199 of 200 samples' })
    expect(judge(p95, of(200)).verdict).toBe('pass')
  })

  test('p99 needs 1,000 samples, p50 twenty, p10 a hundred, as CloudWatch says of low-sample percentiles', () => {
    const floorOf = (percentile: number) => {
      const check = planned({ kind: 'percentile', metric: 'm', percentile, below: '800ms' })
      return judge(check, metrics(check, { m: series({ all: [minute(0, 1, 0, 0)] }) }, { m: windowStat({ all: 1 }) }))
        .why
    }
    expect([99, 50, 10].map(floorOf)).toEqual(['1 of 1,000 samples', '1 of 20 samples', '1 of 100 samples'])
  })

  test('a slow share among few samples does not roll back before it is certain', () => {
    const of = (slow: number) =>
      metrics(
        p95,
        { 'board-load': series({ all: [minute(0, 20, 0, slow)] }) },
        { 'board-load': windowStat({ all: 900 }) },
      )
    expect(judge(p95, of(9))).toMatchObject({ verdict: 'unknown', why: '20 of 200 samples, 45% so far' })
    // Ten of 200 would already be 5 %.
    expect(judge(p95, of(10)).verdict).toBe('fail')
  })

  test('no settled minute is unknown', () => {
    expect(judge(p95, look(0, 100), context(0))).toMatchObject({ verdict: 'unknown', observed: null })
  })

  test('each dropped reply alone makes it unknown', () => {
    const whole = { 'board-load': series({ all: minutes(0) }) }
    expect(judge(p95, metrics(p95, whole)).verdict).toBe('unknown')
    expect(judge(p95, metrics(p95, {}, { 'board-load': windowStat({ all: 100 }) })).verdict).toBe('unknown')
    expect(judge(p95, metrics(p95, whole, { 'board-load': missing('PartialData') })).why).toMatch(/PartialData/)
    expect(judge(p95, metrics(p95, whole, { 'board-load': windowStat({ all: null }) })).verdict).toBe('unknown')
  })

  test('minutes without a count of slow samples (published as statistic sets) are unknown', () => {
    const sets = { 'board-load': series({ all: [minute(0, 500, 100, null)] }) }
    expect(judge(p95, metrics(p95, sets, { 'board-load': windowStat({ all: 100 }) })).why).toMatch(/no percentiles/)
  })

  test('a point that also covers other minutes is not shown as the value', () => {
    const other = metrics(
      p95,
      { 'board-load': series({ all: minutes(0) }) },
      { 'board-load': windowStat({ all: 120 }, -5, 10) },
    )
    expect(judge(p95, other)).toMatchObject({ verdict: 'pass', observed: 0, limit: 0.05, unit: 'share' })
  })
})

describe('beside a control', () => {
  test('a slow canary fails beside a fast control', () => {
    expect(judge(p95, look(20, 900, 1))).toMatchObject({ verdict: 'fail', observed: 900 })
  })

  test('a canary as slow as its control is held, not rolled back', () => {
    const judged = judge(p95, look(20, 900, 20))
    expect(judged.verdict).toBe('unknown')
    expect(judged.why).toMatch(/10 shared-incident minutes left out/)
  })

  test('the old version is judged by itself before the canary begins', () => {
    expect(judge(p95, look(0, 900, 20), context(10, { subject: 'control', launch: facts })).verdict).toBe('fail')
  })
})

test('over keeps the last settled minutes and asks for the point of exactly those', () => {
  const recent = planned({ kind: 'percentile', metric: 'm', percentile: 95, below: '800ms', over: '5m' })
  const slowThenFast = times(10, 0).map((_, i) => minute(i, 100, 0, i < 5 ? 50 : 0))
  const found = metrics(recent, { m: series({ all: slowThenFast }) }, { m: windowStat({ all: 300 }, 5, 10) })
  expect(judge(recent, found)).toMatchObject({ verdict: 'pass', observed: 300, samples: 500 })
})
