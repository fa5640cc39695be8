import { expect, test } from 'vitest'
import type { LaunchEvent } from '../../src/core/event.ts'
import { historyLines } from '../../src/ui/history.ts'
import { golden } from '../support/golden.ts'
import {
  healthyLaunch,
  heldAt10,
  recordedElsewhere,
  rolledBackAt30,
  rolledBackElsewhere,
} from '../support/launch-stories.ts'
import { stateOf, uncoloured } from '../support/views.ts'

test('past launches are a table: what, when, result, how long, rollbacks, by whom', () => {
  const past = [heldAt10, rolledBackElsewhere, rolledBackAt30, healthyLaunch].map((story) => pastOf(story().events))

  const text = `${historyLines(past, uncoloured).join('\n')}\n`
  expect(text).toBe(golden(new URL('golden/history.txt', import.meta.url), text))
})

test('before the first launch the history says so', () => {
  expect(historyLines([], uncoloured)).toEqual(['no launches yet'])
})

test('a launch that another one was opened over is superseded, not running', () => {
  const [, superseded = ''] = historyLines([{ ...pastOf(heldAt10().events), superseded: true }], uncoloured)
  expect(superseded).toMatch(/ ✖ superseded /)
})

test('a rollback that was found in the flag and is recorded as well is one', () => {
  const { events } = recordedElsewhere()
  expect(historyLines([pastOf(events)], uncoloured)[1]).toMatch(/ 1 rollback /)
})

function pastOf(events: readonly LaunchEvent[]) {
  return { state: stateOf(events), superseded: false }
}
