import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { expect, test } from 'vitest'
import { inBins } from '../../src/sandbox/seh1-bins.ts'
import { atMinute, memoryWorld } from './support/memory-world.ts'
import { ask, cloudWatchOf, played, query, valuesOf } from './support/metric-questions.ts'

test('where metrics are slow a minute that is past its lag still grows, and is whole three minutes later', async () => {
  const newest = async (scenario: string) => {
    await using wired = await cloudWatchOf(memoryWorld({ scenario }))
    return await valuesOf(wired.client, played('a', 'Requests', 'Sum', 'v1'))
  }
  const [healthy, slow] = [await newest('healthy'), await newest('slow-metrics')]
  const shares = slow.map((value, index) => value / (healthy[index] ?? NaN))
  // Minutes end 9 … 0 minutes ago; the lag is 2 minutes, and 3 more here.
  expect(shares.slice(0, 5)).toEqual([1, 1, 1, 1, 1])
  expect(shares.slice(5, 8).every((share) => share < 1)).toBe(true)
})

test('latencies in bins lie a twentieth of their value from what they were, at the middle of their bin', async () => {
  // Powers of 1.1: 789.75 and 868.72 are the edges, 828.3 their geometric middle.
  expect(inBins({ values: [789, 790, 868, 869], counts: [1, 2, 3, 4], sets: null })).toMatchObject({
    counts: [1, 5, 4],
    values: [expect.closeTo(752.98, 1), expect.closeTo(828.28, 1), expect.closeTo(911.11, 1)],
  })
  const stats = async (scenario: string) => {
    await using wired = await cloudWatchOf(memoryWorld({ scenario }))
    const of = async (stat: string) => (await valuesOf(wired.client, played('a', 'BoardLoadMs', stat, 'v1'))).at(0) ?? 0
    return { p95: await of('p95'), count: await of('SampleCount') }
  }
  const [plain, binned] = [await stats('healthy'), await stats('binned-latency')]
  expect(binned.count).toBe(plain.count)
  expect(Math.abs(binned.p95 / plain.p95 - 1)).toBeLessThan(0.06)
  // A value within a percentile is interpolated between two middles, or is one of them.
  expect(binned.p95).not.toBe(plain.p95)
})

test('a stretch of five minutes is cut by the clock: what lies across its edge is whole in no bucket', async () => {
  await using wired = await cloudWatchOf(memoryWorld())
  const MetricData = [-6, -5].map((at) => ({ MetricName: 'Conflicts', Timestamp: atMinute(at), Value: 20 }))
  await wired.client.send(new PutMetricDataCommand({ Namespace: 'Test', MetricData }))
  expect(await valuesOf(wired.client, query('a', 'Conflicts', 'Sum', {}, 300))).toEqual([20, 20])
  // By the minute both are there, side by side: 40 in two minutes.
  const [result] = await ask(wired.client, [query('a', 'Conflicts', 'Sum')])
  expect(result).toMatchObject({ Timestamps: [atMinute(-5), atMinute(-6)], Values: [20, 20] })
})

test('a counter that is not published in a minute is missing there, one published as 0 is 0', async () => {
  await using wired = await cloudWatchOf(memoryWorld())
  const data = [-5, -3].map((at) => ({ MetricName: 'Errors', Timestamp: atMinute(at), Value: 0 }))
  await wired.client.send(new PutMetricDataCommand({ Namespace: 'Test', MetricData: data }))
  const [result] = await ask(wired.client, [query('a', 'Errors', 'Sum')])
  expect(result?.Values).toEqual([0, 0])
  expect(result?.Timestamps).toEqual([atMinute(-3), atMinute(-5)])
  expect(result?.StatusCode).toBe('Complete')
})

test('a minute that came as a statistic set takes the percentiles of the whole period with it, and leaves its sums', async () => {
  await using wired = await cloudWatchOf(memoryWorld())
  const at = (minute: number) => ({ MetricName: 'Load', Timestamp: atMinute(minute) })
  const StatisticValues = { SampleCount: 10, Sum: 1000, Minimum: 50, Maximum: 200 }
  const MetricData = [
    { ...at(-5), Values: [100, 900], Counts: [9, 1] },
    { ...at(-4), StatisticValues },
  ]
  await wired.client.send(new PutMetricDataCommand({ Namespace: 'Test', MetricData }))
  expect(await valuesOf(wired.client, query('a', 'Load', 'PR(:800)'))).toEqual([90])
  expect(await valuesOf(wired.client, query('a', 'Load', 'p95', {}, 300))).toEqual([])
  expect(await valuesOf(wired.client, query('a', 'Load', 'SampleCount', {}, 300))).toEqual([20])
})
