import { z } from 'zod'
import { defineCheck, overShape, type Look, type NeedScope } from '../core/check.ts'
import type { NeedOf, Series, VariantName, WindowStat } from '../core/evidence.ts'
import { Limit, MetricRef } from '../core/fields.ts'
import { formatQuantity, plural } from '../core/quantity.ts'
import { unknown } from '../core/verdict.ts'
import type { SettledMinutes } from '../core/settled.ts'
import { hasControl, judgedMinutes } from './judged-minutes.ts'
import { judgementOf, judgeQuotient, type QuotientAnswer } from './quotient.ts'
import { looserProblem, rollbackText } from './two-limits.ts'
import type { Part } from './shared-incident.ts'

type Spec = {
  readonly metric: string
  readonly percentile: number
  readonly below: { readonly value: number; readonly unit: string }
  readonly rollbackAt?: { readonly value: number; readonly unit: string } | undefined
  readonly over?: number | undefined
  readonly floor?: number | undefined
}

export const percentile = defineCheck({
  kind: 'percentile',
  about: 'a percentile of a metric stays below a limit; a value equal to the limit counts as slow',
  example: '{ kind: percentile, metric: board-load, percentile: 95, below: 800ms }',
  hint: 'high p95 during a canary: pause the rollout (launch canary pause), check backend scaling, look for bottlenecks',
  shape: {
    ...overShape,
    metric: MetricRef,
    percentile: z.number().gt(0).lt(100).describe('which percentile: 95 for p95'),
    below: Limit.describe('limit with its unit, like 800ms; judged as the share of samples at or above it'),
    rollbackAt: Limit.optional().describe(
      'a looser limit in the same unit: only a percentile that reaches it fails; between the two it is unknown and nothing is promoted',
    ),
    floor: z
      .int()
      .positive()
      .optional()
      .describe('samples needed before a verdict; default 10 / (1 − p): 200 for p95, 1000 for p99'),
  },
  problem: ({ below, rollbackAt }) => looserProblem(below, rollbackAt),
  title: ({ metric, percentile, below, rollbackAt }) =>
    `${metric} p${percentile} < ${formatQuantity(below.value, below.unit)}${rollbackText(rollbackAt)}`,
  needs: (check, scope) => [
    seriesNeed(check),
    ...(check.rollbackAt ? [seriesNeed(check, check.rollbackAt.value)] : []),
    windowNeed(check, scope),
  ],
  signal: (check) =>
    check.over === undefined
      ? {
          of: 'slow',
          metric: check.metric,
          cut: check.below.value,
          ...(check.rollbackAt && { rollbackAt: check.rollbackAt.value }),
          unit: check.below.unit,
          below: slowShare(check),
          floor: floorOf(check),
        }
      : null,
  judge: (check, look) => {
    const series = look.see(seriesNeed(check))
    if (series.status === 'missing') return unknown(`${check.metric}: ${series.why}`)
    const beyond = check.rollbackAt ? look.see(seriesNeed(check, check.rollbackAt.value)) : null
    if (beyond?.status === 'missing') return unknown(`${check.metric}: ${beyond.why}`)
    const overMs = check.over ?? look.scope.overMs
    const settled = judgedMinutes(series.value, look.subject, look, overMs)
    const answer = judgeSlowShare(check, series.value, beyond?.value ?? null, look, overMs)
    const found = { samples: answer.samples, window: settled.window, query: series.value.query }

    if (settled.minutes.length === 0)
      return unknown(`no data for ${check.metric} in ${plural(settled.expected, 'settled minute')}`, found)
    const uncounted = settled.minutes.filter((minute) => minute.count > 0 && minute.over === null).length
    if (uncounted > 0)
      return unknown(
        `no count of slow samples in ${plural(uncounted, 'minute')}: the metric has no percentiles there`,
        found,
      )
    const stat = look.see(windowNeed(check, look.scope))
    if (stat.status === 'missing') return unknown(`${check.metric} p${check.percentile}: ${stat.why}`, found)
    const point = pointOf(stat.value, look.subject)
    if (point === null) return unknown(`no single p${check.percentile} of the window came back`, found)

    const shown = isOfThose(stat.value, settled) && answer.leftOut === 0
    const observed = shown
      ? { observed: point, limit: check.below.value, unit: check.below.unit }
      : { observed: answer.value, limit: slowShare(check), unit: 'share' }
    return judgementOf(answer, { ...found, ...observed })
  },
})

function seriesNeed(check: Spec, cut = check.below.value): NeedOf<'series'> {
  return { need: 'series', metric: check.metric, cut }
}

function windowNeed(check: Spec, scope: NeedScope): NeedOf<'window'> {
  const overMs = check.over ?? scope.overMs
  const need = { need: 'window', metric: check.metric, stat: `p${check.percentile}` } as const
  return overMs === undefined ? need : { ...need, lookbackMs: overMs }
}

/** The percentile is below the limit when fewer samples than this are at or above it: 5 % for p95. */
function slowShare(check: Spec): number {
  return (100 - check.percentile) / 100
}

/** CloudWatch's own rule for percentiles of few samples: 10 / (1 − p) from the median on, 10 / p below it. */
function floorOf(check: Spec): number {
  const rarer = Math.min(check.percentile, 100 - check.percentile)
  return check.floor ?? Math.ceil(1000 / rarer - 1e-6)
}

function judgeSlowShare(
  check: Spec,
  series: Series,
  beyond: Series | null,
  look: Look,
  overMs: number | undefined,
): QuotientAnswer {
  const slowName = (limit: Spec['below']) => `at or above ${formatQuantity(limit.value, limit.unit)}:`
  const armsOf = (counted: Series) => ({
    subject: partsOf(judgedMinutes(counted, look.subject, look, overMs)),
    control: hasControl(counted, look) ? partsOf(judgedMinutes(counted, 'control', look, overMs)) : null,
  })
  return judgeQuotient({
    ...armsOf(series),
    limit: slowShare(check),
    unit: 'share',
    floor: floorOf(check),
    events: true,
    noun: 'samples',
    subjectName: slowName(check.below),
    rollback:
      beyond && check.rollbackAt
        ? { ...armsOf(beyond), limit: slowShare(check), subjectName: slowName(check.rollbackAt) }
        : null,
  })
}

function partsOf(settled: SettledMinutes): readonly Part[] {
  return settled.minutes.map((minute) => ({ start: minute.start, top: minute.over ?? 0, samples: minute.count }))
}

function pointOf(stat: WindowStat, subject: VariantName): number | null {
  const value = stat.values.all === undefined ? stat.values[subject] : stat.values.all
  return value === undefined || value === null || !Number.isFinite(value) ? null : value
}

/** Whether the point covers minutes that were judged and no others. */
function isOfThose(stat: WindowStat, settled: SettledMinutes): boolean {
  return stat.window.from >= settled.window.from && stat.window.to <= settled.window.to
}
