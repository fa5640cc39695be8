import { expect, test } from 'vitest'
import type { Happening } from '../../src/core/event.ts'
import type { RolloutSaying } from '../../src/core/rollout.ts'
import { baking, lookedAt, verdictOf } from '../support/core-launch.ts'
import { judgedAs, key, move } from '../support/canary-moves.ts'

/** A process that last looked so long ago: it is due for the next one by the time it has told of that. */
const lookedAgo = (now: number, ms: number) => ({ looks: lookedAt(now - ms, key) })
const held = { happening: { type: 'stage-held', percent: 10 } }

test('where a look takes longer than what is between two of them, a stage still comes to its end', () => {
  // Looked at when its three minutes were up, and due again since then.
  const told = judgedAs(baking().after('5m'), 'unknown')
  expect(move(told, lookedAgo(told.now(), 120_000))).toMatchObject(held)
  // Looked at a moment before: what is known by now may be a fail.
  expect(move(told, lookedAgo(told.now(), 120_001))).toMatchObject({ type: 'look', look: { key } })
})

test.each([
  ['go-on', { type: 'look', look: { key } }],
  ['hold', held],
  ['inconclusive', held],
] as const)('a stage that is judged as one and says %s', (saying: RolloutSaying, expected) => {
  const told = baking().after('2m')
  told.add({ ...verdictOf(told, key, 'unknown', { stage: 10, bakedMs: 0 }), saying } as Happening)
  expect(move(told, lookedAgo(told.now(), 90_000))).toMatchObject(expected)
})
