import { expect, test } from 'vitest'
import type { EventOf } from '../../src/core/event.ts'
import { missing } from '../../src/core/evidence.ts'
import { asExposed, bakeOf, rolloutOf } from '../../src/core/rollout.ts'
import { begun, stateOf, verdictOf } from '../support/core-launch.ts'

const rules = { stages: [10, 50, 100], bakeMs: 600_000, extendUpTo: 3 }
const step = { id: 'rollout/canary' }

test('a stage is judged with what the last look at each stage before it saw, and no other gate', () => {
  const told = begun()
  const seen = (percent: number, why: string) => {
    const happening = verdictOf(told, `rollout/canary@${percent}`, 'pass', { stage: percent }) as EventOf<'gate-judged'>
    told.add({ ...happening, evidence: { need: missing(why) } }).after('10m')
  }
  seen(10, 'first')
  seen(10, 'last')
  seen(50, 'own')
  told.add(verdictOf(told, 'slo', 'pass'))
  const rollout = rolloutOf(rules, step, 50, stateOf(told.events))
  expect(rollout).toMatchObject({ ...rules, percent: 50, quantiles: {} })
  expect(rollout.left).toMatchObject([{ percent: 10, evidence: { need: missing('last') } }])
  expect(rolloutOf(rules, step, 10, stateOf(told.events)).left).toEqual([])
  // Only a canary's stages keep what they saw.
  expect(stateOf(told.events).gates['slo']).not.toHaveProperty('evidence')
})

test('every stage bakes alike, unless the last one has a time of its own', () => {
  const longer = { ...rules, lastBakeMs: 1_800_000 }
  expect(rules.stages.map((percent) => bakeOf(rules, percent))).toEqual([600_000, 600_000, 600_000])
  expect(longer.stages.map((percent) => bakeOf(longer, percent))).toEqual([600_000, 600_000, 1_800_000])
  // Also where the last stage is less than everybody, because some are held back.
  const rollout = rolloutOf(longer, step, 100, stateOf(begun().events), {
    include: [],
    exclude: [],
    holdbackPercent: 2,
  })
  expect(bakeOf(rollout, rollout.percent)).toBe(1_800_000)
})

test('its cut points are the quantiles from before the launch, where they are known', () => {
  const told = begun()
  const window = { from: told.now(), to: told.now() }
  told.add({
    type: 'baseline-captured',
    window,
    metrics: { load: { count: 9, sum: 900, quantiles: [90, 171, 304] }, errors: { count: 9, sum: 1 } },
  })
  expect(rolloutOf(rules, step, 10, stateOf(told.events)).quantiles).toEqual({ load: [90, 171, 304] })
})

test('with users held back its last stage is not everybody: the judge still has an old version to compare with', () => {
  const told = begun()
  const audience = { include: [], exclude: [], holdbackPercent: 2 }
  const happening = verdictOf(told, 'rollout/canary@50', 'pass', { stage: 50 }) as EventOf<'gate-judged'>
  told.add({ ...happening, evidence: { need: missing('seen') } })
  const rollout = rolloutOf(rules, step, 100, stateOf(told.events), audience)
  expect(rollout).toMatchObject({ stages: [10, 50, 98], percent: 98, left: [{ percent: 50 }] })
  expect(asExposed(rules, audience).stages).toEqual([10, 50, 98])
})
