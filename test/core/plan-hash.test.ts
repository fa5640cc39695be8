import { expect, test } from 'vitest'
import { planHash } from '../../src/core/plan-hash.ts'
import { tinyPlan, tinySheet } from '../support/launch-world.ts'

test('a plan is named by what it says, not by the lines it is written on', () => {
  expect(planHash(tinyPlan(`# one more comment\n${tinySheet}`))).toBe(planHash(tinyPlan()))
  expect(planHash(tinyPlan(tinySheet.replace('below: 1%', 'below: 2%')))).not.toBe(planHash(tinyPlan()))
  expect(planHash(tinyPlan(tinySheet.replace('bake: 1m', 'bake: 2m')))).not.toBe(planHash(tinyPlan()))
})
