import { ListMetricsCommand } from '@aws-sdk/client-cloudwatch'
import { describe, expect, test } from 'vitest'
import { cloudWatchClient, cloudWatchMetrics, type MetricGatherer } from '../../src/aws/cloudwatch.ts'
import { listedMetrics, nameTrouble } from '../../src/aws/metric-names.ts'
import { epochMs } from '../../src/core/brand.ts'
import type { Finding, Series } from '../../src/core/evidence.ts'
import type { MetricPlan } from '../../src/core/plan.ts'
import { cloudWatchOf } from '../sandbox/support/metric-questions.ts'
import { memoryWorld } from '../sandbox/support/memory-world.ts'
import { cloudWatchServer, type MetricDataRequest } from '../support/cloudwatch-server.ts'
import { emulated } from '../support/moto.ts'
import { hurriedRetries, never } from '../support/real-time.ts'

const load: MetricPlan = {
  id: 'board-load',
  namespace: 'StatusBoard',
  name: 'BoardLoadMs',
  dimensions: { Environment: '${environment}' },
  variant: { dimension: 'Variant', canary: 'v2', control: 'v1' },
  lagMs: 120_000,
  periodMs: 60_000,
  sparse: null,
  region: null,
}
const there = (name: string, dimensions: { readonly [name: string]: string }) => ({ name, dimensions })
const known = [
  there('BoardLoadMs', { Environment: 'production', Variant: 'v1' }),
  there('Requests', { Environment: 'production', Variant: 'v1' }),
]

describe('a metric without data', () => {
  test.each([
    ['is there by its name', {}, null],
    ['is written in other letters', { name: 'BoardLoadMS' }, 'no metric StatusBoard/BoardLoadMS; there is BoardLoadMs'],
    ['has no likeness', { name: 'Zebra' }, 'no metric StatusBoard/Zebra; there is BoardLoadMs, Requests'],
    [
      'is of another environment',
      { dimensions: { Environment: 'prod' } },
      'StatusBoard/BoardLoadMs is published with other dimensions: Environment=production (asked prod)',
    ],
    [
      'lacks a dimension that is published',
      { variant: null },
      'StatusBoard/BoardLoadMs is published with other dimensions: Variant=v1 besides',
    ],
    [
      'has one too many',
      { dimensions: { Environment: 'production', Region: 'eu' } },
      'StatusBoard/BoardLoadMs is published with other dimensions: no Region (asked Region=eu)',
    ],
    [
      'names the versions otherwise',
      { variant: { dimension: 'Variant', canary: 'new', control: 'old' } },
      'StatusBoard/BoardLoadMs is published with other dimensions: Variant=v1 (asked new)',
    ],
  ])('that %s', (_, changes, said) => {
    expect(nameTrouble({ ...load, ...changes }, 'production', known)).toBe(said)
  })

  test('of a namespace with nothing in it', () => {
    expect(nameTrouble(load, 'production', [])).toBe('nothing is published in StatusBoard')
  })
})

const now = epochMs(Date.UTC(2026, 11, 1, 18))
const scope = { metrics: { load }, environment: 'production', window: { from: epochMs(now - 600_000), to: now }, now }
const fresh = { need: 'series', metric: 'load', lookbackMs: 600_000 } as const
function gathererAt(endpoint: string): MetricGatherer {
  return cloudWatchMetrics('us-east-1', (region) => cloudWatchClient({ ...emulated(endpoint), region }), hurriedRetries)
}
const troubleOf = (finding: Finding | undefined) =>
  finding?.status === 'seen' ? ((finding.value as Series).trouble ?? null) : finding?.why
const pageOf = (...names: readonly string[]) => names.map((MetricName) => ({ MetricName, Namespace: 'StatusBoard' }))

/** Every query is answered, with nothing. */
const metricData = ({ MetricDataQueries }: MetricDataRequest) => ({
  MetricDataResults: MetricDataQueries.map(({ Id }) => ({ Id, StatusCode: 'Complete', Timestamps: [], Values: [] })),
})

describe('the gatherer', () => {
  test('looks names up once, where freshness is asked for, and never at a look of a gate', async () => {
    await using server = await cloudWatchServer({ metricData, list: () => ({ Metrics: pageOf('BoardLoadMS') }) })
    const gatherer = gathererAt(server.endpoint)
    await gatherer.gather([{ need: 'series', metric: 'load' }], scope, never)
    expect(server.listed).toEqual([])
    const looked = [
      await gatherer.gather([fresh, { ...fresh, lookbackMs: 300_000 }], scope, never),
      await gatherer.gather([fresh], scope, never),
    ].flat()
    expect(looked.map(troubleOf)).toEqual(
      Array.from({ length: 3 }, () => 'no metric StatusBoard/BoardLoadMs; there is BoardLoadMS'),
    )
    expect(server.listed).toEqual(['StatusBoard'])
  })

  test('says nothing of names when it may not list them', async () => {
    await using server = await cloudWatchServer({ metricData, list: () => ({ fault: 'AccessDenied', status: 403 }) })
    expect((await gathererAt(server.endpoint).gather([fresh], scope, never)).map(troubleOf)).toEqual([null])
  })

  test('reads every page', async () => {
    await using server = await cloudWatchServer({
      list: ({ NextToken }) =>
        NextToken === undefined ? { Metrics: pageOf('A'), NextToken: 'more' } : { Metrics: pageOf('B') },
    })
    const client = cloudWatchClient({ ...emulated(server.endpoint), region: 'us-east-1' })
    const found = await listedMetrics(client, 'StatusBoard', hurriedRetries, never)
    expect(found.map(({ name }) => name)).toEqual(['A', 'B'])
  })
})

test('the sandbox lists what it plays, so that a misspelt metric is found there, too', async () => {
  await using wired = await cloudWatchOf(memoryWorld())
  const listed = await listedMetrics(wired.client, 'StatusBoard', hurriedRetries, never)
  const { Metrics = [] } = await wired.client.send(new ListMetricsCommand({ Namespace: 'StatusBoard' }))
  expect(listed.length).toBe(Metrics.length)
  const [name] = listed.map((one) => one.name)
  expect(nameTrouble({ ...load, name: `${name}x` }, 'production', listed)).toBe(
    `no metric StatusBoard/${name}x; there is ${name}`,
  )
})
