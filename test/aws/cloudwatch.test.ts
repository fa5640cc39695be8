import { expect, test } from 'vitest'
import { cloudWatchClient, cloudWatchMetrics, type MetricGatherer, type MetricNeed } from '../../src/aws/cloudwatch.ts'
import { epochMs } from '../../src/core/brand.ts'
import type { Finding, Series, WindowStat } from '../../src/core/evidence.ts'
import type { MetricPlan } from '../../src/core/plan.ts'
import { cloudWatchServer, type MetricDataRequest } from '../support/cloudwatch-server.ts'
import { emulated } from '../support/moto.ts'
import { hurriedRetries, never } from '../support/real-time.ts'

const minute = 60_000
const t0 = Date.UTC(2026, 11, 1, 18, 0, 0)
const at = (n: number) => epochMs(t0 + n * minute)

const boardLoad: MetricPlan = {
  id: 'board-load',
  namespace: 'StatusBoard',
  name: 'BoardLoadMs',
  dimensions: { Environment: '${environment}' },
  variant: { dimension: 'Variant', canary: 'v2', control: 'v1' },
  lagMs: 2 * minute,
  periodMs: minute,
  sparse: null,
  region: null,
}
const metrics: { readonly [id: string]: MetricPlan } = {
  'board-load': boardLoad,
  requests: { ...boardLoad, id: 'requests', name: 'Requests' },
  errors: { ...boardLoad, id: 'errors', name: 'Errors', sparse: 'requests' },
  kpi: { ...boardLoad, id: 'kpi', name: 'Kpi', variant: null, dimensions: {} },
  edge: { ...boardLoad, id: 'edge', namespace: 'AWS/CloudFront', name: 'Requests', variant: null, region: 'eu-west-1' },
}

function gathererAt(endpoint: string): MetricGatherer {
  const access = emulated(endpoint)
  return cloudWatchMetrics('us-east-1', (region) => cloudWatchClient({ ...access, region }), hurriedRetries)
}

const scope = (now: number, from = 0) => ({
  metrics,
  environment: 'production',
  window: { from: at(from), to: at(now) },
  now: at(now),
})

/** Values by minute, for one query: minute number → value. */
type Values = { readonly [minute: number]: number }

/** Answers each query from `values(name, variant, stat)`, limited to the stretch that was asked. */
function answering(values: (name: string, variant: string, stat: string) => Values) {
  return (request: MetricDataRequest) => ({
    MetricDataResults: request.MetricDataQueries.map(({ Id, MetricStat: { Metric, Stat } }) => {
      const variant = Metric.Dimensions.find(({ Name }) => Name === 'Variant')?.Value ?? ''
      const points = Object.entries(values(Metric.MetricName, variant, Stat))
        .map(([n, value]) => [t0 / 1000 + Number(n) * 60, value] as const)
        .filter(([seconds]) => seconds >= request.StartTime && seconds < request.EndTime)
      return { Id, StatusCode: 'Complete', Timestamps: points.map(([s]) => s), Values: points.map(([, v]) => v) }
    }),
  })
}

async function gather(server: { readonly endpoint: string }, needs: readonly MetricNeed[], now: number) {
  return gathererAt(server.endpoint).gather(needs, scope(now), never)
}
function valueOf(finding: Finding<Series | WindowStat> | undefined): Series | WindowStat {
  if (finding?.status === 'seen') return finding.value
  throw new Error(`not seen: ${JSON.stringify(finding)}`)
}
// The need a finding belongs to says which of the two it is.
const seriesOf = (finding: Finding<Series | WindowStat> | undefined) => valueOf(finding) as Series
const windowOf = (finding: Finding<Series | WindowStat> | undefined) => valueOf(finding) as WindowStat

test('all needs of a gate are one call, aligned, oldest first, with no unit', async () => {
  await using server = await cloudWatchServer({ metricData: answering(() => ({})) })
  await gather(
    server,
    [
      { need: 'series', metric: 'board-load', cut: 800 },
      { need: 'series', metric: 'board-load' },
      { need: 'series', metric: 'errors' },
      { need: 'window', metric: 'board-load', stat: 'p95' },
    ],
    10,
  )
  expect(server.metricData).toHaveLength(1)
  const [request] = server.metricData
  expect(request).toMatchObject({ StartTime: at(0) / 1000, EndTime: at(10) / 1000, ScanBy: 'TimestampAscending' })
  expect(JSON.stringify(request)).not.toContain('Unit')
  const asked = request?.MetricDataQueries.map(
    ({ MetricStat: { Metric, Stat, Period } }) =>
      `${Metric.MetricName} ${Metric.Dimensions.map(({ Value }) => Value).join(',')} ${Stat} ${Period}`,
  )
  expect(asked?.toSorted()).toEqual([
    'BoardLoadMs production,v1 PR(:799.999) 60',
    'BoardLoadMs production,v1 SampleCount 60',
    'BoardLoadMs production,v1 Sum 60',
    'BoardLoadMs production,v1 p95 480',
    'BoardLoadMs production,v2 PR(:799.999) 60',
    'BoardLoadMs production,v2 SampleCount 60',
    'BoardLoadMs production,v2 Sum 60',
    'BoardLoadMs production,v2 p95 480',
    'Errors production,v1 SampleCount 60',
    'Errors production,v1 Sum 60',
    'Errors production,v2 SampleCount 60',
    'Errors production,v2 Sum 60',
    'Requests production,v1 SampleCount 60',
    'Requests production,v2 SampleCount 60',
  ])
})

test('the percentile rank becomes the number of samples at or above the cut', async () => {
  // 400 samples of which 96.75 % are below 800 ms: 13 are not.
  const values = { SampleCount: { 3: 400 }, Sum: { 3: 120_000 }, 'PR(:799.999)': { 3: 96.75 } }
  await using server = await cloudWatchServer({
    metricData: answering((_name, variant, stat) =>
      variant === 'v2' ? (values[stat as keyof typeof values] ?? {}) : {},
    ),
  })
  const [finding] = await gather(server, [{ need: 'series', metric: 'board-load', cut: 800 }], 10)
  const series = seriesOf(finding)
  expect(series.minutes).toEqual({ canary: [{ start: at(3), count: 400, sum: 120_000, over: 13 }], control: [] })
  expect(series.query).toBe(
    'StatusBoard BoardLoadMs {Environment=production, Variant=v2|v1} SampleCount, Sum, PR(:799.999) per 60s',
  )
})

test('a sparse metric gets zeros only where the heartbeat of the same variant beats', async () => {
  const points: { readonly [query: string]: Values } = {
    'Errors v2 SampleCount': { 1: 2 },
    'Errors v2 Sum': { 1: 2 },
    'Requests v2 SampleCount': { 0: 50, 1: 50, 3: 50 },
    'Requests v1 SampleCount': { 0: 90, 1: 90, 2: 90, 3: 90 },
  }
  await using server = await cloudWatchServer({
    metricData: answering((name, variant, stat) => points[`${name} ${variant} ${stat}`] ?? {}),
  })
  const [finding] = await gather(server, [{ need: 'series', metric: 'errors' }], 6)
  const { minutes, alive } = seriesOf(finding)
  expect(minutes.canary?.map(({ start, sum }) => [(start - t0) / minute, sum])).toEqual([
    [0, 0],
    [1, 2],
    [3, 0],
  ])
  expect(minutes.control?.map(({ start }) => (start - t0) / minute)).toEqual([0, 1, 2, 3])
  expect(alive?.map((start) => (start - t0) / minute)).toEqual([0, 1, 3])
})

test('a window is one point over exactly the settled minutes, or null', async () => {
  await using server = await cloudWatchServer({
    metricData: answering((_name, variant) => (variant === 'v2' ? { 0: 612.5 } : { 1: 400 })),
  })
  const [finding] = await gather(server, [{ need: 'window', metric: 'board-load', stat: 'p95' }], 10)
  expect(windowOf(finding)).toEqual({
    window: { from: at(0), to: at(8) },
    values: { canary: 612.5, control: null },
    query: 'StatusBoard BoardLoadMs {Environment=production, Variant=v2|v1} p95 per 480s',
  })
})

test('before a minute is settled there is no window to ask for, and its query says so', async () => {
  await using server = await cloudWatchServer({ metricData: answering(() => ({ 0: 612.5 })) })
  const [finding] = await gather(server, [{ need: 'window', metric: 'board-load', stat: 'p95' }], 1)
  expect(windowOf(finding)).toMatchObject({
    values: { canary: null, control: null },
    query: 'StatusBoard BoardLoadMs {Environment=production, Variant=v2|v1} p95 of no settled minute',
  })
})

test('the window of a metric with periods of ten seconds is whole minutes, as CloudWatch wants periods above half a minute', async () => {
  await using server = await cloudWatchServer({ metricData: answering(() => ({ 1: 612.5 })) })
  const fine = { ...boardLoad, periodMs: 10_000, lagMs: 2000 }
  const [finding] = await gathererAt(server.endpoint).gather(
    [{ need: 'window', metric: 'board-load', stat: 'p95' }],
    { ...scope(3), metrics: { 'board-load': fine }, window: { from: epochMs(t0 + 10_000), to: at(3) } },
    never,
  )
  expect(windowOf(finding).window).toEqual({ from: at(1), to: at(2) })
  expect(server.metricData[0]?.MetricDataQueries[0]?.MetricStat).toMatchObject({ Period: 60 })
})

test('pages are merged by id, though the first ones say PartialData', async () => {
  await using server = await cloudWatchServer({
    metricData: (request) => {
      const second = request.NextToken === 'page 2'
      const [timestamp, value] = second ? [at(1), 7] : [at(0), 5]
      const results = request.MetricDataQueries.map(({ Id }) => ({
        Id,
        StatusCode: second ? 'Complete' : 'PartialData',
        Timestamps: [timestamp / 1000],
        Values: [value],
      }))
      return { MetricDataResults: results.toReversed(), ...(second ? {} : { NextToken: 'page 2' }) }
    },
  })
  const [finding] = await gather(server, [{ need: 'series', metric: 'kpi' }], 5)
  expect(seriesOf(finding).minutes.all?.map(({ count }) => count)).toEqual([5, 7])
  expect(server.metricData).toHaveLength(2)
})

test.each([
  ['PartialData on the last page', { StatusCode: 'PartialData' }, 'cloudwatch Kpi SampleCount: PartialData'],
  ['an internal error', { StatusCode: 'InternalError' }, 'cloudwatch Kpi SampleCount: InternalError'],
  [
    'a refused metric',
    { StatusCode: 'Forbidden', Messages: [{ Code: 'Forbidden', Value: 'not yours' }] },
    'cloudwatch Kpi SampleCount: Forbidden (not yours)',
  ],
  ['a result that is not there', null, 'cloudwatch Kpi SampleCount: not in the answer'],
])('%s makes the finding missing and leaves the others', async (_case, spoilt, why) => {
  await using server = await cloudWatchServer({
    metricData: (request) => ({
      MetricDataResults: request.MetricDataQueries.flatMap(({ Id, MetricStat: { Metric, Stat } }) => {
        const own = { Id, StatusCode: 'Complete', Timestamps: [at(0) / 1000], Values: [1] }
        if (Metric.MetricName !== 'Kpi' || Stat !== 'SampleCount') return [own]
        return spoilt === null ? [] : [{ ...own, ...spoilt }]
      }),
    }),
  })
  const findings = await gather(
    server,
    [
      { need: 'series', metric: 'kpi' },
      { need: 'series', metric: 'requests' },
    ],
    5,
  )
  expect(findings[0]).toEqual({ status: 'missing', why })
  expect(findings[1]?.status).toBe('seen')
})

test('a message for the whole call is believed: nothing of it is evidence', async () => {
  await using server = await cloudWatchServer({
    metricData: (request) => ({
      ...answering(() => ({ 0: 1 }))(request),
      Messages: [{ Code: 'MaxMetricsExceeded', Value: 'Maximum number of allowed metrics exceeded' }],
    }),
  })
  expect(await gather(server, [{ need: 'series', metric: 'kpi' }], 5)).toEqual([
    {
      status: 'missing',
      why: 'cloudwatch GetMetricData: MaxMetricsExceeded: Maximum number of allowed metrics exceeded',
    },
  ])
})

test('a throttle is tried again; one that stays is missing evidence with its reason', async () => {
  await using server = await cloudWatchServer({
    metricData: (request, call) =>
      call < 2 ? { fault: 'ThrottlingException', status: 400 } : answering(() => ({ 0: 1 }))(request),
  })
  expect((await gather(server, [{ need: 'series', metric: 'kpi' }], 5))[0]?.status).toBe('seen')
  await using down = await cloudWatchServer({ metricData: () => ({ fault: 'InternalServiceFault', status: 500 }) })
  expect(await gather(down, [{ need: 'series', metric: 'kpi' }], 5)).toEqual([
    { status: 'missing', why: 'cloudwatch GetMetricData on 2 queries: HTTP 500 InternalServiceFault' },
  ])
})

test('minutes older than a quarter of an hour are read once and stay as they were first seen', async () => {
  let late = 0
  await using server = await cloudWatchServer({
    metricData: answering(() => Object.fromEntries(Array.from({ length: 60 }, (_, n) => [n, 10 + late]))),
  })
  const gatherer = gathererAt(server.endpoint)
  const counts = async (now: number) => {
    const [finding] = await gatherer.gather([{ need: 'series', metric: 'kpi' }], scope(now), never)
    return seriesOf(finding).minutes.all?.map(({ count }) => count)
  }
  expect(await counts(30)).toEqual(Array(30).fill(10))
  late = 1
  expect(await counts(31)).toEqual([...Array(15).fill(10), ...Array(16).fill(11)])
  expect(server.metricData.map(({ StartTime }) => (StartTime * 1000 - t0) / minute)).toEqual([0, 15])
})

test('a metric of another region is asked there, an unknown one is named', async () => {
  await using server = await cloudWatchServer({ metricData: answering(() => ({ 0: 1 })) })
  const access = emulated(server.endpoint)
  const regions: string[] = []
  const gatherer = cloudWatchMetrics(
    'us-east-1',
    (region) => (regions.push(region), cloudWatchClient({ ...access, region })),
    hurriedRetries,
  )
  const needs = [
    { need: 'series', metric: 'edge' },
    { need: 'series', metric: 'kpi' },
    { need: 'series', metric: 'nope' },
  ] as const
  const findings = await gatherer.gather(needs, scope(5), never)
  expect(regions.toSorted()).toEqual(['eu-west-1', 'us-east-1'])
  expect(findings[2]).toEqual({ status: 'missing', why: 'no metric "nope" in the run sheet' })
})

test('alarms are asked by name with composite ones, and what could not be evaluated is not OK', async () => {
  const names = Array.from({ length: 120 }, (_, n) => `alarm-${n}`)
  await using server = await cloudWatchServer({
    alarms: ({ AlarmNames }, call) =>
      call === 1
        ? {
            MetricAlarms: [
              { AlarmName: 'alarm-1', StateValue: 'OK', StateReason: 'fine', StateTransitionedTimestamp: at(1) / 1000 },
              { AlarmName: 'alarm-2', StateValue: 'OK', StateReason: 'fine', EvaluationState: 'EVALUATION_ERROR' },
            ],
            CompositeAlarms: [{ AlarmName: 'alarm-0', StateValue: 'ALARM', StateReason: 'child' }],
          }
        : { MetricAlarms: AlarmNames.map((AlarmName) => ({ AlarmName, StateValue: 'OK', StateReason: '' })) },
  })
  const found = await gathererAt(server.endpoint).alarms(names, never)
  if (found.status !== 'seen') throw new Error(found.why)
  expect(found.value.slice(0, 3)).toEqual([
    { name: 'alarm-0', state: 'ALARM', since: null, reason: 'child' },
    { name: 'alarm-1', state: 'OK', since: at(1), reason: 'fine' },
    { name: 'alarm-2', state: 'INSUFFICIENT_DATA', since: null, reason: 'EVALUATION_ERROR: fine' },
  ])
  expect(found.value).toHaveLength(23)
  expect(server.alarms.map(({ AlarmNames, AlarmTypes }) => [AlarmNames.length, AlarmTypes])).toEqual([
    [100, ['MetricAlarm', 'CompositeAlarm']],
    [20, ['MetricAlarm', 'CompositeAlarm']],
  ])
})
