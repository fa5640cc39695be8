import { z } from 'zod'
import { defineCheck, overShape, type LaunchFacts, type Look } from '../core/check.ts'
import type { NeedOf } from '../core/evidence.ts'
import { MetricRef, proportionOf } from '../core/fields.ts'
import { formatCount, plural } from '../core/quantity.ts'
import { formatShare } from '../core/units.ts'
import { fail, pass, unknown } from '../core/verdict.ts'
import { coverage, judgedMinutes } from './judged-minutes.ts'
import { lackingBaseline } from './lacking-baseline.ts'
import { reaches } from './shared-incident.ts'

type Statistic = 'average' | 'per-minute' | 'ratio'
type Spec = {
  readonly metric: string
  readonly statistic: Statistic
  readonly of?: string | undefined
  readonly over?: number | undefined
  readonly floor?: number | undefined
}
type Measured = { readonly value: number; readonly samples: number }

/** Samples needed before a verdict; minutes for a flow. */
const floors = { average: 50, 'per-minute': 5, ratio: 300 } as const satisfies Record<Statistic, number>
const sampleNoun = { average: 'samples', 'per-minute': 'settled minutes', ratio: 'events' } as const satisfies Record<
  Statistic,
  string
>

const Proportion = proportionOf('the baseline')

export const baseline = defineCheck({
  kind: 'baseline',
  comparesOnly: true,
  about: 'a metric against the time before the launch: adoption went up, performance is met or exceeded',
  example: '{ kind: baseline, metric: board-load, statistic: average, atMost: 110% }',
  hint: 'compare the same hour of another day before you blame the release; a launch that opened without data has no baseline to compare with',
  shape: {
    ...overShape,
    metric: MetricRef,
    statistic: z
      .enum(['average', 'per-minute', 'ratio'])
      .default('average')
      .describe(
        'average: sum by samples; per-minute: events per minute over all users; ratio: share of the metric under of',
      ),
    of: MetricRef.optional().describe('with statistic: ratio, id of the metric that counts all events'),
    atLeast: Proportion.optional().describe('the value now is at least this part of the one before; equal passes'),
    atMost: Proportion.optional().describe('the value now is at most this part of the one before; equal passes'),
    floor: z
      .int()
      .positive()
      .optional()
      .describe('samples needed before a verdict: default 50, for a ratio 300, for per-minute 5 minutes'),
  },
  problem: (check) => {
    if (check.atLeast === undefined && check.atMost === undefined) return 'a baseline needs atLeast, atMost or both'
    return (check.statistic === 'ratio') === (check.of === undefined) ? 'statistic: ratio and of belong together' : null
  },
  title: (check) => {
    const limits = [
      check.atLeast === undefined ? '' : ` ≥ ${formatShare(check.atLeast)}`,
      check.atMost === undefined ? '' : ` ≤ ${formatShare(check.atMost)}`,
    ]
    return `${check.metric} ${check.statistic}${limits.join('')} of baseline`
  },
  needs: (check) => metricsOf(check).map(needOf),
  judge: (check, look) => {
    const before = valueBefore(check, look.launch)
    if (typeof before === 'string') return unknown(before)
    const now = valueNow(check, look)
    if (typeof now === 'string') return unknown(now)

    const observed = now.value / before.value
    const found = { observed, limit: check.atMost ?? check.atLeast ?? null, unit: 'share', samples: now.samples }
    const said = `${formatCount(now.value)} now, ${formatCount(before.value)} before: ${formatShare(observed)}`
    const floor = check.floor ?? floors[check.statistic]
    if (now.samples < floor)
      return unknown(
        `${formatCount(now.samples)} of ${formatCount(floor)} ${sampleNoun[check.statistic]}; ${said}`,
        found,
      )
    if (check.atMost !== undefined && !reaches(check.atMost, observed)) {
      return fail(`${said}, limit ${formatShare(check.atMost)}`, { ...found, limit: check.atMost })
    }
    if (check.atLeast !== undefined && !reaches(observed, check.atLeast)) {
      return fail(`${said}, at least ${formatShare(check.atLeast)} wanted`, { ...found, limit: check.atLeast })
    }
    return pass(said, found)
  },
})

function metricsOf(check: Spec): readonly string[] {
  return check.of === undefined ? [check.metric] : [check.metric, check.of]
}

function needOf(metric: string): NeedOf<'series'> {
  return { need: 'series', metric }
}

/** A text says why there is no value. A baseline of zero has no proportion. */
function valueBefore(check: Spec, launch: LaunchFacts): Measured | string {
  const lacking = metricsOf(check).find((id) => !launch.baseline?.[id])
  const metric = launch.baseline?.[check.metric]
  if (lacking !== undefined || !metric) return lackingBaseline(lacking ?? check.metric, launch)
  const of = check.of === undefined ? undefined : launch.baseline?.[check.of]
  const minutes = (metric.window.to - metric.window.from) / 60_000
  const samples = { average: metric.count, 'per-minute': minutes, ratio: of?.sum ?? 0 }[check.statistic]
  const value = samples > 0 ? metric.sum / samples : 0
  return value > 0 ? { value, samples } : `the baseline of ${check.metric} is zero`
}

function valueNow(check: Spec, look: Look): Measured | string {
  // A flow is that of all users together: the new version's alone would grow with its share of users only.
  const variant = check.statistic === 'per-minute' ? 'all' : look.subject
  const found = metricsOf(check).map((metric) => ({ metric, series: look.see(needOf(metric)) }))
  const totals = []
  for (const { metric, series } of found) {
    if (series.status === 'missing') return `${metric}: ${series.why}`
    const settled = judgedMinutes(series.value, variant, look, check.over ?? look.scope.overMs)
    if (settled.minutes.length === 0) return `no data for ${metric} in ${plural(settled.expected, 'settled minute')}`
    const { present, dense } = coverage(settled, series.value.periodMs)
    if (check.statistic === 'per-minute' && !dense)
      return `only ${present} of ${plural(settled.expected, 'minute')} of ${metric} have data`
    totals.push({
      count: settled.minutes.reduce((total, minute) => total + minute.count, 0),
      sum: settled.minutes.reduce((total, minute) => total + minute.sum, 0),
      // Only minutes that came: dividing by those still missing would show a drop that nobody measured.
      minutes: (settled.minutes.length * series.value.periodMs) / 60_000,
    })
  }
  const [metric, of] = totals
  const samples = { average: metric?.count ?? 0, 'per-minute': metric?.minutes ?? 0, ratio: of?.sum ?? 0 }[
    check.statistic
  ]
  return samples > 0
    ? { value: (metric?.sum ?? 0) / samples, samples }
    : `no ${sampleNoun[check.statistic]} of ${check.metric}`
}
