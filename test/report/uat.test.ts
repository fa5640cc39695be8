import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { fold } from '../../src/core/reduce.ts'
import { uatMarkdown } from '../../src/report/uat.ts'
import { healthyLaunch } from '../support/launch-stories.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'

test('a sign-off for another artifact is shown as lapsed, a required one that is missing by its expected person', () => {
  const plan = statusBoardPlan
  const { events } = healthyLaunch()
  const state = fold(events)
  if (!state) throw new Error('the story has no events')
  const [first, ...others] = state.approvals
  if (!first) throw new Error('nobody signed in the story')
  const lapsed = { ...first, binding: { ...first.binding, commit: 'another' } }
  const named = { ...plan, approvals: [...plan.approvals, { role: 'legal', statement: 'No objection', name: 'Ida' }] }

  const text = uatMarkdown(named, { ...state, approvals: [lapsed, ...others] }, epochMs(0))

  expect(text).toMatch(new RegExp(`\\| ${first.role} \\| .* \\| \\*\\*lapsed\\*\\* \\|`))
  expect(text).toContain('| legal | No objection | **missing** | expected: Ida |  |  |')
  expect(text).toContain(`${others.length} of ${plan.approvals.length + 1} required sign-offs`)
  expect(text).toContain('**As of:** 1970-01-01 00:00:00Z (UTC)')
})
