import { expect, test } from 'vitest'
import { historyLines } from '../../src/ui/history.ts'
import { golden } from '../support/golden.ts'
import { healthyLaunch, heldAt10, rolledBackAt30, rolledBackElsewhere } from '../support/launch-stories.ts'
import { stateOf, uncoloured } from '../support/views.ts'

test('past launches are a table: what, when, result, how long, rollbacks, by whom', () => {
  const states = [heldAt10, rolledBackElsewhere, rolledBackAt30, healthyLaunch].map((story) => stateOf(story().events))

  const text = `${historyLines(states, uncoloured).join('\n')}\n`
  expect(text).toBe(golden(new URL('golden/history.txt', import.meta.url), text))
})

test('before the first launch the history says so', () => {
  expect(historyLines([], uncoloured)).toEqual(['no launches yet'])
})
