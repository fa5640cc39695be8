import { z } from 'zod'
import { epochMs } from '../core/brand.ts'
import { defineCheck, type Look } from '../core/check.ts'
import type { NeedOf } from '../core/evidence.ts'
import { Duration, MetricRef } from '../core/fields.ts'
import { settledMinutes } from '../core/settled.ts'
import { formatDuration } from '../core/units.ts'
import { pass, unknown } from '../core/verdict.ts'

type Spec = { readonly metrics: readonly string[]; readonly within: number }

/** Slowest metrics settle after about ten minutes (aws.md §1.3); minutes that old must be asked for to be seen as fresh. */
const longestLagMs = 15 * 60_000

export const data = defineCheck({
  kind: 'data',
  about:
    'each metric has data and its newest settled minute is fresh: whether the other checks will have anything to judge',
  example: '{ kind: data, metrics: [board-load, requests], within: 10m }',
  hint: 'check namespace, name and the exact full set of dimensions of the metric, its region, and that its publisher runs',
  shape: {
    metrics: z.array(MetricRef).min(1).describe('ids of the metrics that must have data'),
    within: Duration.default(10 * 60_000).describe(
      'how old the newest settled minute may be, not counting the lag of the metric',
    ),
  },
  title: (check) => `data for ${check.metrics.join(', ')} within ${formatDuration(check.within)}`,
  needs: (check) => check.metrics.map((metric) => needOf(check, metric)),
  judge: (check, look) => {
    const states = check.metrics.map((metric) => stateOf(check, metric, look))
    const lacking = states.filter((state) => !state.fresh)
    const found = {
      observed: `${states.length - lacking.length} of ${states.length} fresh`,
      limit: formatDuration(check.within),
      samples: states.reduce((total, state) => total + state.samples, 0),
      window: windowOf(check, look),
      query: states.map((state) => state.query).join('; '),
    }
    const why = (lacking.length > 0 ? lacking : states).map((state) => state.why).join('; ')
    return lacking.length > 0 ? unknown(why, found) : pass(why, found)
  },
})

function needOf(check: Spec, metric: string): NeedOf<'series'> {
  return { need: 'series', metric, lookbackMs: check.within + longestLagMs }
}

/** Freshness is about now, not about the gate: minutes from before the gate began count. */
function windowOf(check: Spec, look: Look) {
  return { from: epochMs(look.window.to - check.within - longestLagMs), to: look.window.to }
}

function stateOf(check: Spec, metric: string, look: Look) {
  const series = look.see(needOf(check, metric))
  if (series.status === 'missing') return { fresh: false, samples: 0, query: '', why: `${metric}: ${series.why}` }
  const { query, periodMs } = series.value
  const settled = settledMinutes(series.value, look.subject, windowOf(check, look))
  const newest = settled.minutes.at(-1)
  const { trouble } = series.value
  if (!newest)
    return {
      fresh: false,
      samples: 0,
      query,
      why: `${metric}: no data in ${formatDuration(check.within)}${trouble === undefined ? '' : `: ${trouble}`}`,
    }
  const ageMs = settled.window.to - newest.start - periodMs
  const samples = settled.minutes.reduce((total, minute) => total + minute.count, 0)
  return {
    fresh: ageMs <= check.within,
    samples,
    query,
    why:
      ageMs === 0
        ? `${metric}: newest settled minute is there`
        : `${metric}: newest data is ${formatDuration(ageMs)} old`,
  }
}
