import { GetMetricDataCommand, PutMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { expect, test } from 'vitest'
import { atMinute, memoryWorld } from './support/memory-world.ts'
import { ask, cloudWatchOf, played, query, valuesOf, window } from './support/metric-questions.ts'

test('what was put with Values and Counts comes back with every statistic', async () => {
  await using wired = await cloudWatchOf(memoryWorld())
  const { client } = wired
  const datum = {
    MetricName: 'Load',
    Timestamp: atMinute(-5),
    Values: [100, 300, 900],
    Counts: [2, 7, 1],
    Unit: 'Milliseconds' as const,
  }
  await client.send(new PutMetricDataCommand({ Namespace: 'Test', MetricData: [datum] }))
  const stats = [
    'SampleCount',
    'Sum',
    'Average',
    'Minimum',
    'Maximum',
    'p50',
    'PR(:300)',
    'PR(300:)',
    'PR(100:300)',
    'TC(:300)',
  ]
  const results = await ask(
    client,
    stats.map((stat, at) => query(`q${at}`, 'Load', stat)),
  )
  expect(results.map(({ Values }) => Values)).toEqual([[10], [3200], [320], [100], [900], [300], [90], [10], [70], [9]])
  expect(results[0]?.Timestamps).toEqual([atMinute(-5)])
  expect(results[0]).toMatchObject({ Id: 'q0', Label: 'Load', StatusCode: 'Complete' })
})

test('a statistic set has a sum but no percentile, unless its single values are known', async () => {
  await using wired = await cloudWatchOf(memoryWorld())
  const { client } = wired
  const set = (SampleCount: number, Minimum: number, Maximum: number, Sum: number) => ({
    SampleCount,
    Minimum,
    Maximum,
    Sum,
  })
  const MetricData = [
    { MetricName: 'Hidden', Timestamp: atMinute(-5), StatisticValues: set(4, 1, 9, 20) },
    { MetricName: 'Known', Timestamp: atMinute(-5), StatisticValues: set(4, 5, 5, 20) },
    { MetricName: 'Negative', Timestamp: atMinute(-5), Values: [-1, 5] },
  ]
  await client.send(new PutMetricDataCommand({ Namespace: 'Test', MetricData }))
  expect(await valuesOf(client, query('a', 'Hidden', 'Sum'))).toEqual([20])
  expect(await valuesOf(client, query('a', 'Hidden', 'p95'))).toEqual([])
  expect(await valuesOf(client, query('a', 'Known', 'p95'))).toEqual([5])
  expect(await valuesOf(client, query('a', 'Negative', 'p95'))).toEqual([])
})

test('dimensions must match as a whole and a unit must be the published one', async () => {
  await using wired = await cloudWatchOf(memoryWorld())
  const { client } = wired
  const Dimensions = [
    { Name: 'Environment', Value: 'x' },
    { Name: 'Variant', Value: 'v2' },
  ]
  const datum = { MetricName: 'Errors', Dimensions, Timestamp: atMinute(-5), Value: 3, Unit: 'Count' as const }
  await client.send(new PutMetricDataCommand({ Namespace: 'Test', MetricData: [datum] }))
  expect(await valuesOf(client, query('a', 'Errors', 'Sum', { Variant: 'v2', Environment: 'x' }))).toEqual([3])
  expect(await valuesOf(client, query('a', 'Errors', 'Sum', { Environment: 'x' }))).toEqual([])
  expect(await valuesOf(client, query('a', 'Errors', 'Sum'))).toEqual([])
  const full = query('a', 'Errors', 'Sum', { Variant: 'v2', Environment: 'x' })
  const inSeconds = {
    ...full,
    MetricStat: {
      ...full.MetricStat,
      Metric: full.MetricStat?.Metric,
      Period: 60,
      Stat: 'Sum',
      Unit: 'Seconds' as const,
    },
  }
  expect(await valuesOf(client, inSeconds)).toEqual([])
})

test('EndTime is exclusive, periods begin at StartTime and the newest point comes first', async () => {
  await using wired = await cloudWatchOf(memoryWorld())
  const { client } = wired
  const MetricData = [-10, -9, -6, -5, 0].map((at) => ({ MetricName: 'N', Timestamp: atMinute(at), Value: 1 }))
  await client.send(new PutMetricDataCommand({ Namespace: 'Test', MetricData }))
  const [result] = await ask(client, [query('a', 'N', 'Sum', {}, 300)])
  expect(result?.Timestamps).toEqual([atMinute(-5), atMinute(-10)])
  expect(result?.Values).toEqual([1, 3])
  const shifted = { StartTime: new Date(atMinute(-9).getTime() + 30_000), EndTime: atMinute(0) }
  const [aligned] = await ask(client, [query('a', 'N', 'Sum', {}, 300)], shifted)
  expect(aligned?.Timestamps).toEqual([atMinute(-9)])
  expect(aligned?.Values).toEqual([3])
})

test('less than a minute is kept only for data of high resolution', async () => {
  await using wired = await cloudWatchOf(memoryWorld())
  const { client } = wired
  const at = (seconds: number) => new Date(atMinute(-5).getTime() + seconds * 1000)
  const MetricData = [3, 14, 17].flatMap((seconds) => [
    { MetricName: 'Fine', Timestamp: at(seconds), Value: 1, StorageResolution: 1 },
    { MetricName: 'Coarse', Timestamp: at(seconds), Value: 1 },
  ])
  await client.send(new PutMetricDataCommand({ Namespace: 'Test', MetricData }))
  expect(await valuesOf(client, query('a', 'Fine', 'Sum', {}, 10))).toEqual([1, 2])
  expect(await valuesOf(client, query('a', 'Coarse', 'Sum', {}, 10))).toEqual([])
  expect(await valuesOf(client, query('a', 'Coarse', 'Sum'))).toEqual([3])
})

test('math over metrics: 100 × errors / requests, without the hidden inputs', async () => {
  await using wired = await cloudWatchOf(memoryWorld())
  const { client } = wired
  const MetricData = [
    { MetricName: 'Errors', Timestamp: atMinute(-3), Value: 5 },
    ...[-4, -3].map((at) => ({ MetricName: 'Requests', Timestamp: atMinute(at), Value: 200 })),
  ]
  await client.send(new PutMetricDataCommand({ Namespace: 'Test', MetricData }))
  const results = await ask(client, [
    { ...query('e', 'Errors', 'Sum'), ReturnData: false },
    { ...query('r', 'Requests', 'Sum'), ReturnData: false },
    { Id: 'rate', Expression: '100*e/r', Label: 'error rate' },
  ])
  expect(results.map(({ Id, Label, Values }) => ({ Id, Label, Values }))).toEqual([
    { Id: 'rate', Label: 'error rate', Values: [2.5, 0] },
  ])
})

test('many points come in pages; with math what does not fit is PartialData without a way on', async () => {
  await using wired = await cloudWatchOf(memoryWorld({ at: 0 }))
  const { client } = wired
  const MetricDataQueries = [played('a', 'Requests', 'Sum', 'v1'), played('b', 'BoardLoadMs', 'p95', 'v1')]
  const input = { StartTime: atMinute(-30), EndTime: atMinute(-10), MetricDataQueries, MaxDatapoints: 15 }
  const first = await client.send(new GetMetricDataCommand(input))
  expect(first.MetricDataResults?.map(({ Id, StatusCode, Values }) => [Id, StatusCode, Values?.length])).toEqual([
    ['a', 'PartialData', 15],
    ['b', 'PartialData', 0],
  ])
  const collected: { [id: string]: number } = {}
  let NextToken: string | undefined
  let pages = 0
  do {
    const page = await client.send(
      new GetMetricDataCommand({ ...input, ...(NextToken === undefined ? {} : { NextToken }) }),
    )
    for (const { Id = '', Values = [] } of page.MetricDataResults ?? [])
      collected[Id] = (collected[Id] ?? 0) + Values.length
    NextToken = page.NextToken
    pages += 1
  } while (NextToken !== undefined)
  expect({ pages, collected }).toEqual({ pages: 3, collected: { a: 20, b: 20 } })
  const math = await client.send(
    new GetMetricDataCommand({ ...input, MetricDataQueries: [...MetricDataQueries, { Id: 'c', Expression: 'a/b' }] }),
  )
  expect(math.NextToken).toBeUndefined()
  expect(math.MetricDataResults?.at(-1)).toMatchObject({ Id: 'c', StatusCode: 'PartialData' })
  await expect(client.send(new GetMetricDataCommand({ ...input, NextToken: 'nonsense' }))).rejects.toMatchObject({
    name: 'InvalidNextToken',
  })
})

const wrongQueries: readonly (readonly [string, MetricDataQuery[]])[] = [
  ['an id with a capital letter', [query('Bad', 'N', 'Sum')]],
  ['one id twice', [query('a', 'N', 'Sum'), query('a', 'N', 'p95')]],
  ['501 queries', Array.from({ length: 501 }, (_, at) => query(`q${at}`, 'N', 'Sum'))],
  ['a period of 45 s', [query('a', 'N', 'Sum', {}, 45)]],
  ['an unknown statistic', [query('a', 'N', 'p101')]],
  ['a metric and an expression at once', [{ ...query('a', 'N', 'Sum'), Expression: '1' }]],
  ['an expression of an unknown id', [{ Id: 'a', Expression: 'b+1' }]],
  [
    'expressions in a circle',
    [
      { Id: 'a', Expression: 'b' },
      { Id: 'b', Expression: 'a' },
    ],
  ],
  ['a number as the final result', [query('a', 'N', 'Sum'), { Id: 'b', Expression: 'SUM(a)' }]],
  ['a function that does not exist', [query('a', 'N', 'Sum'), { Id: 'b', Expression: 'GUESS(a)' }]],
]
test.each(wrongQueries)('GetMetricData refuses %s', async (_, MetricDataQueries) => {
  await using wired = await cloudWatchOf(memoryWorld())
  await expect(wired.client.send(new GetMetricDataCommand({ ...window, MetricDataQueries }))).rejects.toMatchObject({
    Code: 'ValidationError',
  })
})

test('percentile, percentile rank, sum and count of a window are those of one data set', async () => {
  await using wired = await cloudWatchOf(memoryWorld({ stages: [[0, 30]], at: 20 }))
  const { client } = wired
  const range = { StartTime: atMinute(0), EndTime: atMinute(15) }
  const perMinute = async (stat: string) => valuesOf(client, played('a', 'BoardLoadMs', stat, 'v2'), range)
  const [counts, sums, ranks] = [await perMinute('SampleCount'), await perMinute('Sum'), await perMinute('PR(:800)')]
  const whole = async (stat: string) =>
    (await valuesOf(client, played('a', 'BoardLoadMs', stat, 'v2', 900), range))[0] ?? Number.NaN
  const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
  expect(counts).toHaveLength(15)
  expect(await whole('SampleCount')).toBe(total(counts))
  expect(await whole('Sum')).toBe(total(sums))
  const fast = counts.map((count, at) => Math.round(((ranks[at] ?? 0) / 100) * count))
  expect(await whole('PR(:800)')).toBeCloseTo((100 * total(fast)) / total(counts), 9)
  const p95 = await whole('p95')
  expect(await whole(`PR(:${p95})`)).toBeGreaterThanOrEqual(95)
})
