import { describe, expect, test } from 'vitest'
import { missing } from '../../src/core/evidence.ts'
import { Check } from '../../src/gates/registry.ts'
import { at, context, counter, judge, metrics, minute, planned, series, times } from '../support/looks.ts'

const check = planned({ kind: 'count', metric: 'occ-conflicts', per: '5m', below: 30 })
const look = (...sums: readonly number[]) => metrics(check, { 'occ-conflicts': series({ all: counter(...sums) }) })

test('is called by metric, limit and stretch', () => {
  expect(check.title).toBe('occ-conflicts < 30 per 5m')
  expect(planned({ kind: 'count', metric: 'm', above: 0 }).title).toBe('m > 0')
})

test('without any limit it is refused when the run sheet is read', () => {
  expect(Check.safeParse({ kind: 'count', metric: 'm' }).error?.issues[0]?.message).toBe(
    'a count needs below, above or both',
  )
})

describe('the limit', () => {
  // The clock-aligned five minutes 0–4 and 5–9 hold half each: only a stretch across 18:05 sees the sum.
  test.each([
    [29, 'pass'],
    [30, 'fail'],
    [31, 'fail'],
  ])('%d conflicts across the edge of a five-minute bucket: %s', (sum, verdict) => {
    expect(judge(check, look(0, 0, 0, 0, 15, sum - 15, 0, 0, 0, 0))).toMatchObject({
      verdict,
      observed: sum,
      limit: 30,
    })
  })

  test('thirty in six minutes are below thirty in five', () => {
    expect(judge(check, look(0, 0, 6, 5, 5, 5, 5, 4, 0, 0))).toMatchObject({ verdict: 'pass', observed: 26 })
  })

  test('a missing minute between two others does not bring them together', () => {
    const apart = [minute(0, 1, 20), minute(5, 1, 20)]
    expect(judge(check, metrics(check, { 'occ-conflicts': series({ all: apart }) })).verdict).not.toBe('fail')
  })
})

describe('gaps', () => {
  test('a breach stands whatever is missing beside it', () => {
    expect(judge(check, metrics(check, { 'occ-conflicts': series({ all: [minute(7, 1, 30)] }) })).verdict).toBe('fail')
  })

  test('one of ten minutes may be missing, two may not', () => {
    const without = (...gone: readonly number[]) => counter(...times(10, 1)).filter((_, i) => !gone.includes(i))
    expect(judge(check, metrics(check, { 'occ-conflicts': series({ all: without(4) }) })).verdict).toBe('pass')
    expect(judge(check, metrics(check, { 'occ-conflicts': series({ all: without(2, 6) }) }))).toMatchObject({
      verdict: 'unknown',
      why: 'only 8 of 10 minutes have data, longest gap 1; at most 4 in 5m',
    })
  })

  test('a sparse counter passes with no minute of its own while its heartbeat has data', () => {
    const sparse = series({ all: [] }, { alive: times(10, 0).map((_, i) => at(i)) })
    expect(judge(check, metrics(check, { 'occ-conflicts': sparse }))).toMatchObject({ verdict: 'pass', observed: 0 })
  })

  test('and is unknown without the heartbeat', () => {
    expect(judge(check, metrics(check, { 'occ-conflicts': series({ all: [] }, { alive: [] }) })).verdict).toBe(
      'unknown',
    )
    expect(judge(check, metrics(check, { 'occ-conflicts': series({ all: [] }) })).verdict).toBe('unknown')
    expect(judge(check, metrics(check, { 'occ-conflicts': missing('InternalError') })).verdict).toBe('unknown')
  })

  test('less than a whole stretch is not enough for a pass', () => {
    expect(judge(check, look(0, 0, 0), context(3))).toMatchObject({ verdict: 'unknown', why: '3m of 5m settled' })
  })
})

describe('observed', () => {
  const observed = planned({ kind: 'count', metric: 'occ-conflicts', above: 0 })
  const seen = (...sums: readonly number[]) => metrics(observed, { 'occ-conflicts': series({ all: counter(...sums) }) })

  test('one conflict is observed', () => {
    expect(judge(observed, seen(0, 0, 1, 0))).toMatchObject({ verdict: 'pass', observed: 1 })
  })

  test('none is unknown, for one may still come', () => {
    expect(judge(observed, seen(0, 0, 0, 0))).toMatchObject({ verdict: 'unknown', observed: 0, limit: 0 })
  })
})

describe('beside a control', () => {
  const both = (canary: readonly number[], control: readonly number[]) =>
    metrics(check, { 'occ-conflicts': series({ canary: counter(...canary), control: counter(...control) }) })

  test('a storm of the canary alone fails', () => {
    expect(judge(check, both(times(10, 8), times(10, 1)))).toMatchObject({ verdict: 'fail', observed: 40 })
  })

  test('a storm of both is held', () => {
    const judged = judge(check, both(times(10, 8), times(10, 9)))
    expect(judged.verdict).toBe('unknown')
    expect(judged.why).toMatch(
      /^control breaches too \(45 in 5m\): shared incident; 10 shared-incident minutes left out$/,
    )
  })

  test('a storm of both that is over is left out', () => {
    const storm = [...times(5, 9), ...times(15, 0)]
    const judged = judge(check, both(storm, storm), context(20))
    expect(judged).toMatchObject({ verdict: 'pass', observed: 0 })
    expect(judged.why).toMatch(/left out$/)
  })

  test('a storm of the canary after it still fails', () => {
    expect(
      judge(
        check,
        both([...times(5, 9), ...times(10, 0), ...times(5, 9)], [...times(5, 9), ...times(15, 0)]),
        context(20),
      ).verdict,
    ).toBe('fail')
  })
})
