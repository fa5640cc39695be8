import { expect, test } from 'vitest'
import { productionStanding } from '../../src/core/production-standing.ts'
import { baking, begun, readyToRaise, stateOf } from '../support/core-launch.ts'

test('says where production stands: untouched, deployed with the flag off, at a share, on its way', () => {
  const standing = (told: ReturnType<typeof begun>) => productionStanding(stateOf(told.events))
  expect(standing(begun())).toBe('production is untouched')
  expect(standing(readyToRaise())).toBe('production: release r-1 deployed, flag off')
  expect(standing(baking(10))).toBe('production: release r-1 deployed, flag at 10 %')
  const step = 'rollout/canary'
  const moving = readyToRaise().add({ type: 'flag-intended', step, percent: 10, writeId: 'w', serial: 1, base: null })
  expect(standing(moving)).toContain('on its way to 10 %')
})
