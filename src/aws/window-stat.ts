import { epochMs } from '../core/brand.ts'
import { missing, seen, type NeedOf, type WindowStat } from '../core/evidence.ts'
import { formatDuration } from '../core/units.ts'
import type { MetricPlan } from '../core/plan.ts'
import { floorTo, settledWindow } from '../core/settled.ts'
import { describeQuery, maxPeriodMs, metricQuery, variantsOf } from './metric-query.ts'
import type { MetricScope, Reading } from './metric-reading.ts'

/** Periods of more than half a minute are whole minutes, also where a metric has finer ones. */
const wholeMs = 60_000

/**
 * One statistic over the settled part of the window as a single point: its period is the window. Of a metric with periods
 * below a minute it covers the whole minutes of that part.
 */
export function windowReading(need: NeedOf<'window'>, metric: MetricPlan, scope: MetricScope): Reading<WindowStat> {
  const { periodMs, lagMs } = metric
  const from =
    need.lookbackMs === undefined ? scope.window.from : epochMs(floorTo(scope.now - lagMs, periodMs) - need.lookbackMs)
  const window = settledWindow({ from, to: scope.now }, Math.max(periodMs, wholeMs), lagMs)
  const lengthMs = window.to - window.from
  const query = describeQuery(metric, scope.environment, [need.stat], lengthMs)
  const variants = variantsOf(metric)
  if (lengthMs === 0) {
    const nothing = Object.fromEntries(variants.map((variant) => [variant, null]))
    return { queries: [], read: () => seen({ window, query, values: nothing }) }
  }
  if (lengthMs > maxPeriodMs) {
    return {
      queries: [],
      read: () => missing(`${formatDuration(lengthMs)} is more than cloudwatch puts into one point (1d)`),
    }
  }
  const stretch = { periodMs: lengthMs, ...window }
  const asked = variants.map((variant) => {
    const own = metricQuery(metric, variant, need.stat, stretch, scope)
    // Windows of one length that begin at different times are different questions.
    return [variant, { ...own, key: `${own.key}@${window.from}` }] as const
  })
  return {
    queries: asked.map(([, own]) => own),
    read: (ask) => {
      const values: [string, number | null][] = []
      for (const [variant, own] of asked) {
        const answer = ask(own)
        if (answer.status === 'missing') return missing(answer.why)
        values.push([variant, answer.points.get(window.from) ?? null])
      }
      return seen({ window, query, values: Object.fromEntries(values) })
    },
  }
}
