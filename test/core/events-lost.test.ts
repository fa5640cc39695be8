import { expect, test } from 'vitest'
import { baking, flagAt, next, readyToRaise, stateOf } from '../support/core-launch.ts'

const own = (percent: number) => {
  const { id } = stateOf(readyToRaise().events)
  return flagAt(percent, { launch: id, writeId: `w${percent}` })
}
const lost = {
  type: 'done',
  outcome: 'failed',
  code: 'JOURNAL_CORRUPT',
  why: expect.stringMatching(/set to 10 % by this launch.*newest events are missing.*rollback emergency/),
}

test('a journal whose newest events are gone, back to before the raise, is not gone on with: the flag tells', () => {
  const whole = baking()
  expect(next(whole, { flag: own(10) })).toMatchObject({ type: 'look' })
  const truncated = readyToRaise()
  expect(truncated.events.length).toBeLessThan(whole.events.length)
  expect(next(truncated, { flag: own(10) })).toMatchObject(lost)
})

test('an intent whose outcome is not journaled yet, a latch and the flag of somebody else say nothing of that kind', () => {
  const intended = readyToRaise().add({
    type: 'flag-intended',
    step: 'rollout/canary',
    writeId: 'w10',
    base: null,
    percent: 10,
    serial: 10,
  })
  expect(next(intended, { flag: own(10) })).toMatchObject({ type: 'effect', effect: { type: 'raise-flag' } })
  for (const flag of [flagAt(10, { launch: 'other' }), flagAt(0, { latched: true })])
    expect(next(readyToRaise(), { flag })).not.toMatchObject({ code: 'JOURNAL_CORRUPT' })
})
