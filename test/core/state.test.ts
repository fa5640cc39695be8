import { expect, test } from 'vitest'
import { stageKey } from '../../src/core/gate-keys.ts'
import { hasChanged, mayBeExposed } from '../../src/core/state.ts'
import { productionTouched } from '../../src/core/touched.ts'
import { stepKind } from '../../src/steps/registry.ts'
import { artifact, baking, begun, deployed, plan, stateOf } from '../support/core-launch.ts'

test('an environment changed once something was deployed there, production also by its flag', () => {
  const staged = stateOf(begun(artifact, deployed('staging', 'staging/deploy')).events)
  expect([hasChanged(staged, 'staging'), hasChanged(staged, 'production')]).toEqual([true, false])
  expect(hasChanged(stateOf(baking().events), 'production')).toBe(true)
})

test('users may be exposed from the intent on, because a write may have got through', () => {
  const intended = begun({
    type: 'flag-intended',
    step: 'rollout/canary',
    percent: 10,
    writeId: 'w',
    serial: 1,
    base: null,
  })
  expect([begun(), intended].map((told) => mayBeExposed(stateOf(told.events)))).toEqual([false, true])
})

test('production counts as touched when a deploy there was begun, not when it was only validated', () => {
  const touched = (step: string) =>
    productionTouched(plan, stateOf(begun({ type: 'step-intended', step, attempt: 'a' }).events), stepKind)
  expect(['staging/deploy', 'rollout/validate', 'rollout/deploy'].map(touched)).toEqual([false, false, true])
})

test('the verdict of a stage has a key of its own', () => {
  expect(stageKey({ id: 'rollout/canary' }, 10)).toBe('rollout/canary@10')
})
