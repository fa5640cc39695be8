import { describe, expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { epochMs } from '../../src/core/brand.ts'
import { missing, seen, type Finding, type Minute } from '../../src/core/evidence.ts'
import { captureBaseline, captureMissing } from '../../src/engine/baseline.ts'
import type { MetricNeed } from '../../src/engine/ports.ts'
import type { Session } from '../../src/engine/session.ts'
import { planOf } from '../support/backtests.ts'
import { launchWorld, tinyPlan, tinySheet } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import type { Tap } from '../support/tapped.ts'

const compared = tinyPlan(
  tinySheet.replace(
    'ask: Is everybody told? }',
    'ask: Is everybody told? }, { kind: baseline, id: as-before, metric: requests, statistic: per-minute, atLeast: 90% }',
  ),
)

/** Fails the first so many questions about metrics: the very first one captures the baseline. */
function metricsAway(times: number): Tap {
  let asked = 0
  return async (call, go) => {
    if (call === 'metrics' && (asked += 1) <= times) throw new LaunchError('UNREACHABLE', 'cloudwatch does not answer')
    return go()
  }
}

test('a baseline that could not be read is remembered as missing, and asked for again when a check needs it', async () => {
  const world = await launchWorld(compared)
  const end = await world.drive({ tap: metricsAway(1) })
  expect(end).toMatchObject({ outcome: 'succeeded' })

  const captured = (await world.events()).filter((event) => event.type === 'baseline-captured')
  expect(captured).toMatchObject([
    { metrics: {}, missing: { requests: 'cloudwatch does not answer', errors: 'cloudwatch does not answer' } },
    { metrics: { requests: { count: 30, sum: 30_000 } } },
  ])
  // The same time before the launch, whenever it is asked for.
  expect(captured[1]?.window).toEqual(captured[0]?.window)
  expect((await world.state()).gates['closeout']?.checks).toMatchObject([
    {},
    { id: 'as-before', judgement: { verdict: 'pass' } },
  ])
})

test('a baseline that was read is not asked for again', async () => {
  const world = await launchWorld(compared)
  await world.drive()
  const captured = (await world.events()).filter((event) => event.type === 'baseline-captured')
  expect(captured).toHaveLength(1)
  expect(captured[0]).not.toHaveProperty('missing')
})

test('without its baseline a check is undecided for the reason, and the launch is not judged against nothing', async () => {
  const sheet = tinySheet
    .replace('errors: {', 'visits: { namespace: Tiny, name: Visits, lag: 1m }\n  errors: {')
    .replace(
      'ask: Is everybody told? }',
      'ask: Is everybody told? }, { kind: baseline, id: as-before, metric: visits, atLeast: 90% }',
    )
  const world = await launchWorld(tinyPlan(sheet))
  let before = 0
  const tap: Tap = async (call, go) => {
    const phase = Object.keys((await world.state().catch(() => null))?.phases ?? {}).at(-1)
    if (call === 'metrics' && (phase !== 'closeout' ? (before += 1) === 1 : true))
      throw new LaunchError('UNREACHABLE', 'cloudwatch does not answer')
    return go()
  }
  const end = await world.drive({ tap })
  expect(end).toMatchObject({
    outcome: 'held',
    why: expect.stringMatching(/no baseline of visits: cloudwatch does not answer/),
  })
})

const minute = 60_000
/** The run sheet of this repository: its canary compares two latencies, by a percentile and an average. */
const board = planOf()

/** What is journaled of a baseline whose questions are answered like this, and what was asked. */
async function captured(answer: (need: MetricNeed) => Finding | null, how = captureBaseline) {
  const world = await launchWorld()
  const session = await world.session()
  const asked: { readonly needs: readonly MetricNeed[]; readonly minutes: number }[] = []
  const ports = {
    ...session.ports,
    metrics: async (
      needs: readonly MetricNeed[],
      _environment: unknown,
      { from, to }: { from: number; to: number },
    ) => {
      asked.push({ needs, minutes: (to - from) / minute })
      return needs.flatMap((need) => answer(need) ?? [])
    },
  }
  await how(Object.assign(session, { plan: board, ports }), never)
  const events = (await world.events()).filter((event) => event.type === 'baseline-captured')
  return { asked: asked[0], events, session, world }
}
const now = epochMs(Date.UTC(2026, 11, 1, 18))
/** Of each version, one more sample in every minute of the half hour before. */
function halfHour(metric: string): Finding {
  const { periodMs = minute, lagMs = 0, variant = null } = board.metrics[metric] ?? {}
  const minutes: readonly Minute[] = Array.from({ length: 34 }, (_, n) => ({
    start: epochMs(now - (34 - n) * minute),
    count: 2,
    sum: 20,
    over: null,
  }))
  return seen({
    periodMs,
    lagMs,
    query: 'q',
    minutes: variant === null ? { all: minutes } : { control: minutes },
    alive: null,
  })
}
const quantile = (value: number | undefined, of: 'all' | 'control' = 'control') =>
  seen({ window: { from: now, to: now }, query: 'q', values: value === undefined ? {} : { [of]: value } })
const p = { p50: 90, p75: 171, p90: 304 } as { readonly [stat: string]: number }
/** What a provider that has everything says. */
function usual(need: MetricNeed): Finding {
  if (need.need === 'alarms') throw new Error('nobody asks for alarms')
  return need.need === 'window' ? quantile(p[need.stat]) : halfHour(need.metric)
}

test('what a canary is compared by has its usual quantiles asked for, of half an hour that has settled', async () => {
  const { asked, events } = await captured(usual)
  const slowest = Math.max(...Object.values(board.metrics).map(({ lagMs }) => lagMs))
  expect(asked?.minutes).toBe(30 + slowest / minute)
  const windows = (asked?.needs ?? []).flatMap((need) =>
    need.need === 'window' ? [`${need.metric} ${need.stat}`] : [],
  )
  expect(windows).toEqual(
    ['board-load', 'drawer-open'].flatMap((id) => ['p50', 'p75', 'p90'].map((stat) => `${id} ${stat}`)),
  )
  const series = (asked?.needs ?? []).flatMap((need) => (need.need === 'series' ? [need.metric] : []))
  expect(series).toEqual(Object.keys(board.metrics))
  const metrics = events[0]?.metrics ?? {}
  expect(metrics['board-load']).toMatchObject({ quantiles: [90, 171, 304] })
  expect(metrics['requests']).not.toHaveProperty('quantiles')
  expect(events[0]).not.toHaveProperty('missing')
  const { lagMs = 0 } = board.metrics['requests'] ?? {}
  const settled = 30 + (slowest - lagMs) / minute
  expect(metrics['requests']).toMatchObject({ count: 2 * settled, sum: 20 * settled })
})

test('quantiles are of everybody where the versions are not told apart, and are had all or not at all', async () => {
  const asking = (answer: (stat: string) => Finding) =>
    captured((need) => (need.need === 'window' ? answer(need.stat) : usual(need)))
  const quantilesIn = async (answer: (stat: string) => Finding) =>
    (await asking(answer)).events[0]?.metrics['board-load']?.quantiles
  expect(await quantilesIn((stat) => quantile(p[stat], 'all'))).toEqual([90, 171, 304])
  expect(await quantilesIn((stat) => quantile(stat === 'p75' ? undefined : p[stat]))).toBeUndefined()
  expect(await quantilesIn((stat) => (stat === 'p90' ? missing('no answer') : quantile(p[stat])))).toBeUndefined()
})

test('a metric without data is left out; one without an answer is missing for the reason', async () => {
  const { events } = await captured((need) => {
    if (need.need !== 'series') return quantile(1)
    if (need.metric === 'requests')
      return seen({ periodMs: minute, lagMs: 0, query: 'q', minutes: { all: [] }, alive: null })
    return need.metric === 'errors' ? missing('throttled') : usual(need)
  })
  expect(Object.keys(events[0]?.metrics ?? {})).not.toContain('requests')
  expect(events[0]?.missing).toEqual({ errors: 'throttled' })
  // A provider that answers fewer questions than it was asked.
  const short = await captured(() => null)
  expect(Object.values(short.events[0]?.missing ?? {})).toEqual(
    Object.keys(board.metrics).map(() => 'the provider did not answer this query'),
  )
})

test('a canary that is judged by thresholds compares nothing: no quantiles are asked for', async () => {
  const threshold = planOf((sheet) =>
    sheet.replace('extendUpTo: 3x, gate: canary', 'extendUpTo: 3x, judge: threshold, gate: canary'),
  )
  const { asked } = await captured(usual, async (session, signal) =>
    captureBaseline(Object.assign(session, { plan: threshold }), signal),
  )
  expect((asked?.needs ?? []).every(({ need }) => need === 'series')).toBe(true)
})

describe('what was missing', () => {
  /** A session whose baseline lacks errors and conflicts. */
  async function lacking(answer: (need: MetricNeed) => Finding) {
    const first = await captured((need) =>
      need.need === 'series' && ['errors', 'occ-conflicts'].includes(need.metric) ? missing('throttled') : usual(need),
    )
    const asked: string[] = []
    const metrics = async (needs: readonly MetricNeed[]) => {
      asked.push(...needs.flatMap((need) => (need.need === 'series' ? [need.metric] : [])))
      return needs.map(answer)
    }
    const { session, world } = first
    Object.assign(session, { ports: { ...session.ports, metrics } })
    const again = async (...wanted: readonly string[]) => {
      await captureMissing(new Set(wanted), session, never)
      return (await world.events()).filter((event) => event.type === 'baseline-captured').slice(1)
    }
    return { session, asked, again }
  }
  test('is asked for when it is wanted; the rest stays missing', async () => {
    const { again, asked } = await lacking(usual)
    expect(await again('requests')).toEqual([])
    expect(asked).toEqual([])
    const [found] = await again('errors', 'requests')
    expect(asked[0]).toBe('errors')
    expect(Object.keys(found?.metrics ?? {})).toEqual(['errors'])
    expect(found?.missing).toEqual({ 'occ-conflicts': 'throttled' })
  })

  test('is not journaled again when it is missing still', async () => {
    const { again, asked } = await lacking(() => missing('throttled again'))
    expect(await again('errors')).toEqual([])
    expect(asked[0]).toBe('errors')
  })

  test('waits for no journal, and hides no fault', async () => {
    const { session } = await lacking(usual)
    const failing = (trouble: Error): Session => ({ ...session, record: async () => Promise.reject(trouble) })
    const away = new LaunchError('UNREACHABLE', 'the state is away')
    const wanted = new Set(['errors'])
    await expect(captureMissing(wanted, failing(away), never)).resolves.toBeUndefined()
    const fault = new TypeError('no such field')
    await expect(captureMissing(wanted, failing(fault), never)).rejects.toBe(fault)
    await expect(
      captureMissing(wanted, { ...session, state: { ...session.state, baseline: null } }, never),
    ).resolves.toBeUndefined()
  })
})
