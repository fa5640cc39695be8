import {
  DescribeAlarmsCommand,
  type CloudWatchClient,
  type CompositeAlarm,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch'
import { epochMs } from '../core/brand.ts'
import type { AlarmState } from '../core/evidence.ts'
import { timeouts } from './clients.ts'
import { metricRetry, type RetryPorts } from './retry.ts'
import { sending } from './send.ts'

/** DescribeAlarms takes at most this many names. */
const maxNames = 100

/** Metric and composite alarms by name, in the order of `names`; a name that does not exist is not in the answer. Throws LaunchError. */
export async function describeAlarms(
  client: CloudWatchClient,
  names: readonly string[],
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<readonly AlarmState[]> {
  const found = new Map<string, AlarmState>()
  for (let at = 0; at < names.length; at += maxNames) {
    for (const alarm of await describeBatch(client, names.slice(at, at + maxNames), ports, signal))
      found.set(alarm.name, alarm)
  }
  return names.flatMap((name) => found.get(name) ?? [])
}

async function describeBatch(
  client: CloudWatchClient,
  names: readonly string[],
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<readonly AlarmState[]> {
  const call = { service: 'cloudwatch', operation: 'DescribeAlarms', resource: names.join(', ') }
  const found: AlarmState[] = []
  let token: string | undefined
  do {
    const command = new DescribeAlarmsCommand({
      AlarmNames: [...names],
      // Without the types, composite alarms are left out without a word.
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      MaxRecords: 100,
      ...(token === undefined ? {} : { NextToken: token }),
    })
    const send = (abortSignal: AbortSignal) => client.send(command, { abortSignal })
    const page = await sending(send, { call, timeoutMs: timeouts.controlMs, retry: metricRetry }, ports, signal)
    found.push(...(page.MetricAlarms ?? []).map(alarmState), ...(page.CompositeAlarms ?? []).map(alarmState))
    token = page.NextToken
  } while (token !== undefined && token !== '')
  return found
}

/** An alarm that could not be evaluated is no evidence, whatever state it was left in; unless that state is ALARM. */
function alarmState(alarm: MetricAlarm | CompositeAlarm): AlarmState {
  const evaluation = 'EvaluationState' in alarm ? alarm.EvaluationState : undefined
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp
  const state = alarm.StateValue ?? 'INSUFFICIENT_DATA'
  const unsure = evaluation !== undefined && state === 'OK'
  return {
    name: alarm.AlarmName ?? '',
    state: unsure ? 'INSUFFICIENT_DATA' : state,
    since: since === undefined ? null : epochMs(since.getTime()),
    reason: unsure ? `${evaluation}: ${alarm.StateReason ?? ''}` : (alarm.StateReason ?? ''),
  }
}
