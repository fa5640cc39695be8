import { expect, test } from 'vitest'
import { planLines } from '../../src/report/plan-text.ts'
import { golden } from '../support/golden.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { describeStep, uncoloured } from '../support/views.ts'

test('the plan on a terminal marks what changes production and names every check', () => {
  const text = `${planLines(statusBoardPlan, describeStep, uncoloured).join('\n')}\n`

  expect(text).toBe(golden(new URL('golden/plan.txt', import.meta.url), text))
})
