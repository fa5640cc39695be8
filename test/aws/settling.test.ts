import { expect, test } from 'vitest'
import { cloudWatchClient, cloudWatchMetrics } from '../../src/aws/cloudwatch.ts'
import { epochMs } from '../../src/core/brand.ts'
import type { Series } from '../../src/core/evidence.ts'
import { lateLine, lateMetrics } from '../../src/core/late-metrics.ts'
import type { LaunchEvent } from '../../src/core/event.ts'
import type { MetricPlan } from '../../src/core/plan.ts'
import { cloudWatchServer } from '../support/cloudwatch-server.ts'
import { emulated } from '../support/moto.ts'
import { hurriedRetries, never } from '../support/real-time.ts'

const minute = 60_000
const t0 = Date.UTC(2026, 11, 1, 18)
const at = (n: number) => epochMs(t0 + n * minute)
const load: MetricPlan = {
  id: 'board-load',
  namespace: 'StatusBoard',
  name: 'BoardLoadMs',
  dimensions: {},
  variant: null,
  lagMs: 2 * minute,
  periodMs: minute,
  sparse: null,
  region: null,
}

/** Looks at these minutes; `values(now)` is what CloudWatch has at each: minute → value. Gives what each look says. */
async function looksAt(minutes: readonly number[], values: (now: number) => { readonly [minute: number]: number }) {
  let now = 0
  await using server = await cloudWatchServer({
    metricData: ({ MetricDataQueries, StartTime, EndTime }) => ({
      MetricDataResults: MetricDataQueries.map(({ Id }) => {
        const points = Object.entries(values(now))
          .map(([n, value]) => [t0 / 1000 + Number(n) * 60, value] as const)
          .filter(([seconds]) => seconds >= StartTime && seconds < EndTime)
        return { Id, StatusCode: 'Complete', Timestamps: points.map(([s]) => s), Values: points.map(([, v]) => v) }
      }),
    }),
  })
  const access = emulated(server.endpoint)
  const gatherer = cloudWatchMetrics('us-east-1', (region) => cloudWatchClient({ ...access, region }), hurriedRetries)
  const said: (number | null)[] = []
  for (const look of minutes) {
    now = look
    const scope = { metrics: { load }, environment: 'p', window: { from: at(0), to: at(now) }, now: at(now) }
    const [finding] = await gatherer.gather([{ need: 'series', metric: 'load' }], scope, never)
    if (finding?.status !== 'seen') throw new Error('not seen')
    said.push((finding.value as Series).unsettledMs ?? null)
  }
  return said
}

test('minutes that are final by their lag have nothing to say, though they trickle in before', async () => {
  // Minute n has half its samples when it ends, and all of them a minute later.
  const trickle = (now: number) =>
    Object.fromEntries(Array.from({ length: now }, (_, n) => [n, now - n > 1 ? 100 : 50]))
  expect(await looksAt([1, 2, 3, 4, 5, 6], trickle)).toEqual([null, null, null, null, null, null])
})

test('a minute that still changed four minutes after its end is told, with that age', async () => {
  // Each minute is complete five minutes after it ended: at every look before, it is not.
  const late = (now: number) => Object.fromEntries(Array.from({ length: now }, (_, n) => [n, now - n >= 6 ? 100 : 50]))
  expect(await looksAt([1, 2, 3, 4, 5, 6, 7], late)).toEqual([null, null, null, null, null, 4 * minute, 4 * minute])
})

test('a minute that was not there at all and came later is late, too', async () => {
  const missing = (now: number): { readonly [minute: number]: number } => (now < 6 ? { 1: 5 } : { 0: 5, 1: 5 })
  expect(await looksAt([4, 5, 6], missing)).toEqual([null, null, 4 * minute])
})

test('how late it was is only claimed as far as it was seen', async () => {
  // Not looked at between 3 and 9: at 3 minute 0 was two minutes old and not what it became.
  const late = (now: number) => ({ 0: now < 8 ? 50 : 100 })
  expect(await looksAt([3, 9, 10], late)).toEqual([null, 2 * minute, 2 * minute])
})

test('what a launch learned is told by metric, the latest of each, with what the run sheet says', () => {
  const seen = (unsettledMs?: number) => ({
    status: 'seen',
    value: { lagMs: 120_000, ...(unsettledMs && { unsettledMs }) },
  })
  const event = (evidence: object) => ({ type: 'gate-judged', evidence }) as unknown as LaunchEvent
  const key = (metric: string) => `[["cut",800],["metric","${metric}"],["need","series"]]`
  const events = [
    event({ [key('requests')]: seen(), [key('board-load')]: seen(180_000) }),
    event({ [key('board-load')]: seen(247_000), [key('errors')]: { status: 'missing', why: 'x' } }),
  ]
  expect(lateMetrics(events).map(lateLine)).toEqual([
    'board-load still changed 4m 7s after a minute was over, the run sheet says lag: 2m',
  ])
})
