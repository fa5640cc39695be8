import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import type { RecordedMinute } from '../../src/core/recorded.ts'
import {
  eventsOf,
  imaginedLaunch,
  recordedQuantiles,
  replayable,
  sampledMetrics,
  seriesNeeds,
  slowest,
  stepOf,
} from '../../src/engine/imagined-launch.ts'
import { at, canaryOf, everybodys, planOf, quiet } from '../support/backtests.ts'
import { tinyPlan, tinySheet } from '../support/launch-world.ts'

const plan = planOf()
const step = canaryOf(plan)

test('a gate is tried on what has a past: a check that asks a person or a page is left out, and named', () => {
  const asking = tinySheet.replace(
    'below: 1% }]',
    'below: 1% }, { kind: confirm, id: calm, ask: Is it calm? }, { kind: http, id: up, health: true }]',
  )
  const sheet = tinyPlan(asking)
  const found = replayable(sheet, canaryOf(sheet))
  expect(found.leftOut.map(({ id }) => id)).toEqual(['calm', 'up'])
  expect(found.step.gate?.checks.map(({ id }) => id)).toEqual(['errors'])
  expect(stepOf(found.plan, found.step.id)).toEqual(found.step)
  expect(stepOf(found.plan, 'nowhere/canary')).toBeNull()
})

test('latencies are sampled, counters of events are not; errors are a share of requests', () => {
  expect([...sampledMetrics(step.gate)].toSorted()).toEqual(['board-load', 'drawer-open'])
  expect([...sampledMetrics(null)]).toEqual([])
  expect(eventsOf(step.gate, 'errors')).toBe('requests')
  expect(eventsOf(step.gate, 'requests')).toBeNull()
  expect(eventsOf(null, 'errors')).toBeNull()
})

test('the baseline of a launch that never was is the settled half hour before it, of every metric that has minutes there', () => {
  const { requests, 'board-load': loads } = everybodys(30)
  if (!requests || !loads) throw new Error('no such metric')
  const begins = epochMs(at(0))
  const state = imaginedLaunch(
    plan,
    { requests, 'board-load': loads, errors: { told: false, all: new Map() } },
    begins,
    {
      'board-load': [90, 304],
      'drawer-open': [120],
    },
  )
  const { lagMs } = plan.metrics['requests'] ?? { lagMs: 0 }
  const minutes = Math.floor((30 * 60_000 + slowest(plan) - lagMs) / 60_000)
  expect(state.baseline?.window).toEqual({ from: begins - 30 * 60_000 - slowest(plan), to: begins })
  expect(state.baseline?.metrics).toMatchObject({
    requests: { count: minutes, sum: minutes * (quiet.requests ?? 0) },
    'board-load': { count: expect.any(Number), quantiles: [90, 304] },
    // Nothing was measured, and what was counted above is known all the same.
    'drawer-open': { count: 0, sum: 0, quantiles: [120] },
  })
  expect(state.baseline?.metrics).not.toHaveProperty('errors')
  expect(state.flag).toBeNull()
})

test('cut points are those that every minute of a latency was counted above and that three digits can name', () => {
  const minute = (
    start: number,
    over: RecordedMinute['over'],
    count = 10,
  ): readonly [ReturnType<typeof epochMs>, RecordedMinute] => [
    epochMs(start),
    { start: epochMs(start), count, sum: 1000, over },
  ]
  const all = new Map([
    minute(0, { '800': 1, '90': 5, '304.5': 2, '1200': 0 }),
    minute(60_000, { '800': 2, '90': 6, '304.5': 3 }),
    minute(120_000, {}, 0),
  ])
  const told = { told: false, all } as const
  expect(recordedQuantiles({ load: told, other: told }, new Set(['load', 'missing']))).toEqual({ load: [90, 800] })
  expect(recordedQuantiles({ load: { told: false, all: new Map() } }, new Set(['load']))).toEqual({})
})

test('what a look at any stage will ask for is known before: every metric of the gate, and the heartbeats of sparse ones', () => {
  const before = imaginedLaunch(plan, everybodys(1), epochMs(at(0)), {})
  const asked = new Set(seriesNeeds(plan, step, before).map(({ metric }) => metric))
  expect([...asked].toSorted()).toEqual(expect.arrayContaining(['board-load', 'errors', 'requests']))
  const { gate } = step
  const conflicts = gate && { ...gate, checks: gate.checks.filter(({ id }) => id === 'conflicts') }
  const vouched = seriesNeeds(plan, { ...step, gate: conflicts }, before).map(({ metric }) => metric)
  expect(new Set(vouched)).toEqual(new Set(['occ-conflicts', 'requests']))
  expect(seriesNeeds(plan, { ...step, gate: null }, before)).toEqual([])
})
