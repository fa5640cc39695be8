import { expect, test } from 'vitest'
import { checklistMarkdown } from '../../src/report/checklist.ts'
import { golden } from '../support/golden.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { describeStep } from '../support/views.ts'

test('the printed checklist has every step, gate, limit, owner and command of the run sheet', () => {
  const text = checklistMarkdown(statusBoardPlan, describeStep)
  expect(text).toBe(golden(new URL('golden/checklist.md', import.meta.url), text))
})
