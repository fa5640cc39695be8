import { expect, test } from 'vitest'
import type { Happening } from '../../src/core/event.ts'
import type { PlannedGate } from '../../src/core/plan.ts'
import { asked, gate, judgedAs, move } from '../support/canary-moves.ts'
import { baking, worldAt } from '../support/core-launch.ts'

test('people on other machines pause, resume, promote and abort the stage they name', () => {
  const on = (ask: Happening) => move(judgedAs(baking(), 'pass', 30_000).add(ask))
  expect(on(asked('abort'))).toMatchObject({ effect: { type: 'roll-back', kind: 'emergency', trigger: 'operator' } })
  expect(on(asked('pause'))).toMatchObject({ happening: { type: 'stage-held', percent: 10 } })
  expect(on(asked('resume'))).toMatchObject({ happening: { type: 'stage-resumed' } })
  expect(on(asked('promote'))).toMatchObject({ happening: { type: 'stage-left', verdict: 'unproven' } })
  expect(on(asked('promote', 50))).toMatchObject({ type: 'wait' })
})

test('an abort is of the canary, not of one of its stages: it may have been left just before', () => {
  const left = baking().add(
    { type: 'stage-left', step: 'rollout/canary', percent: 10, verdict: 'pass', why: '' },
    asked('abort'),
  )
  expect(move(left)).toMatchObject({
    effect: { type: 'roll-back', reason: expect.stringContaining('aborted at 10 % by') },
  })
  expect(move(baking().add(asked('abort', 100)))).toMatchObject({ effect: { type: 'roll-back', trigger: 'operator' } })
})

test('no request puts off the rollback of a fail, which may have to do without the journal; an abort gives its own reason', () => {
  const on = (ask: Happening) => move(judgedAs(baking().add(ask), 'fail'))
  for (const ask of ['pause', 'resume', 'promote'] as const)
    expect(on(asked(ask))).toMatchObject({ effect: { type: 'roll-back', kind: 'emergency', trigger: 'gate' } })
  expect(on(asked('abort'))).toMatchObject({ effect: { type: 'roll-back', trigger: 'operator' } })
})

test('a pause ends only by a person, however good the evidence is', () => {
  const told = judgedAs(baking(), 'pass')
  told.add({
    type: 'stage-held',
    step: 'rollout/canary',
    percent: 10,
    why: 'paused by Ana',
    until: worldAt(told.now() + 900_000).now,
  })
  expect(move(told)).toMatchObject({ type: 'wait' })
  told.add({ type: 'stage-resumed', step: 'rollout/canary', percent: 10, why: '' })
  expect(move(told)).toMatchObject({ happening: { type: 'stage-left' } })
})

test('a promotion is refused on a fail, and does not come true when the fail is over', () => {
  const hold: PlannedGate = {
    ...gate,
    checks: gate.checks.map((check) => ({ ...check, spec: { ...check.spec, onFail: 'hold' } })),
  }
  const told = judgedAs(baking(), 'fail').add(asked('promote'))
  expect(move(told, {}, {}, hold)).toMatchObject({ happening: { type: 'stage-held' } })
  expect(move(judgedAs(told, 'pass', 30_000), {}, {}, hold)).toMatchObject({ type: 'wait' })
  const before = judgedAs(judgedAs(baking().add(asked('promote')), 'fail'), 'pass', 30_000)
  expect(move(before, {}, {}, hold)).toMatchObject({ type: 'wait' })
})
