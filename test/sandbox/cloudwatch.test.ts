import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  DescribeAlarmsCommand,
  DescribeAnomalyDetectorsCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { expect, test } from 'vitest'
import { createCloudWatch } from '../../src/sandbox/cloudwatch.ts'
import { atMinute, memoryWorld } from './support/memory-world.ts'
import { account, cloudWatchOf, played, query, valuesOf } from './support/metric-questions.ts'
import { cloudWatchClient } from './support/wire.ts'

test('a body the SDK compressed is read', async () => {
  await using wired = await cloudWatchOf(memoryWorld())
  const { client } = wired
  const MetricData = Array.from({ length: 400 }, (_, at) => ({
    MetricName: `Metric${at}`,
    Timestamp: atMinute(-1),
    Value: at,
  }))
  await client.send(new PutMetricDataCommand({ Namespace: 'Test', MetricData }))
  expect(await valuesOf(client, query('a', 'Metric399', 'Sum'))).toEqual([399])
})

test('what is not implemented is refused by name, on JSON and on CBOR', async () => {
  await using wired = await cloudWatchOf(memoryWorld())
  const unknown = wired.client.send(new DescribeAnomalyDetectorsCommand({}))
  await expect(unknown).rejects.toMatchObject({
    name: 'InvalidAction',
    message: /does not implement CloudWatch DescribeAnomalyDetectors/,
  })
  const cbor = await fetch(`${wired.url}/service/GraniteServiceVersion20100801/operation/GetMetricData`, {
    method: 'POST',
  })
  expect([cbor.status, cbor.headers.get('smithy-protocol')]).toEqual([400, 'rpc-v2-cbor'])
})

test('an unsigned request is refused, and one account does not see the metrics of another', async () => {
  const world = memoryWorld()
  await using wired = await cloudWatchOf(world)
  const headers = { 'x-amz-target': 'GraniteServiceVersion20100801.ListMetrics' }
  const unsigned = await fetch(wired.url, { method: 'POST', headers, body: '{}' })
  expect(await unsigned.text()).toContain('MissingAuthenticationToken')
  const foreign = cloudWatchClient(wired.url, '333333333333')
  expect(await valuesOf(foreign, played('a', 'Requests', 'Sum', 'v1'))).toEqual([])
  expect((await valuesOf(wired.client, played('a', 'Requests', 'Sum', 'v1'))).length).toBeGreaterThan(5)
})

test("ListMetrics names the sheet's metrics per version and what was put, once each", async () => {
  await using wired = await cloudWatchOf(memoryWorld())
  const MetricData = [-2, -1].map((at) => ({ MetricName: 'Own', Timestamp: atMinute(at), Value: 1 }))
  await wired.client.send(new PutMetricDataCommand({ Namespace: 'Test', MetricData }))
  const own = await wired.client.send(new ListMetricsCommand({ Namespace: 'Test' }))
  expect(own.Metrics).toEqual([{ Namespace: 'Test', MetricName: 'Own', Dimensions: [] }])
  const canary = await wired.client.send(
    new ListMetricsCommand({ Namespace: 'StatusBoard', Dimensions: [{ Name: 'Variant', Value: 'v2' }] }),
  )
  expect(canary.Metrics?.map(({ MetricName }) => MetricName).sort()).toEqual([
    'BoardInteractions',
    'BoardLoadMs',
    'DrawerOpenMs',
    'Errors',
    'OccConflicts',
    'Requests',
  ])
})

test('GetMetricStatistics answers the same numbers and refuses more than 1,440 points', async () => {
  await using wired = await cloudWatchOf(memoryWorld())
  const { client } = wired
  const Dimensions = ['Environment=production', 'Variant=v1'].map((pair) => ({
    Name: pair.split('=')[0],
    Value: pair.split('=')[1],
  }))
  const metric = { Namespace: 'StatusBoard', MetricName: 'Requests', Dimensions }
  const range = { StartTime: atMinute(-20), EndTime: atMinute(-10) }
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({ ...metric, ...range, Period: 60, Statistics: ['Sum'] }),
  )
  const sums = Datapoints.sort((a, b) => Number(a.Timestamp) - Number(b.Timestamp)).map(({ Sum }) => Sum)
  expect(sums).toEqual(await valuesOf(client, played('a', 'Requests', 'Sum', 'v1'), range))
  const long = new GetMetricStatisticsCommand({
    ...metric,
    StartTime: atMinute(-3000),
    EndTime: atMinute(0),
    Period: 60,
    Statistics: ['Sum'],
  })
  await expect(client.send(long)).rejects.toMatchObject({ name: expect.stringMatching(/^InvalidParameterCombination/) })
})

test('a throttled world throttles GetMetricData from the first exposure on, and nothing else', async () => {
  const world = memoryWorld({ scenario: 'throttled', stages: [[5, 10]], at: 0 })
  await using wired = await cloudWatchOf(world)
  expect((await valuesOf(wired.client, played('a', 'Requests', 'Sum', 'v1'))).length).toBeGreaterThan(5)
  world.moveTo(6)
  await expect(valuesOf(wired.client, played('a', 'Requests', 'Sum', 'v1'))).rejects.toMatchObject({
    name: 'ThrottlingException',
  })
  const { MetricAlarms } = await wired.client.send(new DescribeAlarmsCommand({}))
  expect(MetricAlarms).toEqual([])
})

test('twelve queries over three hours take a few milliseconds', async () => {
  const world = memoryWorld({
    stages: [
      [0, 10],
      [30, 30],
      [60, 50],
      [90, 100],
    ],
    at: 185,
  })
  const service = createCloudWatch()
  const names = ['BoardLoadMs', 'DrawerOpenMs', 'Errors', 'Requests', 'OccConflicts', 'BoardInteractions']
  const MetricDataQueries = names.flatMap((name, at) =>
    ['v1', 'v2'].map((variant) => played(`q${at}${variant}`, name, 'PR(:800)', variant)),
  )
  const body = Buffer.from(
    JSON.stringify({
      StartTime: atMinute(0).getTime() / 1000,
      EndTime: atMinute(180).getTime() / 1000,
      MetricDataQueries,
    }),
  )
  const headers = { 'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData' }
  const timed = async () => {
    const from = performance.now()
    await service({ method: 'POST', path: '/', query: new URLSearchParams(), headers, body, account }, world)
    return performance.now() - from
  }
  const cold = await timed()
  let warm = cold
  for (let run = 0; run < 15; run += 1) warm = Math.min(warm, await timed())
  process.stdout.write(`12 × 180: cold ${cold.toFixed(1)} ms, warm ${warm.toFixed(1)} ms\n`)
  expect(warm).toBeLessThan(25)
})

test('the aws command line reads and writes the same metrics', async (context) => {
  await using wired = await cloudWatchOf(memoryWorld())
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: `SANDBOX${account}`,
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_DEFAULT_REGION: 'us-east-1',
  }
  const aws = async (...args: string[]) => {
    const child = spawn('aws', ['--endpoint-url', wired.url, 'cloudwatch', ...args], { env })
    const chunks: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    const [code] = await Promise.race([once(child, 'close'), once(child, 'error').then(() => [null])])
    return { code, out: Buffer.concat(chunks).toString() }
  }
  const stamp = atMinute(-3).toISOString()
  const put = await aws(
    'put-metric-data',
    '--namespace',
    'Test',
    '--metric-name',
    'Cli',
    '--value',
    '7',
    '--timestamp',
    stamp,
  )
  if (put.code === null) return context.skip('no aws on this machine')
  expect(put).toEqual({ code: 0, out: '' })
  const range = ['--start-time', atMinute(-10).toISOString(), '--end-time', atMinute(0).toISOString()]
  const read = await aws(
    'get-metric-data',
    ...range,
    '--metric-data-queries',
    JSON.stringify([query('a', 'Cli', 'p50')]),
    '--output',
    'json',
  )
  expect(JSON.parse(read.out)).toMatchObject({ MetricDataResults: [{ Id: 'a', Values: [7], StatusCode: 'Complete' }] })
  const refused = await aws('describe-anomaly-detectors')
  expect(refused.out).toMatch(/InvalidAction.*does not implement CloudWatch DescribeAnomalyDetectors/)
})
