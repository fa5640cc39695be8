import { CloudWatchError, notPlayed, validationError } from './cloudwatch-error.ts'
import type { MetricDataQuery } from './cloudwatch-input.ts'
import { evaluate } from './metric-math.ts'
import { parseExpression } from './metric-math-parse.ts'
import { oneSeries, type MathValue, type Scope, type Series } from './metric-math-values.ts'
import {
  requirePeriod,
  requireStatistic,
  roundedStart,
  statSeries,
  type Point,
  type TimeRange,
} from './metric-series.ts'
import type { MetricStore } from './metric-store.ts'

/** GetMetricData before paging: every query of a request, evaluated. */

export type QueryResult = {
  readonly id: string
  readonly label: string
  readonly points: readonly Point[]
  readonly math: boolean
}

/** AWS refuses more. */
const mostQueries = 500

/** Results of the queries that return data, in the order of the request; oldest point first. Throws CloudWatchError. */
export function runQueries(
  queries: readonly MetricDataQuery[],
  range: TimeRange,
  store: MetricStore,
): readonly QueryResult[] {
  requireValid(queries, range)
  const byId = new Map(queries.map((query) => [query.Id, query]))
  const known = new Map<string, MathValue>()
  const open = new Set<string>()
  const valueOf = (id: string): MathValue => {
    const found = known.get(id)
    if (found) return found
    const query = byId.get(id)
    if (!query) throw validationError(`Error in expression [The following ids are not defined: ${id}]`)
    if (open.has(id)) throw validationError(`Error in expression '${id}' [Circular dependency]`)
    open.add(id)
    const value =
      query.Expression === undefined
        ? metricValue(query, range, store)
        : evaluate(parseExpression(query.Expression), scopeOf(query))
    open.delete(id)
    known.set(id, value)
    return value
  }
  const scopeOf = (query: MetricDataQuery): Scope => ({
    lookup: valueOf,
    periodSeconds: (id) => byId.get(id)?.MetricStat?.Period ?? null,
    metrics: (containing) =>
      queries
        .filter(({ Id, MetricStat }) => MetricStat && Id.includes(containing))
        .flatMap(({ Id }) => seriesOf(valueOf(Id))),
    periods: (periodMs) => periodsOf(range, periodMs),
    defaultPeriodMs: 1000 * (query.Period ?? Math.min(...queries.map(({ MetricStat }) => MetricStat?.Period ?? 300))),
  })
  return queries.filter(({ ReturnData }) => ReturnData).flatMap((query) => resultsOf(query, valueOf(query.Id)))
}

function metricValue(query: MetricDataQuery, range: TimeRange, store: MetricStore): MathValue {
  const { MetricStat } = query
  if (!MetricStat) throw validationError(`MetricStat is missing in ${query.Id}`)
  const points = statSeries(
    store,
    {
      namespace: MetricStat.Metric.Namespace,
      name: MetricStat.Metric.MetricName,
      dimensions: MetricStat.Metric.Dimensions,
      periodSeconds: MetricStat.Period,
      stat: requireStatistic(MetricStat.Stat),
      unit: MetricStat.Unit ?? null,
    },
    range,
  )
  const values = new Map(points.map(({ at, value }) => [at, value]))
  return oneSeries({
    label: query.Label ?? MetricStat.Metric.MetricName,
    periodMs: MetricStat.Period * 1000,
    points: values,
  })
}

function periodsOf(range: TimeRange, periodMs: number): readonly number[] {
  const start = roundedStart(range, periodMs / 1000)
  const length = Math.max(0, Math.ceil((Math.min(range.end, range.now) - start) / periodMs))
  if (length > 100_800) throw validationError('The requested time range holds too many periods')
  return Array.from({ length }, (_, at) => start + at * periodMs)
}

/** An expression that gives an array has one result per member, all of the same id. */
function resultsOf(query: MetricDataQuery, value: MathValue): readonly QueryResult[] {
  const math = query.Expression !== undefined
  return seriesOf(value).map((series) => ({
    id: query.Id,
    label:
      math && value.type === 'array'
        ? [query.Label, series.label].filter(Boolean).join(' ')
        : (query.Label ?? (math ? query.Id : series.label)),
    points: [...series.points].map(([at, point]) => ({ at, value: point })),
    math,
  }))
}

function seriesOf(value: MathValue): readonly Series[] {
  if (value.type === 'scalar')
    throw validationError('The expression gives a number; the final result must be a time series')
  return value.type === 'array' ? value.series : [value.series]
}

function requireValid(queries: readonly MetricDataQuery[], range: TimeRange): void {
  if (queries.length === 0)
    throw new CloudWatchError('MissingParameter', 'The parameter MetricDataQueries is required.')
  if (queries.length > mostQueries)
    throw validationError(`The collection MetricDataQueries must not have a size greater than ${mostQueries}.`)
  if (range.start >= range.end)
    throw validationError('The parameter StartTime must be less than the parameter EndTime.')
  const ids = new Set<string>()
  for (const { Id, MetricStat, Expression, AccountId } of queries) {
    if (!/^[a-z][A-Za-z0-9_]*$/.test(Id))
      throw validationError(
        `The value ${Id} for parameter Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
      )
    if (ids.has(Id)) throw validationError(`The values for parameter Id in MetricDataQueries are not unique: ${Id}`)
    ids.add(Id)
    if ((MetricStat === undefined) === (Expression === undefined))
      throw validationError(`Exactly one of MetricStat and Expression must be given: ${Id}`)
    if (AccountId !== undefined) throw notPlayed('AccountId (cross-account observability)')
    if (MetricStat) requirePeriod(MetricStat.Period)
    if (MetricStat) requireStatistic(MetricStat.Stat)
    if (Expression !== undefined && /^\s*SELECT\s/i.test(Expression)) throw notPlayed('Metrics Insights (SELECT)')
  }
}
