import { expect, test } from 'vitest'
import { exposedLook } from '../../src/engine/exposed-look.ts'
import { baking, begun, stateOf } from '../support/core-launch.ts'
import { launchWorld } from '../support/launch-world.ts'

const world = await launchWorld()
const session = await world.session()
const { clock } = session.ports

test('what users are shown is looked at by the gate of its stage, since they were shown it, until now', () => {
  const state = stateOf(baking().events)
  expect(exposedLook(session, state)).toMatchObject({
    step: { id: 'rollout/canary' },
    gate: { id: 'slo' },
    key: 'rollout/canary@10',
    phase: 'rollout',
    window: { from: state.flag?.confirmedAt, to: clock.now() },
    stage: 10,
    watch: true,
  })
})

test('nobody looks where nobody is shown anything, or not yet', () => {
  const state = stateOf(baking().events)
  const { flag } = state
  if (!flag) throw new Error('no flag')
  expect(exposedLook(session, stateOf(begun().events))).toBeNull()
  expect(exposedLook(session, { ...state, flag: { ...flag, percent: 0 } })).toBeNull()
  expect(exposedLook(session, { ...state, flag: { ...flag, confirmedAt: null } })).toBeNull()
})

test('the gate of a canary whose phase has passed is looked at no more: what comes then has gates of its own', () => {
  const told = baking(100)
  expect(exposedLook(session, stateOf(told.events))).toMatchObject({ stage: 100 })
  told.add({ type: 'phase-ended', phase: 'rollout', verdict: 'pass' })
  expect(exposedLook(session, stateOf(told.events))).toBeNull()
})

test('a flag at another percent than its stage is not what that stage is judged by', () => {
  const state = stateOf(baking().events)
  if (!state.flag) throw new Error('no flag')
  expect(exposedLook(session, { ...state, flag: { ...state.flag, percent: 50 } })).toBeNull()
})
