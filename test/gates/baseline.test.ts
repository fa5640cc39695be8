import { describe, expect, test } from 'vitest'
import type { LaunchFacts } from '../../src/core/check.ts'
import { Check } from '../../src/gates/registry.ts'
import { at, context, counter, facts, judge, metrics, minute, planned, series, times } from '../support/looks.ts'

/** An hour before the launch. */
const captured = (byMetric: {
  readonly [metric: string]: { readonly count: number; readonly sum: number }
}): LaunchFacts['baseline'] =>
  Object.fromEntries(
    Object.entries(byMetric).map(([metric, totals]) => [metric, { window: { from: at(-60), to: at(0) }, ...totals }]),
  )
const before = (baseline: LaunchFacts['baseline']) => context(10, { launch: { ...facts, baseline } })

describe('an average', () => {
  const check = planned({ kind: 'baseline', metric: 'board-load', atMost: '110%' })
  const was = before(captured({ 'board-load': { count: 1000, sum: 200_000 } }))
  const now = (mean: number, count = 100) =>
    metrics(check, { 'board-load': series({ all: [minute(0, count, mean * count)] }) })

  test.each([
    [219, 'pass'],
    [220, 'pass'],
    [221, 'fail'],
  ])('of %d ms where 200 were usual and 110%% is the most: %s', (mean, verdict) => {
    expect(judge(check, now(mean), was)).toMatchObject({ verdict, observed: mean / 200, limit: 1.1, unit: 'share' })
  })

  test('of too few samples is unknown', () => {
    expect(judge(check, now(500, 49), was)).toMatchObject({
      verdict: 'unknown',
      why: '49 of 50 samples; 500 now, 200 before: 250%',
    })
  })

  test('without a baseline, with an empty one or without data now is unknown', () => {
    expect(judge(check, now(100), before(null)).why).toBe('no baseline was captured when the launch opened')
    expect(judge(check, now(100), before(captured({}))).why).toBe('the baseline has no board-load')
    expect(judge(check, now(100), before(captured({ 'board-load': { count: 0, sum: 0 } }))).why).toBe(
      'the baseline of board-load is zero',
    )
    expect(judge(check, metrics(check, { 'board-load': series({ all: [] }) }), was).verdict).toBe('unknown')
    expect(judge(check, {}, was).verdict).toBe('unknown')
  })
})

describe('a flow per minute', () => {
  const check = planned({ kind: 'baseline', metric: 'interactions', statistic: 'per-minute', atLeast: '100%' })
  const was = before(captured({ interactions: { count: 60, sum: 1200 } }))
  const now = (...sums: readonly number[]) => metrics(check, { interactions: series({ all: counter(...sums) }) })

  test('of what it was passes, a little less fails', () => {
    expect(check.title).toBe('interactions per-minute ≥ 100% of baseline')
    expect(judge(check, now(...times(10, 20)), was)).toMatchObject({ verdict: 'pass', observed: 1 })
    expect(judge(check, now(...times(9, 20), 19), was).verdict).toBe('fail')
  })

  test('counts the users of both versions', () => {
    const both = metrics(check, {
      interactions: series({ canary: counter(...times(10, 5)), control: counter(...times(10, 15)) }),
    })
    expect(judge(check, both, was)).toMatchObject({ verdict: 'pass', observed: 1 })
  })

  test('with minutes missing is unknown, not a drop', () => {
    expect(judge(check, now(20, 20, 20, 20, 20), was)).toMatchObject({
      verdict: 'unknown',
      why: 'only 5 of 10 minutes of interactions have data',
    })
  })
})

test('a ratio is compared with the ratio before', () => {
  const check = planned({ kind: 'baseline', metric: 'conversions', statistic: 'ratio', of: 'visits', atLeast: '90%' })
  const was = before(captured({ conversions: { count: 60, sum: 100 }, visits: { count: 60, sum: 1000 } }))
  const now = (conversions: number) =>
    metrics(check, { conversions: series({ all: counter(conversions) }), visits: series({ all: counter(1000) }) })
  expect(judge(check, now(90), was).verdict).toBe('pass')
  expect(judge(check, now(89), was).verdict).toBe('fail')
})

test('a baseline without a limit, or a ratio of nothing, is refused', () => {
  const message = (written: object) =>
    Check.safeParse({ kind: 'baseline', metric: 'm', ...written }).error?.issues[0]?.message
  expect(message({})).toBe('a baseline needs atLeast, atMost or both')
  expect(message({ atMost: '110%', statistic: 'ratio' })).toBe('statistic: ratio and of belong together')
  expect(message({ atMost: '110' })).toBe('"110" is not a percentage of the baseline; write it like 100% or 110%')
})
