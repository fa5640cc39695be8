import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { maxUnattendedMs, plannedStages, unattended } from '../../src/core/unattended.ts'
import { baking, plan, readyToRaise, stateOf } from '../support/core-launch.ts'
import type { JournalBuilder } from '../support/journal-builder.ts'
import { tinyPlan, tinySheet } from '../support/launch-world.ts'

const minute = 60_000
const at = (told: JournalBuilder, minutes: number, of = plan) =>
  unattended(of, stateOf(told.events), told.events, epochMs(told.now() + minutes * minute))
const left = (told: JournalBuilder, percent: number) =>
  told.add({ type: 'stage-left', step: 'rollout/canary', percent, verdict: 'pass', why: '' })

test('a canary nobody wrote about for fifteen minutes is unattended, not a second sooner', () => {
  const told = baking()
  expect(at(told, 15)).toMatchObject({ percent: 10, since: told.now(), by: told.events[0]?.actor.name, overdue: true })
  expect(at(told, 14.999)).toMatchObject({ overdue: false })
})

test('the time is the one of the run sheet', () => {
  const patient = tinyPlan(tinySheet.replace('every: 30s,', 'every: 30s, maxUnattended: 2h,'))
  expect(at(baking(), 119, patient)).toMatchObject({ overdue: false })
  expect(at(baking(), 120, patient)).toMatchObject({ overdue: true })
  const [step] = patient.phases.flatMap((phase) => phase.steps.filter(({ kind }) => kind === 'canary'))
  if (!step) throw new Error('no canary')
  expect(maxUnattendedMs(step)).toBe(120 * minute)
  expect(maxUnattendedMs({ ...step, spec: null })).toBe(15 * minute)
  expect(plannedStages(step)).toEqual([10, 100])
})

test('a remark is no care for the canary; a request, a look and a beat are', () => {
  const remarked = baking().after('10m').add({ type: 'noted', text: 'coffee' })
  expect(at(remarked, 5)).toMatchObject({ overdue: true })
  const asked = baking().after('10m').add({ type: 'canary-asked', ask: 'pause', stage: 10, reason: '' })
  expect(at(asked, 5)).toMatchObject({ overdue: false })
  const awaited = baking().after('10m').add({ type: 'people-awaited', question: 'held' })
  expect(at(awaited, 5)).toMatchObject({ overdue: false })
})

test('users between two stages are as alone as in one; after the last stage nothing is half-way', () => {
  expect(at(left(baking(), 10), 60)).toMatchObject({ percent: 10, overdue: true })
  expect(at(left(baking(100, left(baking(), 10)), 100), 60)).toBeNull()
})

test('nobody is looked for where users see nothing, or where it is over, rolled back or left on purpose', () => {
  expect(at(readyToRaise(), 60)).toBeNull()
  expect(at(baking().add({ type: 'launch-ended', outcome: 'failed', why: '' }), 60)).toBeNull()
  const found = { type: 'rollback-found', writeId: 'x', by: 'b', since: epochMs(0), reason: '' } as const
  expect(at(baking().add(found), 60)).toBeNull()
  const kept = baking().add({ type: 'left-held', percent: 10, why: 'no data' })
  expect(at(kept, 60)).toBeNull()
  expect(at(kept.add({ type: 'noted', text: 'still so' }), 60)).toBeNull()
  const driven = kept.add({ type: 'stage-resumed', step: 'rollout/canary', percent: 10, why: '' })
  expect(at(driven, 60)).toMatchObject({ overdue: true })
})
