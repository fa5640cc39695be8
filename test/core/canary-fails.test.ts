import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import type { Happening } from '../../src/core/event.ts'
import { gate, judgedAs, move } from '../support/canary-moves.ts'
import { baking } from '../support/core-launch.ts'

const hold = gate.checks.map((check) => ({ ...check, spec: { ...check.spec, onFail: 'hold' as const } }))

test('a stage that passed and fails while a person is asked about the next one is taken back, unless its checks only hold', () => {
  const left: Happening = { type: 'stage-left', step: 'rollout/canary', percent: 10, verdict: 'pass', why: '' }
  const told = judgedAs(baking(), 'pass').add(left)
  const next = { effect: { type: 'raise-flag', percent: 100 } }
  expect(move(told)).toMatchObject(next)
  expect(move(judgedAs(told, 'unknown'))).toMatchObject(next)
  judgedAs(told, 'fail')
  expect(move(told)).toMatchObject({
    effect: { type: 'roll-back', kind: 'emergency', reason: expect.stringContaining('at 10 %'), trigger: 'gate' },
  })
  expect(move(told, {}, {}, { ...gate, checks: hold })).toMatchObject(next)
})

test('a person who follows a hold that failed is told to roll back, and cannot promote it', () => {
  const told = judgedAs(baking(), 'fail')
  told.add({
    type: 'stage-held',
    step: 'rollout/canary',
    percent: 10,
    why: 'errors',
    until: epochMs(told.now() + 900_000),
  })
  expect(move(told, { guided: true }, {}, { ...gate, checks: hold })).toMatchObject({
    question: { type: 'held', promotable: false, recommended: 'rollback' },
  })
})
