import { expect, test } from 'vitest'
import { artifact, begun, deployed, done, next, verdictOf } from '../support/core-launch.ts'

test('a command for a gate takes the steps of its phase that users see nothing of, and then the gate', () => {
  const goal = { type: 'gate', phase: 'rollout' } as const
  expect(next(begun(), {}, goal)).toMatchObject({ effect: { type: 'run-step', step: { id: 'rollout/validate' } } })
  // Neither the deploy nor the canary: the phase has no gate of its own, and this is all there is to do.
  expect(next(begun(done('rollout/validate')), {}, goal)).toEqual({ type: 'done', outcome: 'succeeded', why: '' })
  const staging = begun(artifact, deployed('staging', 'staging/deploy'), done('staging/smoke'))
  expect(next(staging, {}, { type: 'gate', phase: 'staging' })).toMatchObject({
    type: 'look',
    look: { gate: { id: 'ready' } },
  })
  expect(next(begun(), {}, { type: 'gate', phase: 'nowhere' })).toEqual({ type: 'done', outcome: 'succeeded', why: '' })
})

test('a command for a later step is refused while an earlier one that users see is missing', () => {
  const told = begun(artifact, deployed('staging', 'staging/deploy'))
  expect(next(told, {}, { type: 'step', step: 'rollout/canary' })).toMatchObject({
    effect: { type: 'run-step', step: { id: 'staging/smoke' } },
  })
  told.add(done('staging/smoke'))
  const gate = verdictOf(told, 'ready', 'pass', { gate: 'ready', phase: 'staging' })
  expect(next(told.add(gate), {}, { type: 'step', step: 'rollout/canary' })).toMatchObject({
    type: 'done',
    outcome: 'refused',
    why: expect.stringContaining('rollout/deploy'),
  })
})
