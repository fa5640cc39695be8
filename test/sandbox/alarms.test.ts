import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  type CloudWatchClient,
  type DescribeAlarmsCommandInput,
  type PutMetricAlarmCommandInput,
} from '@aws-sdk/client-cloudwatch'
import { expect, test } from 'vitest'
import { atMinute, memoryWorld } from './support/memory-world.ts'
import { account, cloudWatchOf } from './support/metric-questions.ts'
import { cloudWatchClient } from './support/wire.ts'

async function statesOf(client: CloudWatchClient, input: DescribeAlarmsCommandInput = {}) {
  const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(new DescribeAlarmsCommand(input))
  return Object.fromEntries(
    [...MetricAlarms, ...CompositeAlarms].map(({ AlarmName, StateValue }) => [AlarmName, StateValue]),
  )
}

const alarms = ['statusboard-errors', 'statusboard-latency', 'statusboard-conflicts', 'statusboard-all']

test.each([
  [
    'healthy',
    { 'statusboard-errors': 'OK', 'statusboard-latency': 'OK', 'statusboard-conflicts': 'OK', 'statusboard-all': 'OK' },
  ],
  [
    'error-spike@30',
    {
      'statusboard-errors': 'ALARM',
      'statusboard-latency': 'OK',
      'statusboard-conflicts': 'OK',
      'statusboard-all': 'ALARM',
    },
  ],
  [
    'slow@30',
    {
      'statusboard-errors': 'OK',
      'statusboard-latency': 'ALARM',
      'statusboard-conflicts': 'OK',
      'statusboard-all': 'ALARM',
    },
  ],
  [
    'conflict-storm@30',
    {
      'statusboard-errors': 'OK',
      'statusboard-latency': 'OK',
      'statusboard-conflicts': 'ALARM',
      'statusboard-all': 'ALARM',
    },
  ],
])('the alarms of the run sheet ring for what they watch: %s', async (scenario, expected) => {
  const world = memoryWorld({
    scenario,
    stages: [
      [0, 10],
      [13, 30],
    ],
    alarms,
    at: 12,
  })
  await using wired = await cloudWatchOf(world)
  expect(Object.values(await statesOf(wired.client))).toEqual(['OK', 'OK', 'OK', 'OK'])
  world.moveTo(20)
  expect(await statesOf(wired.client)).toEqual(expected)
})

test('an alarm says since when it rings, and is quiet again after the rollback', async () => {
  const world = memoryWorld({
    scenario: 'error-spike@10',
    stages: [
      [0, 10],
      [6, 0],
    ],
    alarms: ['errors'],
    at: 5,
  })
  await using wired = await cloudWatchOf(world)
  const { MetricAlarms = [] } = await wired.client.send(new DescribeAlarmsCommand({ AlarmNames: ['errors'] }))
  expect(MetricAlarms[0]).toMatchObject({
    StateValue: 'ALARM',
    AlarmArn: `arn:aws:cloudwatch:us-east-1:${account}:alarm:errors`,
  })
  // Two minutes of canary traffic make a thousand requests; the second one has arrived at 3.
  expect(MetricAlarms[0]?.StateTransitionedTimestamp).toEqual(atMinute(3))
  world.moveTo(12)
  expect(await statesOf(wired.client)).toEqual({ errors: 'OK' })
})

test('healthy alarms never ring, whatever the seed', async () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const world = memoryWorld({
      seed,
      stages: [
        [0, 2],
        [13, 10],
        [26, 50],
        [39, 100],
      ],
      alarms: ['any'],
      at: 0,
    })
    await using wired = await cloudWatchOf(world)
    for (const minute of [8, 20, 33, 60]) {
      world.moveTo(minute)
      expect({ seed, minute, ...(await statesOf(wired.client)) }).toEqual({ seed, minute, any: 'OK' })
    }
  }
})

test('names that do not exist are silently absent, and another account has none of them', async () => {
  await using wired = await cloudWatchOf(memoryWorld({ alarms: ['a', 'b'] }))
  expect(await statesOf(wired.client, { AlarmNames: ['b', 'nobody'] })).toEqual({ b: 'OK' })
  expect(await statesOf(wired.client, { AlarmNamePrefix: 'a' })).toEqual({ a: 'OK' })
  expect(await statesOf(wired.client, { StateValue: 'ALARM' })).toEqual({})
  expect(await statesOf(cloudWatchClient(wired.url, '333333333333'))).toEqual({})
})

test('alarms come in pages', async () => {
  await using wired = await cloudWatchOf(memoryWorld({ alarms: ['a', 'b', 'c'] }))
  const first = await wired.client.send(new DescribeAlarmsCommand({ MaxRecords: 2 }))
  const second = await wired.client.send(new DescribeAlarmsCommand({ MaxRecords: 2, NextToken: first.NextToken }))
  const names = [first, second].map(({ MetricAlarms = [] }) => MetricAlarms.map(({ AlarmName }) => AlarmName))
  expect([names, second.NextToken]).toEqual([[['a', 'b'], ['c']], undefined])
})

const onOwnMetric: PutMetricAlarmCommandInput = {
  AlarmName: 'own',
  Namespace: 'Test',
  MetricName: 'N',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
}

async function put(client: CloudWatchClient, minute: number, Value: number) {
  await client.send(
    new PutMetricDataCommand({
      Namespace: 'Test',
      MetricData: [{ MetricName: 'N', Timestamp: atMinute(minute), Value }],
    }),
  )
}

test('a metric alarm that was put starts without data and follows its datapoints, M out of N', async () => {
  const world = memoryWorld({ at: 0 })
  await using wired = await cloudWatchOf(world)
  const { client } = wired
  await client.send(new PutMetricAlarmCommand(onOwnMetric))
  expect(await statesOf(client)).toEqual({ own: 'INSUFFICIENT_DATA' })
  await put(client, 0, 9)
  world.moveTo(1)
  expect(await statesOf(client)).toEqual({ own: 'OK' })
  await put(client, 1, 9)
  world.moveTo(2)
  expect(await statesOf(client)).toEqual({ own: 'ALARM' })
  world.moveTo(10)
  expect(await statesOf(client)).toEqual({ own: 'INSUFFICIENT_DATA' })
})

test('a missing period counts as TreatMissingData says', async () => {
  const world = memoryWorld({ at: 0 })
  await using wired = await cloudWatchOf(world)
  const treatments = ['missing', 'notBreaching', 'breaching', 'ignore']
  for (const TreatMissingData of treatments) {
    await wired.client.send(
      new PutMetricAlarmCommand({ ...onOwnMetric, AlarmName: TreatMissingData, TreatMissingData }),
    )
  }
  world.moveTo(5)
  expect(await statesOf(wired.client)).toEqual({
    missing: 'INSUFFICIENT_DATA',
    notBreaching: 'OK',
    breaching: 'ALARM',
    ignore: 'INSUFFICIENT_DATA',
  })
})

test('an alarm on metric math watches the one expression that returns data', async () => {
  const world = memoryWorld({ at: 5 })
  await using wired = await cloudWatchOf(world)
  const { client } = wired
  const metric = { Metric: { Namespace: 'Test', MetricName: 'N' }, Period: 60, Stat: 'Sum' }
  const { AlarmName, Threshold, ComparisonOperator } = onOwnMetric
  const Metrics = [
    { Id: 'n', MetricStat: metric, ReturnData: false },
    { Id: 'ten', Expression: 'n*10' },
  ]
  await client.send(
    new PutMetricAlarmCommand({ AlarmName, EvaluationPeriods: 1, Threshold, ComparisonOperator, Metrics }),
  )
  await put(client, 4, 1)
  expect(await statesOf(client)).toEqual({ own: 'ALARM' })
  const two = [
    { Id: 'n', MetricStat: metric },
    { Id: 'ten', Expression: 'n*10' },
  ]
  const unclear = new PutMetricAlarmCommand({
    AlarmName,
    EvaluationPeriods: 1,
    Threshold,
    ComparisonOperator,
    Metrics: two,
  })
  await expect(client.send(unclear)).rejects.toMatchObject({ Code: 'ValidationError' })
})

test('composite alarms are told only when asked for, and follow their rule', async () => {
  const world = memoryWorld({ scenario: 'error-spike@10', stages: [[0, 10]], alarms: ['errors', 'latency'], at: 10 })
  await using wired = await cloudWatchOf(world)
  const { client } = wired
  const rules = {
    either: 'ALARM(errors) OR ALARM("latency")',
    both: "ALARM('errors') AND ALARM(latency)",
    quiet: 'NOT (ALARM(errors) OR FALSE) AND TRUE',
    arn: `ALARM("arn:aws:cloudwatch:us-east-1:${account}:alarm:errors")`,
  }
  for (const [AlarmName, AlarmRule] of Object.entries(rules))
    await client.send(new PutCompositeAlarmCommand({ AlarmName, AlarmRule }))
  expect(await statesOf(client)).toEqual({ errors: 'ALARM', latency: 'OK' })
  const asked = await statesOf(client, { AlarmTypes: ['CompositeAlarm'] })
  expect(asked).toEqual({ either: 'ALARM', both: 'OK', quiet: 'OK', arn: 'ALARM' })
  for (const AlarmRule of ['ALARM(nobody)', 'ALARM(errors', 'AND', 'ALARM(errors) ALARM(latency)', 'errors']) {
    const wrong = client.send(new PutCompositeAlarmCommand({ AlarmName: 'wrong', AlarmRule }))
    await expect(wrong).rejects.toMatchObject({ Code: 'ValidationError' })
  }
})

test('a state that was set lasts until the next evaluation; on a composite alarm it stays', async () => {
  const world = memoryWorld({ alarms: ['errors'], at: 0 })
  await using wired = await cloudWatchOf(world)
  const { client } = wired
  await client.send(new PutCompositeAlarmCommand({ AlarmName: 'all', AlarmRule: 'ALARM(errors)' }))
  world.moveTo(1)
  const drill = (AlarmName: string) =>
    client.send(new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'drill' }))
  await drill('errors')
  await drill('all')
  const both = { AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] } satisfies DescribeAlarmsCommandInput
  expect(await statesOf(client, both)).toEqual({ errors: 'ALARM', all: 'ALARM' })
  world.moveTo(3)
  expect((await statesOf(client, both))['errors']).toBe('OK')
  await expect(drill('nobody')).rejects.toMatchObject({ Code: 'ResourceNotFound' })
})

test('a deleted alarm is gone', async () => {
  await using wired = await cloudWatchOf(memoryWorld({ alarms: ['a', 'b'] }))
  await wired.client.send(new DeleteAlarmsCommand({ AlarmNames: ['a', 'nobody'] }))
  expect(await statesOf(wired.client)).toEqual({ b: 'OK' })
})
