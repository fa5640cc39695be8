import { validationError } from './cloudwatch-error.ts'
import type { Dimension } from './cloudwatch-input.ts'
import type { MetricRange, MetricStore } from './metric-store.ts'
import { metricKey, type Dimensions } from './played-metrics.ts'
import { mergeSamples, parseStatistic, statistic, type Samples, type Statistic } from './statistics.ts'

/** One statistic of one metric, period by period. */

export type Point = { readonly at: number; readonly value: number }
export type TimeRange = { readonly start: number; readonly end: number; readonly now: number }

export type StatQuery = {
  readonly namespace: string
  readonly name: string
  readonly dimensions: readonly Dimension[]
  readonly periodSeconds: number
  readonly stat: Statistic
  readonly unit: string | null
}

const dayMs = 86_400_000

/** Points oldest first, stamped with the beginning of their period; a period without data has none. */
export function statSeries(store: MetricStore, query: StatQuery, range: TimeRange): readonly Point[] {
  return [...periodSamples(store, query, range)].flatMap(([at, samples]) => {
    const value = statistic(samples, query.stat)
    return value === null ? [] : [{ at, value }]
  })
}

/**
 * The samples of each period that has some, oldest first. Periods begin at StartTime rounded down (to the minute; coarser
 * when it lies far back) and end before EndTime; the last one may be cut by it.
 */
export function periodSamples(
  store: MetricStore,
  query: Omit<StatQuery, 'stat'>,
  range: TimeRange,
): ReadonlyMap<number, Samples> {
  const periodMs = query.periodSeconds * 1000
  const start = roundedStart(range, query.periodSeconds)
  if (!retained(range.now - start, query.periodSeconds)) return new Map()
  const wanted: MetricRange = {
    key: metricKey(query.namespace, query.name, dimensionMap(query.dimensions)),
    unit: query.unit,
    from: start,
    to: range.end,
    highResolutionOnly: query.periodSeconds < 60,
    asOf: range.now,
  }
  const periods = new Map<number, Samples[]>()
  for (const { at, samples } of store.read(wanted)) {
    const period = start + Math.floor((at - start) / periodMs) * periodMs
    const known = periods.get(period)
    if (known) known.push(samples)
    else periods.set(period, [samples])
  }
  const sorted = [...periods].sort(([a], [b]) => a - b)
  return new Map(sorted.map(([at, parts]) => [at, mergeSamples(parts)]))
}

/** The first period's beginning: GetMetricData rounds StartTime down by its age, and to the period when that is under a minute. */
export function roundedStart({ start, now }: TimeRange, periodSeconds: number): number {
  const age = now - start
  const seconds = periodSeconds < 60 ? periodSeconds : age < 15 * dayMs ? 60 : age < 63 * dayMs ? 300 : 3600
  return Math.floor(start / (seconds * 1000)) * seconds * 1000
}

/** Minutes are kept 15 days, five minutes 63 days, hours 455 days, less than a minute 3 hours. */
function retained(ageMs: number, periodSeconds: number): boolean {
  if (ageMs > 455 * dayMs) return false
  if (ageMs > 63 * dayMs) return periodSeconds % 3600 === 0
  if (ageMs > 15 * dayMs) return periodSeconds % 300 === 0
  return ageMs <= dayMs / 8 || periodSeconds >= 60
}

export function requirePeriod(periodSeconds: number): number {
  if ([1, 5, 10, 20, 30].includes(periodSeconds) || (periodSeconds > 0 && periodSeconds % 60 === 0))
    return periodSeconds
  throw validationError(`Period must be 1, 5, 10, 20, 30, or a multiple of 60: ${periodSeconds}`)
}

export function requireStatistic(text: string): Statistic {
  const stat = parseStatistic(text)
  if (stat) return stat
  throw validationError(`The value ${text} for parameter Stat is not supported.`)
}

export function dimensionMap(dimensions: readonly Dimension[]): Dimensions {
  const map = Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value]))
  if (Object.keys(map).length === dimensions.length) return map
  throw validationError('No two dimensions may have the same name.')
}
