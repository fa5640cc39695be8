import { expect, test } from 'vitest'
import { guarded } from '../../src/core/guards.ts'
import type { Move } from '../../src/core/move.ts'
import { begun, plan, plannedStep, stateOf, worldAt } from '../support/core-launch.ts'

test('a change whose intent is journaled passed its guards then: it is finished, not asked again', () => {
  const [deploy, canary] = [plannedStep('rollout/deploy'), plannedStep('rollout/canary')]
  const put: Move = { type: 'effect', effect: { type: 'run-step', step: deploy } }
  const raise: Move = { type: 'effect', effect: { type: 'raise-flag', step: canary, percent: 10 } }
  const told = begun()
  const guard = (step: typeof deploy, move: Move) =>
    guarded(plan, stateOf(told.events), step, move, worldAt(told.now()))
  expect(guard(deploy, put)).toMatchObject({ type: 'ask' })
  told.add({ type: 'step-intended', step: 'rollout/deploy', attempt: 'a' })
  expect(guard(deploy, put)).toEqual(put)
  // The raise is another change.
  expect(guard(canary, raise)).toMatchObject({ type: 'ask' })
  told.add({ type: 'flag-intended', step: 'rollout/canary', percent: 10, writeId: 'w', serial: 5, base: null })
  expect(guard(canary, raise)).toEqual(raise)
  told.add({ type: 'flag-set', percent: 10, writeId: 'w', serial: 5, ackedMs: 1 })
  expect(guard(canary, raise)).toMatchObject({ type: 'ask' })
})
