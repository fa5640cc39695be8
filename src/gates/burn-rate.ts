import { epochMs, type EpochMs } from '../core/brand.ts'
import { defineCheck } from '../core/check.ts'
import type { NeedOf, Series } from '../core/evidence.ts'
import { Duration, MetricRef, Share } from '../core/fields.ts'
import { formatCount } from '../core/quantity.ts'
import { settledMinutes } from '../core/settled.ts'
import { burnRate as rateOf, burns, burnThreshold, type BurnWindow } from '../core/stats/burn-rate.ts'
import { formatDuration, formatShare } from '../core/units.ts'
import { fail, pass, unknown, type Window } from '../core/verdict.ts'

type Spec = { readonly bad: string; readonly of: string; readonly long: number; readonly short: number }

const monthMs = 30 * 24 * 3_600_000
/** Fewer bad events are no reason to wake anybody: at little traffic a rate says less than a count. */
const fewestEvents = 3

export const burnRate = defineCheck({
  kind: 'burn-rate',
  about: 'the error budget of the service as a whole, both versions together, does not burn faster than it may',
  example: '{ kind: burn-rate, bad: errors, of: requests, objective: 99.9%, budget: 2%, long: 1h, short: 5m }',
  hint: 'the whole service burns its budget, not only the new version: look for an incident first, and hold the launch until it is over',
  shape: {
    bad: MetricRef.describe('id of the metric under metrics: that counts bad events'),
    of: MetricRef.describe('id of the metric under metrics: that counts all events'),
    objective: Share.describe('share of events that have to be good over the period: 99.9%'),
    budget: Share.default(0.02).describe('part of the budget of the period that may be gone within the long look'),
    period: Duration.default(monthMs).describe('what the objective is promised for'),
    long: Duration.default(3_600_000).describe('the look that says it matters'),
    short: Duration.default(300_000).describe('the look that says it still goes on; equal limits fail'),
  },
  problem: (check) => {
    if (check.objective >= 1) return 'an objective of 100% leaves no budget to burn'
    return check.short < check.long && check.long < check.period
      ? null
      : 'short is less than long, and long less than period'
  },
  title: (check) =>
    `${check.bad} / ${check.of} burn less than ${formatShare(check.budget)} of the ${formatShare(check.objective)} budget in ${formatDuration(check.long)}`,
  needs: (check) => [needOf(check, check.of), needOf(check, check.bad)],
  judge: (check, look) => {
    const of = look.see(needOf(check, check.of))
    const bad = look.see(needOf(check, check.bad))
    if (of.status === 'missing') return unknown(`${check.of}: ${of.why}`)
    if (bad.status === 'missing') return unknown(`${check.bad}: ${bad.why}`)
    const { to } = look.window
    const long = burned(of.value, bad.value, check.long, to)
    const short = burned(of.value, bad.value, check.short, to)
    const found = {
      query: `${bad.value.query}; ${of.value.query}`,
      window: long.window,
      samples: long.all,
      unit: 'count',
    }
    if (long.all === 0 || short.all === 0) return unknown(`no ${check.of} in ${formatDuration(check.short)}`, found)
    const limit = burnThreshold(check.budget, check.period, check.long)
    const [slow, fast] = [rateOf(long, check.objective) ?? 0, rateOf(short, check.objective) ?? 0]
    const said = `burns at ${formatCount(slow)} times its budget over ${formatDuration(check.long)}, ${formatCount(fast)} over ${formatDuration(check.short)}`
    const measured = { ...found, observed: Math.min(slow, fast), limit }
    const isBurning = burns(long, short, check.objective, limit) && long.bad >= fewestEvents
    return isBurning ? fail(`${said}, limit ${formatCount(limit)}`, measured) : pass(said, measured)
  },
})

/** A budget is the service's, whoever serves: it is looked back at also beyond the beginning of the gate. */
function needOf(check: Spec, metric: string): NeedOf<'series'> {
  return { need: 'series', metric, lookbackMs: check.long }
}

/** Minutes that both metrics know, in the last settled stretch of this length. */
function burned(of: Series, bad: Series, lengthMs: number, to: EpochMs): BurnWindow & { readonly window: Window } {
  const window = { from: epochMs(to - Math.max(of.lagMs, bad.lagMs) - lengthMs), to }
  const events = new Map(settledMinutes(bad, 'all', window).minutes.map(({ start, sum }) => [start, sum]))
  const minutes = settledMinutes(of, 'all', window).minutes.filter(({ start }) => events.has(start))
  return {
    window,
    minutes: lengthMs / 60_000,
    all: minutes.reduce((sum, minute) => sum + minute.sum, 0),
    bad: minutes.reduce((sum, { start }) => sum + (events.get(start) ?? 0), 0),
  }
}
