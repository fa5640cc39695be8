import { epochMs, type EpochMs } from '../core/brand.ts'
import { missing, seen, type Minute, type NeedOf, type Series, type VariantName } from '../core/evidence.ts'
import type { MetricPlan } from '../core/plan.ts'
import { ceilTo, floorTo } from '../core/settled.ts'
import {
  describeQuery,
  metricQuery,
  rankBelow,
  samplesOver,
  variantsOf,
  type MetricQuery,
  type Points,
} from './metric-query.ts'
import type { Ask, MetricScope, Reading } from './metric-reading.ts'

type Asked = { readonly count: MetricQuery; readonly sum: MetricQuery; readonly rank: MetricQuery | null }
type Beat = { readonly variant: VariantName; readonly query: MetricQuery }

/**
 * Minutes of a metric: SampleCount and Sum per variant, the percentile rank when a cut is asked, and SampleCount of the
 * heartbeat of a sparse metric.
 */
export function seriesReading(need: NeedOf<'series'>, metric: MetricPlan, scope: MetricScope): Reading<Series> {
  const stretch = stretchOf(metric, need.lookbackMs, scope)
  const rank = need.cut === undefined ? null : rankBelow(need.cut)
  const asked = variantsOf(metric).map((variant): readonly [VariantName, Asked] => {
    const query = (stat: string) => metricQuery(metric, variant, stat, stretch, scope)
    return [variant, { count: query('SampleCount'), sum: query('Sum'), rank: rank === null ? null : query(rank) }]
  })
  const beats = beatsOf(metric, stretch, scope)
  const queries = [
    ...asked.flatMap(([, { count, sum, rank }]) => [count, sum, ...(rank === null ? [] : [rank])]),
    ...(beats ?? []).map((beat) => beat.query),
  ]
  return {
    queries,
    read: (ask) => {
      if (metric.sparse !== null && beats === null) return missing(`no metric "${metric.sparse}" in the run sheet`)
      for (const query of queries) {
        const answer = ask(query)
        if (answer.status === 'missing') return missing(answer.why)
      }
      const stats = ['SampleCount', 'Sum', ...(rank === null ? [] : [rank])]
      return seen({
        periodMs: metric.periodMs,
        lagMs: metric.lagMs,
        query: describeQuery(metric, scope.environment, stats, metric.periodMs),
        minutes: Object.fromEntries(
          asked.map(([variant, own]) => [variant, minutesOf(own, beatOf(beats, variant), ask)]),
        ),
        alive: beats === null ? null : aliveIn(beats, metric, ask),
      })
    },
  }
}

/** Until the running period; from where evidence counts, or the last `lookbackMs` that can be settled by now. */
function stretchOf(metric: MetricPlan, lookbackMs: number | undefined, scope: MetricScope) {
  const { periodMs, lagMs } = metric
  const from = lookbackMs === undefined ? scope.window.from : floorTo(scope.now - lagMs, periodMs) - lookbackMs
  return { periodMs, from: floorTo(from, periodMs), to: ceilTo(scope.now, periodMs) }
}

function beatsOf(
  metric: MetricPlan,
  stretch: ReturnType<typeof stretchOf>,
  scope: MetricScope,
): readonly Beat[] | null {
  const heartbeat = metric.sparse === null ? undefined : scope.metrics[metric.sparse]
  if (heartbeat === undefined) return null
  return variantsOf(heartbeat).map((variant) => ({
    variant,
    query: metricQuery(heartbeat, variant, 'SampleCount', stretch, scope),
  }))
}

function beatOf(beats: readonly Beat[] | null, variant: VariantName): Beat | null {
  return variant === 'all' ? null : (beats?.find((beat) => beat.variant === variant) ?? null)
}

/** Where the heartbeat tells variants apart, it vouches for the zeros of its own variant only: they are filled in here. */
function minutesOf(asked: Asked, beat: Beat | null, ask: Ask): readonly Minute[] {
  const counts = pointsOf(asked.count, ask)
  const sums = pointsOf(asked.sum, ask)
  const ranks = asked.rank === null ? null : pointsOf(asked.rank, ask)
  const minutes = new Map<number, Minute>()
  for (const [start, count] of counts) {
    const sum = sums.get(start)
    if (sum === undefined) continue
    const rank = ranks?.get(start)
    minutes.set(start, {
      start: epochMs(start),
      count,
      sum,
      over: rank === undefined ? null : samplesOver(rank, count),
    })
  }
  for (const start of beat === null ? [] : pointsOf(beat.query, ask).keys()) {
    if (!minutes.has(start))
      minutes.set(start, { start: epochMs(start), count: 0, sum: 0, over: asked.rank === null ? null : 0 })
  }
  return [...minutes.values()].sort((a, b) => a.start - b.start)
}

/**
 * Minutes for which the heartbeat vouches as a whole: those in which every variant beats when the metric has variants of
 * its own (a variant whose publisher is dead proves nothing), any of them when it has none.
 */
function aliveIn(beats: readonly Beat[], metric: MetricPlan, ask: Ask): readonly EpochMs[] {
  const perBeat = beats.map((beat) => new Set(pointsOf(beat.query, ask).keys()))
  const all = [...new Set(perBeat.flatMap((starts) => [...starts]))]
  const alive = metric.variant === null ? all : all.filter((start) => perBeat.every((starts) => starts.has(start)))
  return alive.sort((a, b) => a - b).map(epochMs)
}

function pointsOf(query: MetricQuery, ask: Ask): Points {
  const answer = ask(query)
  // A point before the stretch was read for another need of the same query.
  return answer.status === 'missing' ? new Map() : new Map([...answer.points].filter(([start]) => start >= query.from))
}
