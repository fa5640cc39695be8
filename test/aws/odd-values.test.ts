import { describe, expect, test } from 'vitest'
import { cloudWatchClient, cloudWatchMetrics } from '../../src/aws/cloudwatch.ts'
import { findingOf, needKey } from '../../src/core/evidence.ts'
import { judgeGate, needsOfGate } from '../../src/gates/judge-gate.ts'
import { cloudWatchServer, type MetricDataRequest } from '../support/cloudwatch-server.ts'
import { at, context, gate, metric, planned, scope } from '../support/looks.ts'
import { emulated } from '../support/moto.ts'
import { hurriedRetries, never } from '../support/real-time.ts'

// What CloudWatch's JSON can hold that is no number, from the wire through the SDK and the adapter to a verdict.

const metrics = {
  load: metric('load'),
  requests: metric('requests'),
  errors: metric('errors'),
  // A minute of it that is missing is a zero where there were requests.
  faults: metric('faults', { sparse: 'requests' }),
}
const minutes = 20

/** Healthy values, told by the statistic. */
function healthy(name: string, stat: string): number {
  if (stat.startsWith('PR(')) return 99.5
  if (stat === 'SampleCount') return name === 'load' ? 1000 : 1
  if (stat === 'Sum') return { load: 100_000, requests: 1000, errors: 1, faults: 1 }[name] ?? 0
  return 150
}

type Odd = (list: readonly unknown[]) => readonly unknown[]

/** The canary's series as CloudWatch would send them, but for what is odd about one statistic. */
function reply({ MetricDataQueries }: MetricDataRequest, statistic: RegExp, odd: Odd) {
  return {
    MetricDataResults: MetricDataQueries.map(({ Id, MetricStat: { Metric, Stat, Period } }) => {
      const isNew = Metric.Dimensions.some(({ Value }) => Value === 'v2')
      const step = Period / 60
      const starts = Array.from({ length: minutes / step }, (_, i) => at(i * step) / 1000)
      const values = starts.map(() => healthy(Metric.MetricName, Stat))
      const sent = isNew && statistic.test(Stat) ? odd(values) : values
      return { Id, StatusCode: 'Complete', Timestamps: starts, Values: sent }
    }),
  }
}

const replaced =
  (with_: unknown, where: (index: number) => boolean): Odd =>
  (values) =>
    values.map((value, index) => (where(index) ? with_ : value))
const all = () => true
const one = (index: number) => index === 9

const checks = [
  planned({ kind: 'percentile', metric: 'load', percentile: 95, below: '800ms' }),
  planned({ kind: 'average', metric: 'load', below: '200ms' }),
  planned({ kind: 'ratio', bad: 'errors', of: 'requests', below: '1%' }),
  planned({ kind: 'ratio', id: 'sparse', bad: 'faults', of: 'requests', below: '1%' }),
  planned({ kind: 'compare', bad: 'errors', of: 'requests', atMost: '150%' }),
  planned({ kind: 'steady', traffic: 'requests', window: '10m', bursts: 'errors' }),
  planned({ kind: 'count', metric: 'errors', per: '5m', below: 30 }),
]
const rollout = { stages: [50, 100], bakeMs: 600_000, extendUpTo: 3, percent: 50, left: [], quantiles: {} }

/** The verdict of every check, each alone, at a stage of a canary that is judged as one and by its window alone. */
async function verdicts(statistic: RegExp, odd: Odd) {
  await using server = await cloudWatchServer({ metricData: (request) => reply(request, statistic, odd) })
  const gatherer = cloudWatchMetrics(
    'us-east-1',
    (region) => cloudWatchClient({ ...emulated(server.endpoint), region }),
    hurriedRetries,
  )
  const found: Record<string, readonly string[]> = {}
  for (const check of checks) {
    const said: string[] = []
    for (const asOne of [true, false]) {
      const where = { ...scope, percent: 50, ...(asOne && { rollout }) }
      const asked = context(minutes, { scope: where })
      const needs = needsOfGate(gate(check), where).filter((need) => need.need === 'series' || need.need === 'window')
      const { now, window } = asked
      const findings = await gatherer.gather(needs, { metrics, environment: 'production', window, now }, never)
      const evidence = Object.fromEntries(
        needs.flatMap((need, i) => (findings[i] ? [[needKey(need), findings[i]]] : [])),
      )
      expect(needs.every((need) => findingOf(need, evidence) !== null)).toBe(true)
      said.push(judgeGate(gate(check), evidence, asked).verdict)
    }
    found[check.id] = said
  }
  return found
}

const passed = Object.fromEntries(checks.map(({ id }) => [id, ['pass', 'pass']]))

test('healthy values pass, so that what follows says something', async () => {
  expect(await verdicts(/^$/, (values) => values)).toEqual(passed)
})

describe.each([
  ['"NaN", as the protocol spells it', 'NaN'],
  ['"Infinity"', 'Infinity'],
  ['"-Infinity"', '-Infinity'],
  ['null', null],
])('a value of %s', (_name, value) => {
  test.each([
    ['SampleCount', /^SampleCount$/],
    ['Sum', /^Sum$/],
    ['every statistic', /./],
  ])('in every minute of %s never passes', async (_of, statistic) => {
    const found = await verdicts(statistic, replaced(value, all))
    expect(Object.values(found).flat()).not.toContain('pass')
  })

  test('in one minute is not a zero, not a gap and not the value of another minute', async () => {
    const found = await verdicts(/./, replaced(value, one))
    expect(Object.values(found).flat()).not.toContain('pass')
  })
})

test.each([
  ['one', (values: readonly unknown[]) => values.slice(1)],
  ['all', () => []],
] as const)(
  'with %s of the values missing nobody can tell which minute is whose: nothing passes',
  async (_name, odd) => {
    const found = await verdicts(/./, odd)
    expect(Object.values(found).flat()).not.toContain('pass')
  },
)
