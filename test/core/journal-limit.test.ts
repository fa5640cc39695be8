import { expect, test } from 'vitest'
import { eventsPerLaunch, fitsIn } from '../../src/core/journal-limit.ts'
import { baking, begun, flagAt, next, plan, stateOf, worldAt } from '../support/core-launch.ts'
import { decide } from '../../src/core/decide.ts'
import { stepKind } from '../../src/steps/registry.ts'

const decideWith = (told: ReturnType<typeof begun>, n: number, flag = flagAt(10)) =>
  decide(plan, { ...stateOf(told.events), n }, { type: 'all' }, worldAt(told.now(), { flag }), stepKind)

test('a launch has 5,000 events; past them only what is done for the safety of users is written', () => {
  expect(eventsPerLaunch).toBe(5000)
  expect(fitsIn(5000, 'noted')).toBe(true)
  expect(fitsIn(5001, 'noted')).toBe(false)
  expect(fitsIn(5001, 'gate-judged')).toBe(false)
  for (const type of ['rollback-intended', 'rolled-back', 'rollback-found', 'launch-ended'] as const)
    expect(fitsIn(9000, type)).toBe(true)
})

test('a full journal stops what goes forward, in a sentence, and no rollback', () => {
  expect(decideWith(begun(), 4999)).toMatchObject({ type: 'record' })
  expect(decideWith(begun(), 5000)).toMatchObject({
    outcome: 'refused',
    why: expect.stringContaining('5000 are the most'),
  })
  expect(decideWith(baking(), 5000)).toMatchObject({ outcome: 'held', why: expect.stringContaining('rollback') })
  const rolling = baking().add({ type: 'rollback-intended', kind: 'emergency', reason: 'r', trigger: 'gate' })
  expect(decideWith(rolling, 6000)).toMatchObject({ effect: { type: 'roll-back' } })
  expect(decideWith(baking(), 6000, flagAt(0, { latched: true, writeId: 'theirs' }))).toMatchObject({
    happening: { type: 'rollback-found' },
  })
})

test('a journal with events of a newer version goes no further, names them, and says which exit that is', () => {
  const newer = begun({ type: 'stage-skipped' } as never, { type: 'stage-skipped' } as never)
  expect(next(newer)).toMatchObject({
    outcome: 'superseded',
    code: 'JOURNAL_VERSION',
    why: expect.stringMatching(/newer launch .*: stage-skipped$/),
  })
})
