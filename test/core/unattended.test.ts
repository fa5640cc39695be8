import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { lastDriven, maxUnattendedMs, plannedStages, unattended } from '../../src/core/unattended.ts'
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

test('a driver that lives is never taken for dead, however little patience the run sheet has', () => {
  const hasty = tinyPlan(tinySheet.replace('every: 30s,', 'every: 30s, maxUnattended: 5s,'))
  expect(at(baking(), 1, hasty)).toMatchObject({ overdue: false })
  expect(at(baking(), 2.5, hasty)).toMatchObject({ overdue: true })
  const seldom = tinyPlan(tinySheet.replace('every: 30s,', 'every: 20m,'))
  expect(at(baking(), 40, seldom)).toMatchObject({ overdue: false })
  expect(at(baking(), 42, seldom)).toMatchObject({ overdue: true })
})

test('a remark is no care for the canary; a request, a look and a beat are', () => {
  const remarked = baking().after('10m').add({ type: 'noted', text: 'coffee' })
  expect(at(remarked, 5)).toMatchObject({ overdue: true })
  const asked = baking().after('10m').add({ type: 'canary-asked', ask: 'pause', stage: 10, reason: '' })
  expect(at(asked, 5)).toMatchObject({ overdue: false })
  const awaited = baking().after('10m').add({ type: 'people-awaited', question: 'held' })
  expect(at(awaited, 5)).toMatchObject({ overdue: false })
})

test('an abort that no driver carries out counts as left alone as soon as none can be alive, however often it is asked for', () => {
  const abort = { type: 'canary-asked', ask: 'abort', stage: 10, reason: '' } as const
  const asked = baking().after('1m').as('Ana').add(abort)
  const since = asked.now()
  expect(at(asked, 2)).toMatchObject({ aborted: true, overdue: false })
  expect(at(asked.after('2m').as('Ben').add(abort), 0.5)).toMatchObject({
    since,
    by: 'Ana',
    aborted: true,
    overdue: true,
  })
  // Also one that had been left on purpose: somebody has decided since.
  const kept = baking().add({ type: 'left-held', percent: 10, why: 'no data' }).after('1h').add(abort)
  expect(at(kept, 3)).toMatchObject({ aborted: true, overdue: true })
})

test('an abort that somebody took back, or that a driver has heard, is none', () => {
  const ask = (what: 'abort' | 'resume') => ({ type: 'canary-asked', ask: what, stage: 10, reason: '' }) as const
  expect(at(baking().add(ask('abort')).add(ask('resume')), 5)).toMatchObject({ aborted: false, overdue: false })
  const heard = baking().add(ask('abort')).add({ type: 'people-awaited', question: 'held' })
  expect(at(heard, 5)).toMatchObject({ aborted: false, overdue: false })
})

test('who drives is whoever wrote last as a driver, not who asked or remarked', () => {
  const driven = baking()
  const last = driven.events.at(-1)
  const told = driven
    .after('1m')
    .as('Ana')
    .add({ type: 'noted', text: 'coffee' })
    .add({ type: 'canary-asked', ask: 'abort', stage: 10, reason: '' })
  expect(lastDriven(told.events)).toEqual(last)
  expect(lastDriven([])).toBeUndefined()
})

test.each([
  { type: 'approved', role: 'qa-lead', note: '', binding: { commit: 'c', artifact: null, plan: 'p' as never } },
  { type: 'blocker-raised', blocker: 1, severity: 'low', text: '' },
  { type: 'blocker-cleared', blocker: 1, note: '' },
  { type: 'issue-noted', severity: 'low', text: '' },
  { type: 'go-decided', decision: 'go', note: '', via: '' },
  { type: 'waived', gate: 'slo', check: '', reason: '' },
  { type: 'step-resolved', step: 's', attempt: 'a', did: 'run', note: '' },
] as const)('$type is no care for the canary either', (remark) => {
  const told = baking()
  const since = told.now()
  expect(at(told.after('10m').as('Ana').add(remark), 5)).toMatchObject({ since, overdue: true })
})

test('what users get while a stage is on its way is what the stage before gave them', () => {
  const raise = {
    type: 'flag-intended',
    step: 'rollout/canary',
    percent: 100,
    writeId: 'w',
    serial: 1,
    base: null,
  } as const
  expect(at(left(baking(), 10).add(raise), 60)).toMatchObject({ percent: 10 })
  // The first stage: whether it got through is not known.
  expect(at(readyToRaise().add({ ...raise, percent: 10 }), 60)).toMatchObject({ percent: 10 })
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
