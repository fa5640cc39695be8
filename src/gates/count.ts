import { z } from 'zod'
import { defineCheck, overShape } from '../core/check.ts'
import type { Series } from '../core/evidence.ts'
import { Duration, MetricRef } from '../core/fields.ts'
import { formatCount, plural } from '../core/quantity.ts'
import type { SettledMinutes } from '../core/settled.ts'
import { formatDuration } from '../core/units.ts'
import { fail, pass, unknown, type Judgement } from '../core/verdict.ts'
import { coverage, hasControl, judgedMinutes } from './judged-minutes.ts'
import { controlBreachText, leftOutText } from './shared-incident.ts'
import { largest, slidingSums, type Slide } from './sliding.ts'

type Spec = {
  readonly metric: string
  readonly per?: number | undefined
  readonly below?: number | undefined
  readonly above?: number | undefined
}

export const count = defineCheck({
  kind: 'count',
  about: 'events within a sliding stretch of time stay below a limit, or were seen at all (above: 0)',
  example: '{ kind: count, metric: occ-conflicts, per: 5m, below: 30 }',
  hint: 'OCC 409 conflicts are expected behaviour: verify that the user feedback for them works; a rising flow needs a look at who writes the same record twice',
  shape: {
    ...overShape,
    metric: MetricRef,
    per: Duration.optional().describe('length of the stretch that is slid over the window; default the whole window'),
    below: z.number().positive().optional().describe('the largest sum of any stretch stays below this; equal fails'),
    above: z
      .number()
      .nonnegative()
      .optional()
      .describe('some stretch reaches more than this; above: 0 says "observed"'),
  },
  problem: (check) =>
    check.below === undefined && check.above === undefined ? 'a count needs below, above or both' : null,
  title: (check) => {
    const limits = [
      check.above === undefined ? '' : ` > ${formatCount(check.above)}`,
      check.below === undefined ? '' : ` < ${formatCount(check.below)}`,
    ]
    return `${check.metric}${limits.join('')}${check.per === undefined ? '' : ` per ${formatDuration(check.per)}`}`
  },
  needs: (check) => [{ need: 'series', metric: check.metric }],
  judge: (check, look) => {
    const series = look.see({ need: 'series', metric: check.metric })
    if (series.status === 'missing') return unknown(`${check.metric}: ${series.why}`)
    const overMs = check.over ?? look.scope.overMs
    const settled = judgedMinutes(series.value, look.subject, look, overMs)
    const found = {
      window: settled.window,
      query: series.value.query,
      unit: 'count',
      limit: check.below ?? check.above ?? null,
    }
    if (settled.minutes.length === 0)
      return unknown(`no data for ${check.metric} in ${plural(settled.expected, 'settled minute')}`, found)
    const control = hasControl(series.value, look) ? judgedMinutes(series.value, 'control', look, overMs) : null
    return judgeSlides(check, series.value, settled, control, found)
  },
})

/**
 * A breach of `below` is final: what is missing could only add to it. A pass needs a whole stretch of settled minutes,
 * at least 90 % of the minutes there or vouched for by the heartbeat, and no gap of more than two. `above` is met once and
 * for all; while it is not met it may still be, so that is unknown, not a fail.
 */
function judgeSlides(
  check: Spec,
  series: Series,
  settled: SettledMinutes,
  control: SettledMinutes | null,
  found: Partial<Judgement>,
): Judgement {
  const lengthMs = check.per ?? settled.window.to - settled.window.from
  const slides = slidingSums(settled.minutes, series.periodMs, lengthMs)
  const shared = sharedStretches(check, series, control, lengthMs)
  const own = slides.filter((slide) => shared.every((other) => Math.abs(other.end - slide.end) >= lengthMs))
  const peak = largest(own)
  const left = leftOutText(slides.length - own.length, 'shared-incident minute')
  const incident = unknown(
    `${controlBreachText(`${formatCount(largest(shared)?.sum ?? 0)} in ${formatDuration(lengthMs)}`, null)}${left}`,
    found,
  )
  if (peak === null) return incident

  const samples = settled.minutes.reduce((total, minute) => total + minute.sum, 0)
  const measured = { ...found, observed: peak.sum, samples }
  const said = `at most ${formatCount(peak.sum)} in ${formatDuration(lengthMs)}`
  if (check.below !== undefined && peak.sum >= check.below) {
    return fail(
      `${formatCount(peak.sum)} in ${formatDuration(lengthMs)}, limit ${formatCount(check.below)}${left}`,
      measured,
    )
  }
  if (shared.at(-1)?.end === settled.window.to) return incident
  if (check.above !== undefined && peak.sum <= check.above) {
    return unknown(`${said}, more than ${formatCount(check.above)} needed${left}`, { ...measured, limit: check.above })
  }
  return check.below === undefined
    ? pass(`${said}${left}`, measured)
    : passWhenCovered(settled, series, lengthMs, `${said}${left}`, measured)
}

function passWhenCovered(
  settled: SettledMinutes,
  series: Series,
  lengthMs: number,
  said: string,
  measured: Partial<Judgement>,
): Judgement {
  const settledMs = settled.expected * series.periodMs
  if (settledMs < lengthMs)
    return unknown(`${formatDuration(settledMs)} of ${formatDuration(lengthMs)} settled`, measured)
  const { present, longestGap, dense } = coverage(settled, series.periodMs)
  return dense
    ? pass(said, measured)
    : unknown(
        `only ${present} of ${plural(settled.expected, 'minute')} have data, longest gap ${longestGap}; ${said}`,
        measured,
      )
}

/**
 * The stretches in which the control alone reaches the limit: shared-incident.ts, for sums instead of quotients. A stretch
 * of the subject that overlaps one of them holds minutes of the incident, so it is no evidence.
 */
function sharedStretches(
  check: Spec,
  series: Series,
  control: SettledMinutes | null,
  lengthMs: number,
): readonly Slide[] {
  const { below } = check
  if (control === null || below === undefined) return []
  return slidingSums(control.minutes, series.periodMs, lengthMs).filter((slide) => slide.sum >= below)
}
