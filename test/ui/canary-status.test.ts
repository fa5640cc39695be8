import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { canaryStatusLines } from '../../src/ui/canary-status.ts'
import { golden } from '../support/golden.ts'
import { heldAt10, rolledBackAt30 } from '../support/launch-stories.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { stateOf, uncoloured } from '../support/views.ts'

const planned = [10, 30, 50, 100]

test.each([
  ['held', heldAt10],
  ['rolled-back', rolledBackAt30],
])('the canary of a %s launch is told stage by stage', (name, story) => {
  const state = stateOf(story().events)

  const lines = canaryStatusLines(
    { plan: statusBoardPlan, state, step: 'rollout/canary', planned, now: epochMs(state.last.at + 60_000) },
    uncoloured,
  )

  const text = `${lines.join('\n')}\n`
  expect(text).toBe(golden(new URL(`golden/canary-status-${name}.txt`, import.meta.url), text))
})

test('a canary that has not begun shows its plan', () => {
  const state = stateOf(heldAt10().events.slice(0, 3))

  const lines = canaryStatusLines(
    { plan: statusBoardPlan, state, step: 'rollout/canary', planned, now: state.last.at },
    uncoloured,
  )

  expect(lines.slice(1, 5)).toEqual(['10%    ◌ waiting', '30%    ◌ waiting', '50%    ◌ waiting', '100%   ◌ waiting'])
})
