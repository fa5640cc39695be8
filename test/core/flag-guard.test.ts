import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { acknowledged, flagStops } from '../../src/core/flag-guard.ts'
import type { World } from '../../src/core/step.ts'
import { flagAt, flagState, latch, plan, readyToRaise, stateOf, worldAt } from '../support/core-launch.ts'

const steps = plan.phases.flatMap((phase) => phase.steps)
const canary = steps.find(({ id }) => id === 'rollout/canary')
const deploy = steps.find(({ id }) => id === 'rollout/deploy')
if (!canary || !deploy) throw new Error('no canary or no deploy')

const told = readyToRaise()
const raise = (more: Partial<World>) =>
  flagStops(plan, stateOf(told.events), { type: 'raise-flag', step: canary, percent: 10 }, worldAt(told.now(), more))
const publish = (flag: ReturnType<typeof flagAt>) => {
  const undeployed = { ...stateOf(told.events), deployments: {} }
  return flagStops(plan, undeployed, { type: 'run-step', step: deploy }, worldAt(told.now(), { flag }))
}

test('a raise that the flag stops says why: latched by whom, not understood, further already', () => {
  expect(raise({ flag: latch() })).toEqual({
    type: 'done',
    outcome: 'superseded',
    code: 'LATCHED',
    why: 'the flag is latched off since 2026-12-01T18:00:00Z by on-call: errors',
  })
  const malformed = { ...flagAt(0), status: 'malformed', why: 'not JSON' } as const
  expect(raise({ flag: malformed as World['flag'] })).toEqual({
    type: 'done',
    outcome: 'refused',
    why: 'the flag document cannot be understood: not JSON',
  })
  expect(raise({ flag: flagAt(11, { updatedBy: 'bob' }) })).toEqual({
    type: 'done',
    outcome: 'refused',
    why: 'the flag is at 11 % already, set by bob: 10 % would take the new version from users',
  })
  expect([flagAt(0), flagAt(10), { status: 'absent' } as const].map((flag) => raise({ flag }))).toEqual([
    null,
    null,
    null,
  ])
})

test('a command goes over the latch that stood when it was typed, and over no later one', () => {
  const off = flagState(0, { latched: true, writeId: 'latch', updatedBy: 'on-call', reason: 'errors' })
  expect(acknowledged(off, off.updatedAt)).toBe('latch')
  expect(() => acknowledged(off, epochMs(off.updatedAt - 1000))).toThrow(
    expect.objectContaining({
      code: 'LATCHED',
      message:
        'the flag is latched off since 2026-12-01T18:00:00Z by on-call: errors; this command was typed before that, at 2026-12-01T17:59:59Z',
      hint: expect.stringContaining('launch status'),
    }),
  )
})

test('a flag that cannot be read says since when', () => {
  expect(raise({ flag: null })).toEqual({ type: 'wait', until: told.now() + 5000, why: 'the flag cannot be read' })
  expect(raise({ flag: null, flagLostAt: epochMs(told.now() - 600_000) })).toEqual({
    type: 'done',
    outcome: 'held',
    why: 'the flag cannot be read for 10m',
  })
})

test.each([
  [30, 'L2', 'bob in launch L2', 'finish that launch'],
  [30, null, 'bob', 'find out what raised it'],
  [100, 'L2', 'bob in launch L2', 'give this release a flag key of its own'],
])('files under a flag at %i %% of launch %s: says whose it is and what to do first', (percent, launch, by, first) => {
  expect(publish(flagAt(percent, { updatedBy: 'bob', launch }))).toEqual({
    type: 'done',
    outcome: 'refused',
    why: `the flag is at ${percent} % already, set by ${by}: these files would reach those users without a canary; ${first}, or turn the flag off with launch rollback emergency and begin again with --ack-rollback`,
  })
})
