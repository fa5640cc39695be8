import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import type { Happening } from '../../src/core/event.ts'
import { overriding } from '../../src/core/overriding.ts'
import type { World } from '../../src/core/step.ts'
import { stepKind } from '../../src/steps/registry.ts'
import { baking, begun, flagAt, latch, plan, readyToRaise, stateOf, worldAt } from '../support/core-launch.ts'

type Told = ReturnType<typeof begun>
const over = (told: Told, more: Partial<World> = {}) =>
  overriding(plan, stateOf(told.events), worldAt(told.now(), more), stepKind)
const rolledBack = (
  more: Partial<Extract<Happening, { type: 'rolled-back' }>['result']> = {},
  trigger = 'gate',
): Happening => ({
  type: 'rolled-back',
  writeId: 'off',
  trigger,
  result: {
    kind: 'emergency',
    reason: 'errors',
    by: 'ci',
    outcome: 'restored',
    ackedMs: 1,
    readBackMs: 1,
    edgeMs: 1,
    verified: true,
    detail: '',
    ...more,
  },
})
const found: Happening = { type: 'rollback-found', writeId: 'l', by: 'bob', since: epochMs(0), reason: 'saw errors' }
const ended = (why: string, outcome = 'rolled-back') => ({
  type: 'record',
  happening: { type: 'launch-ended', outcome, why },
})

test('a launch that nothing speaks against goes on with its plan', () => {
  expect(over(begun())).toBeNull()
  expect(over(baking(), { flag: flagAt(10) })).toBeNull()
})

test('a launch that was rolled back ends so, and says who did it: a person, or the launch itself and why', () => {
  const off = { flag: latch('off') }
  expect(over(baking().add(rolledBack({ by: 'bob' }, 'operator')), off)).toEqual(ended('rolled back by bob: errors'))
  expect(over(baking().add(rolledBack()), off)).toEqual(
    ended('rolled back by the launch itself (gate), driven by ci: errors'),
  )
  expect(over(baking().add(found), off)).toEqual(ended('rolled back by bob at 1970-01-01T00:00:00Z: saw errors'))
})

test('a rollback that failed ends the launch as failed, for a person to look at', () => {
  const told = baking().add(rolledBack({ outcome: 'failed' }, 'operator'))
  expect(over(told, { flag: latch('off') })).toEqual(ended('rolled back by ci: errors', 'failed'))
  told.add({ type: 'launch-ended', outcome: 'failed', why: 'w' })
  expect(over(told, { flag: latch('off') })).toEqual({ type: 'done', outcome: 'failed', why: 'w' })
})

test('a deploy that an emergency rollback cut off is undone by whoever finds it, and it is said whose rollback that was', () => {
  const cutOff = () => begun({ type: 'step-intended', step: 'rollout/deploy', attempt: 'a' })
  const undo = (reason: string) => ({
    type: 'effect',
    effect: { type: 'roll-back', kind: 'full', reason, trigger: 'step' },
  })
  expect(over(cutOff().add(rolledBack()))).toEqual(undo('rollout/deploy was cut off, and ci rolled back: errors'))
  expect(over(cutOff().add(found))).toEqual(undo('rollout/deploy was cut off, and bob rolled back: saw errors'))
  expect(over(cutOff().add(rolledBack({ kind: 'full' })))).toMatchObject({ happening: { type: 'launch-ended' } })
})

test('a full rollback that failed is finished by whoever goes on after somebody turned the flag off as well', () => {
  const failed = () => baking().add(rolledBack({ kind: 'full', outcome: 'failed' }, 'monitor'))
  const off = { flag: latch('off') }
  expect(over(failed(), off)).toMatchObject({ happening: { type: 'launch-ended', outcome: 'failed' } })
  const again = failed().add({ type: 'launch-ended', outcome: 'failed', why: 'w' }).add(rolledBack({}, 'operator'))
  expect(over(again, off)).toEqual({
    type: 'effect',
    effect: {
      type: 'roll-back',
      kind: 'full',
      reason: 'a full rollback was cut off, and ci rolled back: errors',
      trigger: 'step',
    },
  })
  again.add(rolledBack({ kind: 'full' }, 'step'))
  expect(over(again, off)).toMatchObject({ happening: { type: 'launch-ended', outcome: 'rolled-back' } })
})

test('a flag that is up after a rollback is looked at again for five seconds, then turned off', () => {
  const told = baking().add(rolledBack())
  const up = { flag: flagAt(30, { launch: stateOf(told.events).id }) }
  const look = { type: 'wait', until: told.now() + 1000, why: 'looking whether the flag is off' }
  expect(over(told, up)).toEqual(look)
  expect(over(told.after('4999ms'), up)).toMatchObject({ type: 'wait', until: told.now() + 1000 })
  expect(over(told.after('1ms'), up)).toEqual({
    type: 'effect',
    effect: {
      type: 'roll-back',
      kind: 'emergency',
      reason: 'the flag is at 30 % after a rollback: errors',
      trigger: 'flag',
    },
  })
  for (const flag of [flagAt(0, { launch: stateOf(told.events).id }), flagAt(30, { launch: 'other' }), latch('off')])
    expect(over(told, { flag })).toMatchObject({ happening: { type: 'launch-ended' } })
})

test('a latch of somebody else is found once production was touched, whoever set it and whatever they wrote', () => {
  expect(over(begun(), { flag: latch() })).toBeNull()
  const at = latch()
  const since = at.status === 'present' ? at.flag.updatedAt : null
  expect(over(baking(), { flag: at })).toEqual({
    type: 'record',
    happening: { type: 'rollback-found', writeId: 'latch', by: 'on-call', since, reason: 'errors' },
  })
})

test('events of a newer version are named, each once', () => {
  const state = { ...stateOf(begun().events), unknownTypes: ['a', 'b', 'a'] }
  expect(overriding(plan, state, worldAt(0), stepKind)).toEqual({
    type: 'done',
    outcome: 'superseded',
    code: 'JOURNAL_VERSION',
    why: 'the journal has events of a newer launch that this one does not know: a, b',
  })
})

test('a full journal stops the launch: held where users see something of it, refused where not', () => {
  const full = (told: Told, n: number, more: Partial<World> = {}) =>
    overriding(plan, { ...stateOf(told.events), n }, worldAt(told.now(), more), stepKind)
  const why = 'the journal of this launch is full (5000 events, 5000 are the most): nothing moves forward any more'
  expect(full(begun(), 4999)).toBeNull()
  expect(full(begun(), 5000)).toEqual({ type: 'done', outcome: 'refused', why: `${why}; begin again with --new` })
  expect(full(baking(), 5000, { flag: flagAt(10) })).toEqual({
    type: 'done',
    outcome: 'held',
    why: `${why}; launch rollback emergency, or begin again with --new`,
  })
})

test('a no-go says who said it, and why where they did', () => {
  const no = (note: string): Happening => ({ type: 'go-decided', decision: 'no-go', note, via: 'x' })
  expect(over(begun().as('Ana').add(no('not today')))).toEqual(ended('no-go by Ana: not today', 'declined'))
  expect(over(begun().as('Ana').add(no('')))).toEqual(ended('no-go by Ana', 'declined'))
  expect(over(baking().as('Ana').add(no('')), { flag: flagAt(10) })).toEqual({
    type: 'effect',
    effect: { type: 'roll-back', kind: 'emergency', reason: 'no-go by Ana', trigger: 'operator' },
  })
})

test('a flag that this launch set and that is gone, broken or somebody else’s stops it, and is named', () => {
  const set = 'this launch had set it to 10 %'
  expect(over(baking(), { flag: { status: 'absent' } })).toEqual({
    type: 'done',
    outcome: 'held',
    why: `the flag document is gone; ${set}`,
  })
  expect(over(baking(), { flag: { status: 'malformed', why: 'not JSON', version: 'x' as never } })).toEqual({
    type: 'done',
    outcome: 'held',
    why: `the flag document cannot be understood: not JSON; ${set}`,
  })
  const others = (launch: string | null) => flagAt(50, { writeId: 'x', updatedBy: 'bob', launch })
  expect(over(baking(), { flag: others(null) })).toEqual({
    type: 'done',
    outcome: 'superseded',
    why: `the flag was set to 50 % by bob; ${set}`,
  })
  expect(over(baking(), { flag: others('L2') })).toMatchObject({
    why: `the flag was set to 50 % by bob in launch L2; ${set}`,
  })
  expect(over(baking(), { flag: null })).toBeNull()
  expect(over(readyToRaise(), { flag: others(null) })).toBeNull()
})

test('a raise whose outcome was not written down is this launch’s own', () => {
  const told = baking().add(
    { type: 'stage-left', step: 'rollout/canary', percent: 10, verdict: 'pass', why: '' },
    { type: 'flag-intended', step: 'rollout/canary', percent: 100, writeId: 'w100', serial: 100, base: null },
  )
  expect(over(told, { flag: flagAt(100) })).toBeNull()
})
