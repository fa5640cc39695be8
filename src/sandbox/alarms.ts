import { compositeAlarmState, metricAlarmState, queriesOf, type AlarmState } from './alarm-state.ts'
import { parseAlarmRule } from './alarm-rule.ts'
import { CloudWatchError, validationError } from './cloudwatch-error.ts'
import {
  DeleteAlarmsInput,
  DescribeAlarmsInput,
  PutCompositeAlarmInput,
  PutMetricAlarmInput,
  SetAlarmStateInput,
  type CompositeAlarm,
  type MetricAlarm,
} from './cloudwatch-input.ts'
import type { MinuteCache } from './minute-cache.ts'
import type { MetricStore } from './metric-store.ts'
import { playedAlarm } from './played-alarms.ts'
import type { World } from './types.ts'

/** Alarms of one account: those the run sheet names, played by the traffic model, and those that were put. */

export type AlarmDesk = {
  readonly world: World
  readonly account: string
  readonly region: string
  readonly store: MetricStore
  readonly minute: MinuteCache
}

/** As `world.append('alarm', …)` keeps it. */
type AlarmRecord = { readonly account: string; readonly at: number; readonly name: string } & (
  | { readonly type: 'metric'; readonly alarm: MetricAlarm }
  | { readonly type: 'composite'; readonly alarm: CompositeAlarm }
  | { readonly type: 'state'; readonly state: AlarmState }
  | { readonly type: 'deleted' }
)

type Known = {
  readonly name: string
  readonly put: Extract<AlarmRecord, { type: 'metric' | 'composite' }> | null
  readonly set: AlarmState | null
}

/** SetAlarmState lasts until the next evaluation, a minute later; on a composite alarm until a child changes. */
const evaluatedEveryMs = 60_000

export function putMetricAlarm(input: unknown, desk: AlarmDesk): object {
  const alarm = PutMetricAlarmInput.parse(input)
  queriesOf(alarm)
  append(desk, { type: 'metric', name: alarm.AlarmName, alarm })
  return {}
}

export function putCompositeAlarm(input: unknown, desk: AlarmDesk): object {
  const alarm = PutCompositeAlarmInput.parse(input)
  const known = knownAlarms(desk)
  const absent = parseAlarmRule(alarm.AlarmRule).children.filter((name) => !known.has(name))
  if (absent.length > 0)
    throw validationError(
      `Could not save the composite alarm as alarms [${absent.join(', ')}] in the alarm rule do not exist`,
    )
  append(desk, { type: 'composite', name: alarm.AlarmName, alarm })
  return {}
}

export function setAlarmState(input: unknown, desk: AlarmDesk): object {
  const { AlarmName, StateValue, StateReason } = SetAlarmStateInput.parse(input)
  if (!knownAlarms(desk).has(AlarmName))
    throw new CloudWatchError('ResourceNotFound', `Alarm ${AlarmName} does not exist`)
  append(desk, {
    type: 'state',
    name: AlarmName,
    state: { value: StateValue, reason: StateReason, since: desk.world.now() },
  })
  return {}
}

/** Names that do not exist are passed over, as on AWS. */
export function deleteAlarms(input: unknown, desk: AlarmDesk): object {
  const known = knownAlarms(desk)
  for (const name of DeleteAlarmsInput.parse(input).AlarmNames.filter((name) => known.has(name)))
    append(desk, { type: 'deleted', name })
  return {}
}

/** Metric alarms only unless AlarmTypes asks for composite ones; names that do not exist are silently absent. */
export function describeAlarms(input: unknown, desk: AlarmDesk): object {
  const wanted = DescribeAlarmsInput.parse(input)
  const found = [...knownAlarms(desk).values()]
    .filter(({ name }) => wanted.AlarmNames?.includes(name) ?? true)
    .filter(({ name }) => name.startsWith(wanted.AlarmNamePrefix ?? ''))
    .filter((alarm) => wanted.AlarmTypes.includes(isComposite(alarm) ? 'CompositeAlarm' : 'MetricAlarm'))
    .map((alarm) => ({ alarm, state: stateOf(alarm, desk) }))
    .filter(({ state }) => wanted.StateValue === undefined || state.value === wanted.StateValue)
    .sort((a, b) => (a.alarm.name < b.alarm.name ? -1 : 1))
  const from = Number(wanted.NextToken ?? 0)
  if (!Number.isInteger(from) || from < 0)
    throw new CloudWatchError('InvalidNextToken', 'The next token specified is invalid.')
  const page = found.slice(from, from + wanted.MaxRecords)
  const more = from + page.length < found.length ? { NextToken: String(from + page.length) } : {}
  const described = (composite: boolean) =>
    page.filter(({ alarm }) => isComposite(alarm) === composite).map(({ alarm, state }) => describe(alarm, state, desk))
  return { MetricAlarms: described(false), CompositeAlarms: described(true), ...more }
}

function append(desk: AlarmDesk, record: DistributiveOmit<AlarmRecord, 'account' | 'at'>): void {
  desk.world.append('alarm', { account: desk.account, at: desk.world.now(), ...record })
}
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

function knownAlarms({ world, account }: AlarmDesk): ReadonlyMap<string, Known> {
  const played = world.sites.some((site) => site.account === account) ? world.alarms : []
  const known = new Map<string, Known>(played.map((name) => [name, { name, put: null, set: null }]))
  // This file is the only writer of records of this kind.
  for (const record of world.records('alarm') as readonly AlarmRecord[]) {
    if (record.account !== account) continue
    const before = known.get(record.name) ?? { name: record.name, put: null, set: null }
    if (record.type === 'deleted') known.delete(record.name)
    else if (record.type === 'state') known.set(record.name, { ...before, set: record.state })
    else known.set(record.name, { name: record.name, put: record, set: null })
  }
  return known
}

function isComposite({ put }: Known): boolean {
  return put?.type === 'composite'
}

function stateOf(alarm: Known, desk: AlarmDesk, seen: readonly string[] = []): AlarmState {
  const now = desk.world.now()
  const evaluated = evaluatedState(alarm, desk, seen)
  const { set } = alarm
  if (!set) return evaluated
  const holds = isComposite(alarm) ? evaluated.since <= set.since : now < set.since + evaluatedEveryMs
  if (holds) return set
  return evaluated.value === set.value || evaluated.since > set.since
    ? evaluated
    : { ...evaluated, since: set.since + evaluatedEveryMs }
}

function evaluatedState(alarm: Known, desk: AlarmDesk, seen: readonly string[]): AlarmState {
  const now = desk.world.now()
  const { put } = alarm
  if (!put)
    return (
      playedAlarm(desk.world, desk.account, alarm.name, desk.minute, now) ?? {
        value: 'INSUFFICIENT_DATA',
        reason: 'not played',
        since: now,
      }
    )
  if (put.type === 'metric') return metricAlarmState(put.alarm, put.at, desk.store, now)
  const known = knownAlarms(desk)
  return compositeAlarmState(put.alarm, put.at, (name) => {
    const child = known.get(name)
    return child && !seen.includes(name) ? stateOf(child, desk, [...seen, alarm.name]) : null
  })
}

function describe({ name, put }: Known, state: AlarmState, { account, region, world }: AlarmDesk): object {
  const configured = put?.at ?? world.startedAt
  return {
    ActionsEnabled: true,
    ...(put?.alarm ?? {
      AlarmDescription: 'played by the traffic model',
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    }),
    AlarmName: name,
    AlarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`,
    AlarmConfigurationUpdatedTimestamp: configured / 1000,
    StateValue: state.value,
    StateReason: state.reason,
    StateUpdatedTimestamp: state.since / 1000,
    StateTransitionedTimestamp: state.since / 1000,
  }
}
