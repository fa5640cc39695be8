import { z } from 'zod'
import { defineCheck, overShape } from '../core/check.ts'
import { Limit, MetricRef } from '../core/fields.ts'
import { formatQuantity, plural } from '../core/quantity.ts'
import type { SettledMinutes } from '../core/settled.ts'
import { unknown } from '../core/verdict.ts'
import { hasControl, judgedMinutes } from './judged-minutes.ts'
import { judgeQuotient, judgementOf } from './quotient.ts'
import { looserProblem, rollbackText } from './two-limits.ts'
import type { Part } from './shared-incident.ts'

export const average = defineCheck({
  kind: 'average',
  about: 'the mean of a metric stays below a limit: the sum of all samples by their number, never a mean of means',
  example: '{ kind: average, metric: drawer-open, below: 200ms }',
  hint: 'pause the rollout (launch canary pause); compare the slow calls of both versions, check backend scaling and caches',
  shape: {
    ...overShape,
    metric: MetricRef,
    below: Limit.describe('limit with its unit, like 200ms; a mean equal to it fails, or with rollbackAt is unknown'),
    rollbackAt: Limit.optional().describe(
      'a looser limit in the same unit: only a mean that reaches it fails; between the two it is unknown and nothing is promoted',
    ),
    floor: z.int().positive().default(50).describe('samples needed before a verdict'),
  },
  problem: ({ below, rollbackAt }) => looserProblem(below, rollbackAt),
  title: ({ metric, below, rollbackAt }) =>
    `${metric} average < ${formatQuantity(below.value, below.unit)}${rollbackText(rollbackAt)}`,
  needs: (check) => [{ need: 'series', metric: check.metric }],
  signal: ({ metric, below, rollbackAt, floor, over }) =>
    over === undefined
      ? {
          of: 'mean',
          metric,
          unit: below.unit,
          below: below.value,
          ...(rollbackAt && { rollbackAt: rollbackAt.value }),
          floor,
        }
      : null,
  judge: (check, look) => {
    const series = look.see({ need: 'series', metric: check.metric })
    if (series.status === 'missing') return unknown(`${check.metric}: ${series.why}`)
    const overMs = check.over ?? look.scope.overMs
    const settled = judgedMinutes(series.value, look.subject, look, overMs)
    const found = { window: settled.window, query: series.value.query }
    if (settled.minutes.length === 0)
      return unknown(`no data for ${check.metric} in ${plural(settled.expected, 'settled minute')}`, found)
    const subject = partsOf(settled)
    const control = hasControl(series.value, look)
      ? partsOf(judgedMinutes(series.value, 'control', look, overMs))
      : null
    const answer = judgeQuotient({
      subject,
      control,
      limit: check.below.value,
      unit: check.below.unit,
      floor: check.floor,
      events: false,
      noun: 'samples',
      subjectName: 'average',
      rollback: check.rollbackAt ? { limit: check.rollbackAt.value, subject, control, subjectName: 'average' } : null,
    })
    return judgementOf(answer, { ...found, observed: answer.value, limit: check.below.value, unit: check.below.unit })
  },
})

function partsOf(settled: SettledMinutes): readonly Part[] {
  return settled.minutes.map((minute) => ({ start: minute.start, top: minute.sum, samples: minute.count }))
}
