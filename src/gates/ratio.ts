import { z } from 'zod'
import { defineCheck, overShape, type Look } from '../core/check.ts'
import type { Series, VariantName } from '../core/evidence.ts'
import { MetricRef, Share } from '../core/fields.ts'
import { plural } from '../core/quantity.ts'
import { formatDuration, formatShare } from '../core/units.ts'
import { unknown } from '../core/verdict.ts'
import { hasControl, judgedMinutes } from './judged-minutes.ts'
import { judgeQuotient, judgementOf } from './quotient.ts'
import { looserProblem, rollbackText } from './two-limits.ts'
import type { Part } from './shared-incident.ts'

export const ratio = defineCheck({
  kind: 'ratio',
  about: 'the share of bad events among all events stays below a limit: sums over sums, never a mean of shares',
  example: '{ kind: ratio, bad: errors, of: requests, below: 1% }',
  hint: 'launch explain shows the minutes that broke it; read the errors of the new version first, then those both versions share',
  shape: {
    ...overShape,
    bad: MetricRef.describe('id of the metric under metrics: that counts bad events'),
    of: MetricRef.describe('id of the metric under metrics: that counts all events'),
    below: Share.describe('limit; a share equal to it fails, or with rollbackAt is unknown'),
    rollbackAt: Share.optional().describe(
      'a looser limit: only a share that reaches it fails; between the two it is unknown and nothing is promoted',
    ),
    floor: z
      .int()
      .positive()
      .default(300)
      .describe('events needed before a verdict: no error in 300 proves 1 % (rule of three)'),
  },
  problem: ({ below, rollbackAt }) =>
    looserProblem(shareLimit(below), rollbackAt === undefined ? undefined : shareLimit(rollbackAt)),
  title: ({ bad, of, below, rollbackAt }) =>
    `${bad} / ${of} < ${formatShare(below)}${rollbackText(rollbackAt === undefined ? undefined : shareLimit(rollbackAt))}`,
  needs: (check) => [
    { need: 'series', metric: check.bad },
    { need: 'series', metric: check.of },
  ],
  signal: ({ bad, of: all, below, rollbackAt, floor, over }) =>
    over === undefined
      ? { of: 'share', bad, all, below, ...(rollbackAt !== undefined && { rollbackAt }), floor }
      : null,
  judge: (check, look) => {
    const bad = look.see({ need: 'series', metric: check.bad })
    const of = look.see({ need: 'series', metric: check.of })
    if (bad.status === 'missing') return unknown(`${check.bad}: ${bad.why}`)
    if (of.status === 'missing') return unknown(`${check.of}: ${of.why}`)
    if (bad.value.periodMs !== of.value.periodMs) {
      return unknown(
        `${check.bad} comes every ${formatDuration(bad.value.periodMs)}, ${check.of} every ${formatDuration(of.value.periodMs)}`,
      )
    }
    const overMs = check.over ?? look.scope.overMs
    const subject = pairs(bad.value, of.value, look.subject, look, overMs)
    const found = { window: subject.window, query: `${bad.value.query}; ${of.value.query}` }
    if (subject.ofMinutes === 0)
      return unknown(`no data for ${check.of} in ${plural(subject.expected, 'settled minute')}`, found)
    if (subject.parts.length === 0)
      return unknown(`no data for ${check.bad} beside ${check.of}; say sparse where a missing minute means none`, found)

    const compared = hasControl(bad.value, look) && hasControl(of.value, look)
    const control = compared ? pairs(bad.value, of.value, 'control', look, overMs).parts : null
    const answer = judgeQuotient({
      subject: subject.parts,
      control,
      limit: check.below,
      unit: 'share',
      floor: check.floor,
      events: true,
      noun: check.of,
      subjectName: check.bad,
      rollback:
        check.rollbackAt === undefined
          ? null
          : { limit: check.rollbackAt, subject: subject.parts, control, subjectName: check.bad },
    })
    return judgementOf(answer, { ...found, observed: answer.value, limit: check.below, unit: 'share' })
  },
})

function shareLimit(value: number) {
  return { value, unit: 'share' }
}

/** The minutes in which both metrics are known: a minute that only one of them has says nothing about their ratio. */
function pairs(bad: Series, of: Series, variant: VariantName, look: Look, overMs: number | undefined) {
  const all = judgedMinutes(of, variant, look, overMs)
  const badByStart = new Map(
    judgedMinutes(bad, variant, look, overMs).minutes.map((minute) => [minute.start, minute.sum]),
  )
  const parts = all.minutes.flatMap((minute): readonly Part[] => {
    const top = badByStart.get(minute.start)
    return top === undefined ? [] : [{ start: minute.start, top, samples: minute.sum }]
  })
  return { window: all.window, expected: all.expected, ofMinutes: all.minutes.length, parts }
}
