import { z } from 'zod'
import { isoTime } from '../core/brand.ts'
import { defineCheck, type Look } from '../core/check.ts'
import { Duration, GateRef, MetricRef } from '../core/fields.ts'
import { formatCount, plural } from '../core/quantity.ts'
import { formatDuration } from '../core/units.ts'
import { fail, foldVerdicts, pass, unknown, type Judgement } from '../core/verdict.ts'
import { burstsIn } from './bursts.ts'
import { judgeDrift } from './drift.ts'
import { coverage, judgedMinutes } from './judged-minutes.ts'

type Spec = {
  readonly traffic: string
  readonly window: number
  readonly slos?: string | undefined
  readonly bursts?: string | undefined
  readonly drift?: boolean | undefined
}

export const steady = defineCheck({
  kind: 'steady',
  about: 'a whole window of real traffic without a gap, without a burst of errors, with every SLO inside its limit',
  example: '{ kind: steady, traffic: requests, window: 15m, slos: slo, bursts: errors }',
  hint: 'wait until a whole window is clean: a burst or a gap starts it again; launch monitor --dashboard shows which minute it was',
  shape: {
    traffic: MetricRef.describe('id of the metric under metrics: that counts user requests'),
    window: Duration.describe('how long everything must have been steady; settled minutes, so it ends one lag later'),
    slos: GateRef.optional().describe('id of the checks under gates: that must all pass over the window'),
    bursts: MetricRef.optional().describe('id of the metric under metrics: that counts errors, minute by minute'),
    drift: z
      .boolean()
      .default(true)
      .describe('with bursts: unknown while the second half of the window has more errors than its first'),
  },
  uses: (check) => check.slos ?? null,
  usesOverMs: (check) => check.window,
  title: (check) =>
    `${check.traffic} steady for ${formatDuration(check.window)}${check.slos === undefined ? '' : `, ${check.slos} inside`}`,
  needs: (check) =>
    [check.traffic, ...(check.bursts === undefined ? [] : [check.bursts])].map((metric) => ({
      need: 'series',
      metric,
    })),
  judge: (check, look) => {
    const traffic = judgeTraffic(check, look)
    const parts = [
      { title: 'traffic', judgement: traffic },
      ...burstPart(check, look),
      ...driftPart(check, look),
      ...look.nested(),
    ]
    const found = {
      observed: traffic.observed,
      limit: traffic.limit,
      unit: 'count',
      samples: traffic.samples,
      window: traffic.window,
      query: traffic.query,
    }
    const verdict = foldVerdicts(parts.map((part) => part.judgement.verdict))
    // A limit that is broken is broken whether or not the window is full, so a fail comes first.
    const those = parts.filter((part) => part.judgement.verdict === verdict)
    const why = those.map((part) => `${part.title}: ${part.judgement.why}`).join('; ')
    if (verdict === 'fail') return fail(why, found)
    if (verdict === 'unknown') return unknown(why, found)
    return pass(`${traffic.why}; ${those.length - 1} more conditions held`, found)
  },
})

/** statistics.md §2 f: at least 90 % of the minutes have traffic and no gap is longer than two. */
function judgeTraffic(check: Spec, look: Look): Judgement {
  const series = look.see({ need: 'series', metric: check.traffic })
  if (series.status === 'missing') return unknown(`${check.traffic}: ${series.why}`)
  const { periodMs, query } = series.value
  const settled = judgedMinutes(series.value, look.subject, look, check.window)
  const wanted = Math.ceil(check.window / periodMs)
  const { present, longestGap, dense } = coverage(settled, periodMs, (minute) => minute.sum > 0)
  const found = {
    observed: present,
    limit: wanted,
    unit: 'count',
    samples: settled.minutes.reduce((total, minute) => total + minute.sum, 0),
    window: settled.window,
    query,
  }
  if (settled.expected < wanted) return unknown(`${settled.expected} of ${plural(wanted, 'minute')}`, found)
  if (!dense) return unknown(`${present} of ${plural(wanted, 'minute')} have traffic, longest gap ${longestGap}`, found)
  return pass(`${present} of ${plural(wanted, 'minute')} have traffic`, found)
}

/**
 * A burst starts the window again (statistics.md §2 c): the check is not proven until the burst has left it, but one bad
 * minute alone rolls nothing back. Expectations come from the whole look, also from before the window.
 */
function burstPart(check: Spec, look: Look): readonly { readonly title: string; readonly judgement: Judgement }[] {
  if (check.bursts === undefined) return []
  return [{ title: `${check.bursts} bursts`, judgement: judgeBursts(check.bursts, check.window, look) }]
}

/** statistics.md §2 f 5. A plan that is older than the word has no drift. */
function driftPart(check: Spec, look: Look): readonly { readonly title: string; readonly judgement: Judgement }[] {
  if (check.bursts === undefined || check.drift !== true) return []
  const traffic = look.see({ need: 'series', metric: check.traffic })
  const errors = look.see({ need: 'series', metric: check.bursts })
  // What cannot be read is unknown by the other parts already.
  if (traffic.status === 'missing' || errors.status === 'missing') return []
  const known = new Map(
    judgedMinutes(errors.value, look.subject, look, check.window).minutes.map(({ start, sum }) => [start, sum]),
  )
  const parts = judgedMinutes(traffic.value, look.subject, look, check.window).minutes.flatMap(({ start, sum }) => {
    const top = known.get(start)
    return top === undefined ? [] : [{ start, top, samples: sum }]
  })
  return [{ title: `${check.bursts} drift`, judgement: judgeDrift(parts) }]
}

function judgeBursts(metric: string, windowMs: number, look: Look): Judgement {
  const series = look.see({ need: 'series', metric })
  if (series.status === 'missing') return unknown(series.why)
  const all = judgedMinutes(series.value, look.subject, look, undefined)
  const { from } = judgedMinutes(series.value, look.subject, look, windowMs).window
  if (all.minutes.length === 0) {
    const wait = `no data for ${metric} in ${plural(all.expected, 'settled minute')}`
    return unknown(all.expected === 0 ? wait : `${wait}; say sparse where a missing minute means none`)
  }
  const newest = burstsIn(all.minutes)
    .filter((burst) => burst.start >= from)
    .at(-1)
  if (!newest) return pass('none')
  const clean = all.window.to - newest.start - series.value.periodMs
  return unknown(
    `${formatCount(newest.events)} at ${isoTime(newest.start)} where ${formatCount(newest.expected)} are usual; ` +
      `${formatDuration(clean)} of ${formatDuration(windowMs)} clean since`,
  )
}
