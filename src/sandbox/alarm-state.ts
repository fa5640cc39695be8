import { parseAlarmRule } from './alarm-rule.ts'
import { validationError } from './cloudwatch-error.ts'
import type { AlarmStateValue, CompositeAlarm, MetricAlarm, MetricDataQuery } from './cloudwatch-input.ts'
import { runQueries } from './metric-query.ts'
import type { TimeRange } from './metric-series.ts'
import type { MetricStore } from './metric-store.ts'

/** The state of alarms that were put, worked out when somebody asks: nothing runs in the background. */

export type AlarmState = {
  readonly value: AlarmStateValue
  readonly reason: string
  /** Epoch ms of the last change. */
  readonly since: number
}

/** How many evaluations back the last change of state is looked for. */
const lookBack = 30

/** Of an alarm that was put at `putAt`; before its first evaluation it has no data. */
export function metricAlarmState(alarm: MetricAlarm, putAt: number, store: MetricStore, now: number): AlarmState {
  const stepMs = 60_000
  const current = evaluateAlarm(alarm, store, now)
  let since = now
  for (let steps = 0; steps < lookBack; steps += 1) {
    const earlier = now - (steps + 1) * stepMs
    if (earlier < putAt) return { ...current, since: putAt }
    if (evaluateAlarm(alarm, store, earlier).value !== current.value) return { ...current, since }
    since = earlier
  }
  return { ...current, since }
}

type Evaluated = { readonly value: AlarmStateValue; readonly reason: string }

/**
 * The last EvaluationPeriods closed periods: ALARM when at least DatapointsToAlarm of them breach. Missing periods count
 * as TreatMissingData says; when all are missing under `missing` or `ignore` there is no data.
 */
function evaluateAlarm(alarm: MetricAlarm, store: MetricStore, now: number): Evaluated {
  const { queries, periodMs } = queriesOf(alarm)
  const end = Math.floor(now / periodMs) * periodMs
  const range: TimeRange = { start: end - alarm.EvaluationPeriods * periodMs, end, now }
  const [result] = runQueries(queries, range, store)
  const values = (result?.points ?? []).map(({ value }) => value)
  const missing = alarm.EvaluationPeriods - values.length
  const breaching =
    values.filter((value) => breaches(value, alarm)).length + (alarm.TreatMissingData === 'breaching' ? missing : 0)
  const silent = values.length === 0 && (alarm.TreatMissingData === 'missing' || alarm.TreatMissingData === 'ignore')
  if (silent)
    return { value: 'INSUFFICIENT_DATA', reason: `no datapoint in the last ${alarm.EvaluationPeriods} periods` }
  const needed = alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods
  const reason = `${breaching} of ${alarm.EvaluationPeriods} datapoints [${values.join(', ')}] breach the threshold ${alarm.Threshold}`
  return { value: breaching >= needed ? 'ALARM' : 'OK', reason }
}

const comparisons = {
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
  LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
} as const satisfies {
  readonly [O in MetricAlarm['ComparisonOperator']]: (value: number, threshold: number) => boolean
}

function breaches(value: number, alarm: MetricAlarm): boolean {
  return comparisons[alarm.ComparisonOperator](value, alarm.Threshold)
}

/** An alarm on one metric or on metric math, as queries of which exactly one returns data. */
export function queriesOf(alarm: MetricAlarm): {
  readonly queries: readonly MetricDataQuery[]
  readonly periodMs: number
} {
  if (alarm.Metrics) {
    if (alarm.Metrics.filter(({ ReturnData }) => ReturnData).length !== 1)
      throw validationError('Exactly one element of Metrics must have ReturnData true')
    const periods = alarm.Metrics.flatMap(({ MetricStat, Period }) => MetricStat?.Period ?? Period ?? [])
    return { queries: alarm.Metrics, periodMs: 1000 * Math.max(...periods, 60) }
  }
  const { MetricName, Namespace, Dimensions, Period, Unit } = alarm
  const stat = alarm.ExtendedStatistic ?? alarm.Statistic
  if (MetricName === undefined || Namespace === undefined || Period === undefined || stat === undefined) {
    throw validationError('An alarm needs Metrics, or MetricName, Namespace, Period and a statistic')
  }
  const MetricStat = { Metric: { Namespace, MetricName, Dimensions }, Period, Stat: stat, Unit }
  return { queries: [{ Id: 'm1', MetricStat, ReturnData: true }], periodMs: Period * 1000 }
}

/** By its rule and the states of its children; it changed when the last of them did. */
export function compositeAlarmState(
  alarm: CompositeAlarm,
  putAt: number,
  childState: (name: string) => AlarmState | null,
): AlarmState {
  const rule = parseAlarmRule(alarm.AlarmRule)
  const holds = rule.holds((name) => childState(name)?.value ?? null)
  const changes = rule.children.map((name) => childState(name)?.since ?? putAt)
  return { value: holds ? 'ALARM' : 'OK', reason: `${alarm.AlarmRule} is ${holds}`, since: Math.max(putAt, ...changes) }
}
