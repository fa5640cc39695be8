import { describe, expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import type { JournalBuilder } from '../support/journal-builder.ts'
import { nextActions, standing } from '../../src/ui/next-action.ts'
import { journal, opened } from '../support/journal-builder.ts'
import { healthyLaunch, heldAt10, rolledBackAt30 } from '../support/launch-stories.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { stateOf } from '../support/views.ts'

function next(story: JournalBuilder, laterMs = 1000) {
  const state = stateOf(story.events)
  return { standing: standing(state), actions: nextActions(statusBoardPlan, state, epochMs(state.last.at + laterMs)) }
}

describe('what acts next', () => {
  test('before sign-offs: which roles are missing and how they sign', () => {
    expect(next(journal('2026-12-01T20:00:00Z').add(opened())).actions).toEqual([
      'sign-offs missing: launch approve product-owner, launch approve qa-lead',
    ])
  })

  test('a held canary: until when, and the three ways out', () => {
    const { standing, actions } = next(heldAt10())
    expect(standing).toBe('held at 10%')
    expect(actions[0]).toBe(
      'held until 00:01:50Z (no canary traffic for 30m): launch canary resume, launch canary promote --reason "…", launch canary abort',
    )
  })

  test('a launch without events for minutes: that nobody drives', () => {
    expect(next(heldAt10(), 5 * 60_000).actions.some((line) => line.startsWith('nobody drives'))).toBe(false)
    expect(next(heldAt10(), 5 * 60_000 + 1).actions.some((line) => line.startsWith('nobody drives'))).toBe(true)
  })

  test('a launch that waits for its window is not called abandoned', () => {
    const story = journal('2026-12-01T20:00:00Z').add(opened())
    const [, line] = next(story, 31 * 60_000).actions
    expect(statusBoardPlan.window?.opensAt).toBeGreaterThan(stateOf(story.events).last.at + 31 * 60_000)
    expect(line).toMatch(/^no event for 31m, and none is due before the window opens/)
  })

  test('a rollback under way: that it may be done again', () => {
    const { events } = rolledBackAt30()
    const until = events.findIndex(({ type }) => type === 'rollback-intended') + 1
    const state = stateOf(events.slice(0, until))
    expect(standing(state)).toBe('rolling back (emergency)')
    expect(nextActions(statusBoardPlan, state, state.last.at)).toEqual([
      'a rollback began at 23:31:50Z; launch rollback emergency does it again safely',
    ])
  })

  test('a launch that was rolled back and has not ended: that resume ends it, and no sign-offs', () => {
    const { events } = rolledBackAt30()
    const state = stateOf(events.slice(0, events.findIndex(({ type }) => type === 'rolled-back') + 1))
    expect(nextActions(statusBoardPlan, state, state.last.at)).toEqual([
      expect.stringMatching(
        /^rolled back at 2026-12-01 \d\d:\d\d:\d\dZ by .+: launch resume ends this launch; a new one needs --ack-rollback$/,
      ),
    ])
  })

  test('a launch that is over: nothing', () => {
    expect(next(healthyLaunch())).toEqual({
      standing: 'ended: succeeded',
      actions: ['nothing: the launch is over; launch report shows it'],
    })
  })
})
