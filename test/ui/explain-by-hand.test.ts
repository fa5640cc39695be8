import { describe, expect, test } from 'vitest'
import { epochMs, launchId } from '../../src/core/brand.ts'
import { needKey, type Minute, type Need } from '../../src/core/evidence.ts'
import type { PlannedCheck } from '../../src/core/plan.ts'
import { judgeGate, needsOfGate } from '../../src/gates/judge-gate.ts'
import { checkKind, checkKinds } from '../../src/gates/registry.ts'
import { explainLines } from '../../src/ui/explain.ts'
import { byHand, readCheck } from '../support/checks-by-hand.ts'
import { at, context, evidence, facts, gate, minute, planned, scope, series, windowStat } from '../support/looks.ts'
import { uncoloured } from '../support/views.ts'

// What a canary judges as one has test/ui/explain-arithmetic.test.ts; this is about every kind that judges minutes by itself.

/** Counts of minutes 0 to 9 by metric: of the new version, and of the old one. */
type Told = { readonly [metric: string]: readonly [canary: readonly number[], control: readonly number[]] }
type Case = readonly [name: string, check: PlannedCheck, told: Told]

const ten = (value: number) => Array.from({ length: 10 }, () => value)
const last = (five: number, before = 0) => [...ten(before / 5).slice(5), ...ten(five / 5).slice(5)]
const requests = [ten(100), ten(900)] as const
const check = {
  average: planned({ kind: 'average', metric: 'load', below: '200ms' }),
  percentile: planned({ kind: 'percentile', metric: 'load', percentile: 95, below: '800ms' }),
  ratio: planned({ kind: 'ratio', bad: 'errors', of: 'requests', below: '1%' }),
  count: planned({ kind: 'count', metric: 'conflicts', per: '5m', below: 30 }),
  spike: planned({ kind: 'spike', metric: 'conflicts', of: 'requests' }),
  steady: planned({ kind: 'steady', traffic: 'requests', window: '10m' }),
  compare: planned({ kind: 'compare', bad: 'errors', of: 'requests', atMost: '150%', judge: 'threshold' }),
  burn: planned({ kind: 'burn-rate', bad: 'errors', of: 'requests', objective: '99.9%', long: '10m', short: '5m' }),
  baseline: planned({ kind: 'baseline', metric: 'load', atMost: '110%' }),
  data: planned({ kind: 'data', metrics: ['requests'], within: '3m' }),
}
/** Samples a minute, their mean, and how many are slow. */
const loads = (count: number, mean: number, slow = 0): Told => ({
  load: [ten(count), ten(count)],
  mean: [ten(mean), ten(100)],
  slow: [ten(slow), ten(0)],
})
const errors = (...canary: readonly number[]): Told => ({ errors: [canary, ten(1)], requests })
const conflicts = (...canary: readonly number[]): Told => ({ conflicts: [canary, ten(2)], requests })
/** Errors a minute of 1,000 requests: 86.4 in each burn 2 % of the month's 99.9 % in these ten minutes. */
const burning = (each: number, until = 10): Told => ({
  errors: [ten(0), ten(0).map((_, index) => (index < until ? each : 0))],
  requests,
})

const cases: readonly Case[] = [
  ['a mean just inside', check.average, loads(60, 199.9)],
  ['a mean at its limit', check.average, loads(60, 200)],
  ['a mean of few', check.average, loads(4, 500)],
  ['slow ones just inside', check.percentile, loads(100, 100, 4)],
  ['slow ones at the limit', check.percentile, loads(100, 100, 5)],
  ['few, and some are slow', check.percentile, loads(10, 100, 0)],
  ['errors inside', check.ratio, errors(...ten(0.9))],
  ['errors at the limit', check.ratio, errors(...ten(1))],
  ['few requests', check.ratio, { errors: [ten(0), ten(0)], requests: [ten(20), ten(180)] }],
  [
    'few requests, sure to be too many errors',
    check.ratio,
    { errors: [ten(1), ten(0)], requests: [ten(20), ten(180)] },
  ],
  ['29 across the edge of five minutes', check.count, conflicts(0, 0, 0, 0, 15, 14, 0, 0, 0, 0)],
  ['30 across the edge of five minutes', check.count, conflicts(0, 0, 0, 0, 15, 15, 0, 0, 0, 0)],
  ['31 in six minutes', check.count, conflicts(6, 5, 5, 5, 5, 5, 0, 0, 0, 0)],
  ['as many conflicts as expected', check.spike, conflicts(...last(5))],
  ['ten conflicts more', check.spike, conflicts(...last(15))],
  ['some more than that, once', check.spike, conflicts(...last(20))],
  ['far more, twice', check.spike, conflicts(...last(40, 40))],
  ['traffic in every minute', check.steady, { requests }],
  ['one minute without', check.steady, { requests: [[...ten(100).slice(1), 0], ten(900)] }],
  ['two minutes without', check.steady, { requests: [[...ten(100).slice(2), 0, 0], ten(900)] }],
  ['as many errors in both', check.compare, errors(...ten(0.1))],
  ['more, and it may be chance', check.compare, errors(2, 0, 0, 0, 0, 0, 0, 0, 0, 0)],
  ['more, and it is none', check.compare, errors(...ten(1))],
  ['a budget that lasts', check.burn, burning(86)],
  ['a budget that burns', check.burn, burning(87)],
  ['a budget that burned and does no more', check.burn, burning(300, 5)],
  ['as before', check.baseline, loads(60, 110)],
  ['slower than before', check.baseline, loads(60, 110.2)],
  ['too few to say', check.baseline, loads(4, 300)],
  ['new data', check.data, { requests }],
  ['data that ended', check.data, { requests: [ten(100).slice(4), ten(900).slice(4)] }],
]

const window = { from: at(-60), to: at(0) }
const launch = {
  ...facts,
  baseline: {
    load: { window, count: 6000, sum: 600_000 },
    requests: { window, count: 60, sum: 60_000 },
    conflicts: {
      window,
      count: 60,
      sum: 600,
      spreads: [{ perMs: 300_000, of: 'requests', dispersion: 0.2, stretches: 96 }],
    },
  },
}

/** The verdict, and what explain prints of it with every period. */
function explained(one: PlannedCheck, told: Told) {
  const minutesOf = (metric: string, arm: 0 | 1): readonly Minute[] =>
    (told[metric]?.[arm] ?? []).map((count, index) =>
      metric === 'load'
        ? minute(index, count, count * (told['mean']?.[arm][index] ?? 0), told['slow']?.[arm][index] ?? 0)
        : minute(index, 1, count),
    )
  const where = context(10, { launch, scope: { ...scope, percent: 10 } })
  const needs: readonly Need[] = needsOfGate(gate(one), where.scope)
  const found = evidence(
    ...needs.map((need) => {
      if (need.need === 'window') return [need, windowStat({ canary: 790, control: 300 })] as const
      const metric = need.need === 'series' ? need.metric : ''
      return [need, series({ canary: minutesOf(metric, 0), control: minutesOf(metric, 1) })] as const
    }),
  )
  const judged = judgeGate(gate(one), found, where)
  const [checks, verdict] = [judged.checks(), judged.verdict]
  const seen = needs.flatMap((need) => {
    const finding = found[needKey(need)]
    return finding ? [{ need, finding }] : []
  })
  const lines = explainLines(
    {
      event: {
        schema: 1,
        launch: launchId('2026-12-02-1'),
        n: 9,
        id: 'e9',
        at: epochMs(where.now),
        actor: { name: 'ada', host: 'laptop', run: null },
        prev: null,
        type: 'gate-judged',
        gate: 'gate',
        key: 'gate',
        phase: 'full',
        environment: 'production',
        artifact: null,
        stage: null,
        window: where.window,
        verdict,
        checks,
        bakedMs: 0,
        evidence: found,
      },
      seen: { [one.id]: seen },
      hints: {},
      basis: { [one.id]: checkKind(one.kind).basis(one.spec, launch) ?? '' },
      everyPoint: true,
      retold: null,
      followed: [],
    },
    uncoloured,
  )
  return { verdict, lines }
}

describe('the numbers that explain prints lead to the verdict', () => {
  test.each(cases)('%s', (_name, one, told) => {
    const { verdict, lines } = explained(one, told)
    const rule = byHand[one.kind]
    if (!rule) throw new Error(`nobody calculates ${one.kind}`)
    // A check of this kind was written; its rule knows which fields it has.
    expect(rule(one.spec as Parameters<typeof rule>[0], readCheck(lines)), lines.join('\n')).toBe(verdict)
  })

  test('for every kind that judges minutes, each with verdicts of more than one sort', () => {
    const readsMinutes = checkKinds.filter(({ schema }) =>
      ['metric', 'metrics', 'of', 'traffic'].some((field) => Object.hasOwn(schema.shape, field)),
    )
    expect(new Set(Object.keys(byHand))).toEqual(new Set(readsMinutes.map(({ kind }) => kind)))
    for (const { kind } of readsMinutes) {
      const verdicts = cases.filter(([, one]) => one.kind === kind).map(([, one, told]) => explained(one, told).verdict)
      expect(new Set(verdicts).size, kind).toBeGreaterThan(1)
    }
  })
})
