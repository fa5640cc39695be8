import { CloudWatchError } from './cloudwatch-error.ts'
import { GetMetricStatisticsInput, ListMetricsInput } from './cloudwatch-input.ts'
import { periodSamples, requirePeriod, requireStatistic } from './metric-series.ts'
import type { MetricStore } from './metric-store.ts'
import type { Dimensions } from './played-metrics.ts'
import { statistic } from './statistics.ts'

/** The older reading operations: ListMetrics and GetMetricStatistics. */

const listPage = 500

export function listMetrics(input: unknown, store: MetricStore): object {
  const { Namespace, MetricName, Dimensions, NextToken } = ListMetricsInput.parse(input)
  const matches = (own: Dimensions) =>
    Dimensions.every(({ Name, Value }) => Object.hasOwn(own, Name) && (Value === undefined || own[Name] === Value))
  const found = store
    .metrics()
    .filter(
      (metric) =>
        (Namespace ?? metric.namespace) === metric.namespace &&
        (MetricName ?? metric.name) === metric.name &&
        matches(metric.dimensions),
    )
  const from = Number(NextToken ?? 0)
  if (!Number.isInteger(from) || from < 0)
    throw new CloudWatchError('InvalidNextToken', 'The next token specified is invalid.')
  const page = found.slice(from, from + listPage).map(({ namespace, name, dimensions }) => ({
    Namespace: namespace,
    MetricName: name,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
  }))
  return { Metrics: page, ...(from + listPage < found.length ? { NextToken: String(from + listPage) } : {}) }
}

/** AWS refuses more points. */
const mostPoints = 1440

export function getMetricStatistics(input: unknown, store: MetricStore, now: number): object {
  const query = GetMetricStatisticsInput.parse(input)
  const { Namespace, MetricName, Dimensions, StartTime, EndTime, Period, Statistics, ExtendedStatistics, Unit } = query
  if (Statistics.length > 0 === ExtendedStatistics.length > 0) {
    throw new CloudWatchError(
      'InvalidParameterCombination',
      'Exactly one of Statistics and ExtendedStatistics must be given',
    )
  }
  if (StartTime >= EndTime)
    throw new CloudWatchError(
      'InvalidParameterValue',
      'The parameter StartTime must be less than the parameter EndTime.',
    )
  const periodSeconds = requirePeriod(Period)
  const points = Math.ceil((EndTime - StartTime) / (periodSeconds * 1000))
  if (points > mostPoints)
    throw new CloudWatchError(
      'InvalidParameterCombination',
      `You have requested up to ${points} datapoints, which exceeds the limit of ${mostPoints}.`,
    )
  const metric = { namespace: Namespace, name: MetricName, dimensions: Dimensions, periodSeconds, unit: Unit ?? null }
  const periods = [...periodSamples(store, metric, { start: StartTime, end: EndTime, now })]
  const all = (names: readonly string[], at: number) => {
    const samples = periods[at]?.[1]
    const values = samples ? names.map((name) => [name, statistic(samples, requireStatistic(name))] as const) : []
    return Object.fromEntries(values.filter(([, value]) => value !== null))
  }
  const Datapoints = periods.map(([start], at) => {
    const extended = all(ExtendedStatistics, at)
    const unit = Unit === undefined ? {} : { Unit }
    const base = { Timestamp: start / 1000, ...all(Statistics, at), ...unit }
    return ExtendedStatistics.length > 0 ? { ...base, ExtendedStatistics: extended } : base
  })
  return { Label: MetricName, Datapoints }
}
