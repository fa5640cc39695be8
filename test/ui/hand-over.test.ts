import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { handOverLines } from '../../src/ui/hand-over.ts'
import { golden } from '../support/golden.ts'
import { watchedLaunches } from '../support/live-screens.ts'
import { stateOf, uncoloured } from '../support/views.ts'

test('who takes a held canary up is told who had it, where it stands, why, and what acts', async () => {
  const { plan, events } = (await watchedLaunches())['held'] ?? { plan: null, events: [] }
  const last = events.at(-1)
  if (!plan || !last) throw new Error('no journal')
  const paused = { ...last, type: 'paused', signal: 'hand-over to Ana Lima: my shift ends', n: last.n + 1 } as const
  const state = stateOf([...events, paused])

  const lines = handOverLines({ plan, state, events: [...events, paused], now: epochMs(last.at + 120_000) }, uncoloured)

  const text = `${lines.join('\n')}\n`
  expect(text).toBe(golden(new URL('golden/hand-over.txt', import.meta.url), text))
  expect(text).toContain('over by captain to Ana Lima: my shift ends, 2m ago')
})
