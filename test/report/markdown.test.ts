import { describe, expect, test } from 'vitest'
import { reportMarkdown } from '../../src/report/markdown.ts'
import { reportModel } from '../../src/report/model.ts'
import { golden } from '../support/golden.ts'
import { healthyLaunch, heldAt10, rolledBackAt30, rolledBackElsewhere } from '../support/launch-stories.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { describeStep, signalOf } from '../support/views.ts'

const stories = [
  ['healthy', healthyLaunch],
  ['rolled-back', rolledBackAt30],
  ['held', heldAt10],
  ['rolled-back-elsewhere', rolledBackElsewhere],
] as const

describe('the Markdown report', () => {
  test.each(stories)('of a %s launch reads like this', (name, story) => {
    const model = reportModel({ plan: statusBoardPlan, events: story().events, describeStep, signalOf })

    const text = model ? reportMarkdown(model) : ''
    expect(text).toBe(golden(new URL(`golden/report-${name}.md`, import.meta.url), text))
  })
})
