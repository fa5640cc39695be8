import { expect, test } from 'vitest'
import { reduceCanary } from '../../src/core/reduce-canary.ts'
import { stageNow } from '../../src/core/state.ts'
import { baking, readyToRaise, stateOf, verdictOf } from '../support/core-launch.ts'

const step = 'rollout/canary'
const stageOf = (told: ReturnType<typeof baking>) => stageNow(stateOf(told.events), step)

test('a stage moves from its intent over the write and the edge to baking, held and left', () => {
  const told = readyToRaise()
  expect(stageOf(told)).toBeNull()
  told.add({ type: 'flag-intended', step, percent: 10, writeId: 'w', serial: 5, base: null })
  expect(stageOf(told)).toMatchObject({ status: 'shifting', writeId: 'w' })
  told.add({ type: 'flag-set', percent: 10, writeId: 'w', serial: 5, ackedMs: 1 })
  expect(stageOf(told)).toMatchObject({ status: 'set', serial: 5 })
  told.after('2s').add({ type: 'flag-confirmed', percent: 10, serial: 5, edgeMs: 2000 })
  expect(stageOf(told)).toMatchObject({ status: 'baking', since: told.now(), startedAt: told.now() - 2000 })
  const since = told.now()
  told.after('1m').add({ type: 'stage-held', step, percent: 10, why: 'x', until: told.now() })
  expect(stageOf(told)).toMatchObject({ status: 'held', since, heldAt: told.now() })
  told.add({ type: 'stage-resumed', step, percent: 10, why: 'x' })
  expect(stageOf(told)).toMatchObject({ status: 'baking', since })
  told.add({ type: 'stage-left', step, percent: 10, verdict: 'pass', why: 'x' })
  expect(stageOf(told)).toMatchObject({ status: 'left', verdict: 'pass' })
})

test('a stage keeps what is known of it on its way, and nothing else', () => {
  const told = readyToRaise()
  const startedAt = told.now()
  const flag = { percent: 10, serial: 5, writeId: 'w' }
  const stage = { percent: 10, startedAt }
  told.add({ type: 'flag-intended', step, base: null, ...flag })
  expect(stageOf(told)).toEqual({ status: 'shifting', ...stage, writeId: 'w', serial: 5 })
  const at = told.after('1s').now()
  told.add({ type: 'flag-set', ackedMs: 1, ...flag })
  expect(stageOf(told)).toEqual({ status: 'set', ...stage, serial: 5 })
  expect(stateOf(told.events).flag).toEqual({ ...flag, at, confirmedAt: null })
  const since = told.after('1s').now()
  told.add({ type: 'flag-confirmed', percent: 10, serial: 5, edgeMs: 1 })
  expect(stageOf(told)).toEqual({ status: 'baking', ...stage, since })
  expect(stateOf(told.events).flag).toEqual({ ...flag, at, edgeMs: 1, confirmedAt: since })
  const until = told.after('1s').now()
  told.add({ type: 'stage-held', step, percent: 10, why: 'x', until })
  expect(stageOf(told)).toEqual({ status: 'held', ...stage, since, why: 'x', heldAt: until, until })
  // Held anew for another reason, its evidence still counts from where it did.
  told.after('1s').add({ type: 'stage-held', step, percent: 10, why: 'y', until })
  expect(stageOf(told)).toEqual({ status: 'held', ...stage, since, why: 'y', heldAt: told.now(), until })
  told.add({ type: 'stage-resumed', step, percent: 10, why: '' })
  expect(stageOf(told)).toEqual({ status: 'baking', ...stage, since })
  told.after('1s').add({ type: 'stage-left', step, percent: 10, verdict: 'unproven', why: 'z' })
  expect(stageOf(told)).toEqual({ status: 'left', ...stage, endedAt: told.now(), verdict: 'unproven', why: 'z' })
})

test('only the newest stage moves, also where an older one had the same percent', () => {
  const told = baking().add({ type: 'stage-left', step, percent: 10, verdict: 'pass', why: 'first' })
  const first = stageOf(told)
  told.after('1m')
  told.add({ type: 'flag-intended', step, percent: 10, writeId: 'w2', serial: 20, base: null })
  told.add({ type: 'flag-set', percent: 10, writeId: 'w2', serial: 20, ackedMs: 1 })
  expect(stateOf(told.events).stages[step]).toEqual([first, expect.objectContaining({ status: 'set', serial: 20 })])
})

test('a promotion that is asked for on a fail is not even remembered; after another look it is', () => {
  const asked = (verdict: 'pass' | 'fail' | 'unknown', ask: 'promote' | 'abort' = 'promote') => {
    const told = baking()
    told.add(verdictOf(told, `${step}@10`, verdict, { stage: 10 }), {
      type: 'canary-asked',
      ask,
      stage: 10,
      reason: '',
    })
    return stateOf(told.events).ask?.ask ?? null
  }
  expect([asked('fail'), asked('unknown'), asked('pass'), asked('fail', 'abort')]).toEqual([
    null,
    'promote',
    'promote',
    'abort',
  ])
})

test('an intent that is written again replaces the one before, a foreign write moves nothing', () => {
  const told = readyToRaise().add(
    { type: 'flag-intended', step, percent: 10, writeId: 'w', serial: 5, base: null },
    { type: 'flag-intended', step, percent: 10, writeId: 'w', serial: 9, base: null },
  )
  expect(stateOf(told.events).stages[step]).toHaveLength(1)
  told.add({ type: 'flag-set', percent: 10, writeId: 'other', serial: 9, ackedMs: 1 })
  expect(stageOf(told)).toMatchObject({ status: 'shifting', serial: 9 })
})

test('what is late or about another stage changes nothing', () => {
  const told = baking().add({ type: 'stage-left', step, percent: 10, verdict: 'pass', why: 'x' })
  const left = stageOf(told)
  told.add(
    { type: 'stage-held', step, percent: 10, why: 'y', until: told.now() },
    { type: 'stage-left', step, percent: 10, verdict: 'unproven', why: 'y' },
    { type: 'flag-confirmed', percent: 100, serial: 1, edgeMs: 1 },
  )
  expect(stageOf(told)).toEqual(left)
})

test('a request stands until a stage answers it', () => {
  const told = baking().as('Ana').add({ type: 'canary-asked', ask: 'pause', stage: 10, reason: 'lunch' })
  expect(stateOf(told.events).ask).toMatchObject({ ask: 'pause', stage: 10, reason: 'lunch', by: 'Ana' })
  const [answer] = told
    .add({ type: 'stage-held', step, percent: 10, why: 'paused by Ana', until: told.now() })
    .events.slice(-1)
  if (answer?.type !== 'stage-held') throw new Error('not held')
  expect(reduceCanary(stateOf(told.events.slice(0, -1)), answer).ask).toBeNull()
})
