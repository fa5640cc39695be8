import { expect, test } from 'vitest'
import { alreadyBreaching } from '../../src/core/already-breaching.ts'
import { epochMs } from '../../src/core/brand.ts'
import type { CheckResult, Happening } from '../../src/core/event.ts'
import type { ForwardEffect } from '../../src/core/flag-guard.ts'
import { result, type JournalBuilder } from '../support/journal-builder.ts'
import {
  baking,
  begun,
  flagAt,
  lookedAt,
  plan,
  plannedStep,
  readyToRaise,
  stateOf,
  verdictOf,
  worldAt,
} from '../support/core-launch.ts'

const raise: ForwardEffect = { type: 'raise-flag', step: plannedStep('rollout/canary'), percent: 10 }
const deploy: ForwardEffect = { type: 'run-step', step: plannedStep('rollout/deploy') }
const key = 'rollout/canary@0'
const minute = 60_000

function before(told: JournalBuilder, effect = raise, more = {}, isConfirmed = true) {
  return alreadyBreaching(plan, stateOf(told.events), effect, worldAt(told.now(), more), isConfirmed)
}

function judged(verdict: 'pass' | 'fail' | 'unknown', told = readyToRaise()) {
  told.add(verdictOf(told, key, verdict))
  return told
}

test('the old version is looked at by the gate of the canary, over its last 15 minutes, before the deploy and the first raise', () => {
  const told = begun()
  for (const effect of [deploy, raise])
    expect(before(told, effect)).toMatchObject({
      type: 'look',
      look: {
        gate: { id: 'slo' },
        key,
        phase: 'rollout',
        stage: null,
        watch: true,
        window: { from: told.now() - 15 * minute, to: told.now() },
      },
    })
})

test('minutes before the flag was turned off are not those of the old version alone', () => {
  const told = readyToRaise()
  const off = (at: number) => ({ flag: flagAt(0, { latched: true, updatedAt: epochMs(at) }) })
  expect(before(told, raise, off(told.now() - 4 * minute))).toMatchObject({
    look: { window: { from: told.now() - 4 * minute, to: told.now() } },
  })
  expect(before(told, raise, off(told.now() - 99 * minute))).toMatchObject({
    look: { window: { from: told.now() - 15 * minute } },
  })
  // A clock that goes ahead makes no window that ends before it begins.
  expect(before(told, raise, off(told.now() + minute))).toMatchObject({
    look: { window: { from: told.now(), to: told.now() } },
  })
})

test.each(['pass', 'unknown'] as const)('%s does not stand in the way', (verdict) => {
  const told = judged(verdict)
  expect(before(told, raise, { looks: lookedAt(told.now(), key) })).toBeNull()
  expect(before(told, deploy, { looks: lookedAt(told.now(), key) })).toBeNull()
})

test('a build has no canary before it, a deploy that comes after it none behind', () => {
  const told = begun()
  const of = (id: string) => before(told, { type: 'run-step', step: plannedStep(id) })
  expect(of('staging/build')).toMatchObject({ look: { key } })
  expect(of('rollout/canary')).toBeNull()
  expect(of('verify/monitor')).toBeNull()
})

test('says of every check that failed what it saw, in its unit, and of no other', () => {
  const told = begun()
  const judgedChecks = (checks: readonly CheckResult[]) =>
    told.add({ ...verdictOf(told, key, 'fail'), checks } as Happening)
  const failed = { verdict: 'fail', why: 'it is fail' } as const
  judgedChecks([
    result('errors', 'ratio', 'errors < 1%', { ...failed, observed: 0.032, limit: 0.01, unit: 'share' }),
    result('alarms', 'alarms', 'no alarm', { ...failed, observed: 'ALARM', limit: 'OK' }),
    result('mean', 'average', 'mean < 1 s', { ...failed, observed: 2, limit: null }),
    result('p95', 'percentile', 'p95 < 1 s', { verdict: 'pass', why: 'fine', observed: 3, limit: 4 }),
  ])
  const stopped = before(told, deploy, { looks: lookedAt(told.now(), key) })
  expect(stopped).toMatchObject({
    why: expect.stringContaining(
      '(errors < 1%: 3.2%, limit 1%; no alarm: ALARM, limit OK; mean < 1 s: it is fail): nothing could be told',
    ),
  })
  expect(stopped).toMatchObject({
    why: expect.stringMatching(
      /with launch waive slo@0\/errors --reason "…" and launch waive \S+\/alarms --reason "…" and launch waive \S+\/mean --reason "…"$/,
    ),
  })
})

test('a fail stops the launch before it changes production, and says what to waive', () => {
  const told = begun()
  judged('fail', told)
  expect(before(told, deploy, { looks: lookedAt(told.now(), key) })).toEqual({
    type: 'done',
    outcome: 'refused',
    why: 'the old version is outside its limits already (errors / requests < 1%: it is fail): nothing could be told about the new one; mend that first, or go on with launch waive slo@0/errors --reason "…"',
  })
})

test('a fail after the deploy holds: production has the files, and nobody the new version', () => {
  const told = judged('fail')
  expect(before(told, raise, { looks: lookedAt(told.now(), key) })).toMatchObject({ type: 'done', outcome: 'held' })
})

test('another process looks for itself, and so does one whose last look is older than what it saw', () => {
  const told = judged('fail')
  expect(before(told)).toMatchObject({ type: 'look' })
  const passed = judged('pass')
  const ago = (ms: number) => ({ looks: lookedAt(passed.now() - ms, key) })
  expect(before(passed, raise, ago(15 * minute - 1))).toBeNull()
  expect(before(passed, raise, ago(15 * minute))).toMatchObject({ type: 'look' })
})

test('while a person is asked nothing is looked at behind the question', () => {
  const told = judged('pass')
  expect(before(told, raise, { looks: lookedAt(told.now() - 99 * minute, key) }, false)).toBeNull()
})

test('once users may see the new version its stages are what counts', () => {
  expect(before(baking(10))).toBeNull()
})
