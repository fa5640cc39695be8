import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide } from '../../src/core/decide.ts'
import type { Happening } from '../../src/core/event.ts'
import type { Move } from '../../src/core/move.ts'
import type { LaunchState } from '../../src/core/state.ts'
import type { World } from '../../src/core/step.ts'
import { stepKind } from '../../src/steps/registry.ts'
import {
  artifact,
  baking,
  begun,
  done,
  flagAt,
  latch,
  next,
  plan,
  readyToRaise,
  stateOf,
  worldAt,
} from '../support/core-launch.ts'
import { legalJournal, anyWorld } from '../support/legal-journals.ts'
import { tinyPlan, tinySheet } from '../support/launch-world.ts'

const rollback = (told: ReturnType<typeof begun>): Happening => ({
  type: 'rolled-back',
  result: {
    kind: 'emergency',
    reason: 'errors',
    by: 'on-call',
    outcome: 'restored',
    ackedMs: 1,
    readBackMs: 2,
    edgeMs: 3,
    verified: true,
    detail: '',
  },
  writeId: `latch@${told.now()}`,
  trigger: 'operator',
})

test('turns off what users still see of a launch whose journal says rolled back, once the flag was read after that', () => {
  const told = baking(10)
  told.add(rollback(told))
  const shown = flagAt(10, { launch: stateOf(told.events).id })
  expect(next(told, { flag: shown })).toMatchObject({ type: 'wait' })
  told.after('6s')
  const off = { type: 'effect', effect: { type: 'roll-back', kind: 'emergency', trigger: 'flag' } }
  expect(next(told, { flag: shown })).toMatchObject(off)
  told.add({ type: 'launch-ended', outcome: 'rolled-back', why: 'by on-call' })
  told.after('6s')
  expect(next(told, { flag: shown })).toMatchObject(off)
  // What another launch shows is its own affair.
  expect(next(told, { flag: flagAt(10, { launch: 'another' }) })).toMatchObject({
    type: 'done',
    outcome: 'rolled-back',
  })
})

test('the first move of a launch is to begin its first phase, then its first step', () => {
  expect(next(begun())).toEqual({ type: 'record', happening: { type: 'phase-started', phase: 'staging' } })
  expect(next(begun({ type: 'phase-started', phase: 'staging' }))).toMatchObject({
    effect: { type: 'run-step', step: { id: 'staging/build' } },
  })
})

test('a rollback under way is finished before anything else, whatever else is going on', () => {
  const told = baking().add(
    { type: 'rollback-intended', kind: 'full', reason: 'errors', trigger: 'gate' },
    { type: 'go-decided', decision: 'no-go', note: '', via: 'x' },
  )
  const expected = { type: 'effect', effect: { type: 'roll-back', kind: 'full', reason: 'errors', trigger: 'gate' } }
  for (const more of [{ flag: latch() }, { flag: null }, { flag: flagAt(100) }, { guided: true, leaveHeld: true }])
    expect(next(told, more)).toEqual(expected)
  // Also when the launch had ended: somebody rolls back what went well.
  const over = baking().add(
    { type: 'launch-ended', outcome: 'succeeded', why: '' },
    { type: 'rollback-intended', kind: 'full', reason: 'errors', trigger: 'gate' },
  )
  expect(next(over)).toEqual(expected)
})

test('a launch that ended well and was rolled back later ends rolled back', () => {
  const told = baking(100).add({ type: 'launch-ended', outcome: 'succeeded', why: '' })
  expect(next(told, { flag: flagAt(100) })).toMatchObject({ type: 'done', outcome: 'succeeded' })
  expect(next(told, { flag: latch() })).toMatchObject({
    happening: { type: 'rollback-found', writeId: 'latch', by: 'on-call' },
  })
  told.add(rollback(told))
  expect(next(told, { flag: latch() })).toMatchObject({ happening: { type: 'launch-ended', outcome: 'rolled-back' } })
  told.add({ type: 'launch-ended', outcome: 'rolled-back', why: 'by on-call' })
  expect(next(told, { flag: latch() })).toEqual({ type: 'done', outcome: 'rolled-back', why: 'by on-call' })
})

test('a latch is found as soon as production was touched: at the first raise and in the middle of a deploy', () => {
  const raising = readyToRaise().add({
    type: 'flag-intended',
    step: 'rollout/canary',
    percent: 10,
    writeId: 'w10',
    serial: 1,
    base: null,
  })
  const deploying = begun(artifact, { type: 'step-intended', step: 'rollout/deploy', attempt: 'a' })
  for (const told of [raising, deploying, baking()]) {
    expect(next(told, { flag: latch() })).toMatchObject({
      type: 'record',
      happening: { type: 'rollback-found', writeId: 'latch', reason: 'errors' },
    })
  }
})

test('a deploy to production that was cut off under an emergency rollback is undone file by file before the launch ends', () => {
  const told = begun(artifact, { type: 'step-intended', step: 'rollout/deploy', attempt: 'a' })
  const restored = rollback(told)
  const undo = {
    effect: { type: 'roll-back', kind: 'full', reason: 'rollout/deploy was cut off, and on-call rolled back: errors' },
  }
  told.add(restored)
  expect(next(told, { flag: latch() })).toMatchObject(undo)
  if (restored.type === 'rolled-back') told.add({ ...restored, result: { ...restored.result, kind: 'full' } })
  expect(next(told, { flag: latch() })).toMatchObject({ happening: { type: 'launch-ended', outcome: 'rolled-back' } })
})

test('a latch that stood there before stops a launch that changed nothing yet, and one that acknowledges it goes on', () => {
  const told = begun({ type: 'phase-started', phase: 'staging' })
  expect(next(told, { flag: latch() })).toMatchObject({ effect: { type: 'run-step' } })
  expect(next(readyToRaise(), { flag: latch() })).toMatchObject({ happening: { type: 'rollback-found' } })
})

test('a no-go before anything changed declines, a no-go over a canary takes the new version back', () => {
  const no: Happening = { type: 'go-decided', decision: 'no-go', note: 'support is not ready', via: 'cli' }
  expect(next(begun(no))).toMatchObject({ happening: { type: 'launch-ended', outcome: 'declined' } })
  expect(next(baking().add(no), { flag: flagAt(10) })).toMatchObject({
    effect: { type: 'roll-back', kind: 'emergency', trigger: 'operator' },
  })
})

test('an event of a newer version stops moving forward, not a rollback', () => {
  const told = baking()
  const unknown = { ...(told.events.at(-1) as object), type: 'stage-skipped', n: told.events.length + 1 }
  // What a newer version would write: the types know nothing of it.
  const events = [...told.events, unknown as never]
  const state = stateOf(events)
  const world = worldAt(told.now(), { flag: flagAt(10) })
  expect(decide(plan, state, { type: 'all' }, world, stepKind)).toMatchObject({
    type: 'done',
    outcome: 'superseded',
    why: expect.stringContaining('stage-skipped'),
  })
  expect(decide(plan, state, { type: 'all' }, { ...world, flag: latch() }, stepKind)).toMatchObject({
    happening: { type: 'rollback-found' },
  })
  const rollingBack = {
    ...state,
    rollingBack: { kind: 'emergency', reason: 'x', trigger: 'y', at: world.now },
  } as const
  expect(decide(plan, rollingBack, { type: 'all' }, world, stepKind)).toMatchObject({ effect: { type: 'roll-back' } })
})

test('a flag that somebody else set in the middle of the canary is theirs: the launch stops', () => {
  expect(next(baking(), { flag: flagAt(50, { writeId: 'other', updatedBy: 'bob' }) })).toMatchObject({
    type: 'done',
    outcome: 'superseded',
    why: expect.stringContaining('50 % by bob'),
  })
  expect(next(baking(), { flag: { status: 'absent' } })).toMatchObject({ type: 'done', outcome: 'held' })
})

test('a build that may not run twice and was interrupted waits for a person', () => {
  const once = tinyPlan(tinySheet.replace('idempotent: true', 'idempotent: false'))
  const told = begun(
    { type: 'phase-started', phase: 'staging' },
    { type: 'step-intended', step: 'staging/build', attempt: 'a' },
  )
  expect(next(told, {}, { type: 'all' }, once)).toMatchObject({
    type: 'done',
    outcome: 'held',
    why: expect.stringContaining('staging/build'),
  })
  expect(next(told, {}, { type: 'step', step: 'staging/build', again: true }, once)).toMatchObject({
    effect: { type: 'run-step' },
  })
  expect(next(told)).toMatchObject({ effect: { type: 'run-step', step: { id: 'staging/build' } } })
})

test('what a person says of an interrupted build lets the launch go on, about that attempt only', () => {
  const once = tinyPlan(tinySheet.replace('idempotent: true', 'idempotent: false'))
  const interrupted = () =>
    begun({ type: 'phase-started', phase: 'staging' }, { type: 'step-intended', step: 'staging/build', attempt: 'a' })
  const says = (attempt: string, did: 'run' | 'not-run'): Happening => ({
    type: 'step-resolved',
    step: 'staging/build',
    attempt,
    did,
    note: '',
  })
  const move = (...said: readonly Happening[]) => next(interrupted().add(...said), {}, { type: 'all' }, once)
  expect(move()).toMatchObject({
    outcome: 'held',
    why: expect.stringContaining('launch resolve staging/build --did-run'),
  })
  for (const did of ['run', 'not-run'] as const)
    expect(move(says('a', did))).toMatchObject({ effect: { type: 'run-step', step: { id: 'staging/build' } } })
  expect(move(says('another', 'not-run'))).toMatchObject({ outcome: 'held' })
  expect(stateOf(interrupted().add(says('a', 'not-run')).events).steps).toEqual({})
  // Said for good: a crash while its result is taken up does not ask again; one after "did not run" does.
  const begunAgain: Happening = { type: 'step-intended', step: 'staging/build', attempt: 'b' }
  expect(move(says('a', 'run'), begunAgain)).toMatchObject({ effect: { type: 'run-step' } })
  expect(move(says('a', 'not-run'), begunAgain)).toMatchObject({ outcome: 'held' })
})

test('a deploy to production that users are not served is undone; one to staging only stops the launch', () => {
  const failed = (step: string): Happening => ({
    type: 'step-failed',
    step,
    attempt: 'a',
    code: 'DEPLOY_BROKEN',
    message: '1 of 3 files',
    hint: '',
    ms: 1,
  })
  const staging = begun({ type: 'phase-started', phase: 'staging' }, artifact, failed('staging/deploy'))
  expect(next(staging, { tried: new Set(['staging/deploy']) })).toMatchObject({ type: 'done', outcome: 'refused' })
  // A fresh process tries again.
  expect(next(staging)).toMatchObject({ effect: { type: 'run-step', step: { id: 'staging/deploy' } } })
  const production = begun(
    artifact,
    { type: 'phase-ended', phase: 'staging', verdict: 'pass' },
    { type: 'phase-started', phase: 'rollout' },
    done('rollout/validate'),
    failed('rollout/deploy'),
  )
  expect(next(production, { tried: new Set(['rollout/deploy']) })).toMatchObject({
    effect: { type: 'roll-back', kind: 'full', trigger: 'step' },
  })
})

test('exits that say "nothing changed" are not used once users get the new version', () => {
  const told = baking(100).add({ type: 'stage-left', step: 'rollout/canary', percent: 10, verdict: 'pass', why: '' })
  const state = stateOf(
    told.add({
      type: 'step-failed',
      step: 'closeout/report',
      attempt: 'a',
      code: 'UNREACHABLE',
      message: 'no answer',
      hint: '',
      ms: 1,
    }).events,
  )
  const world = worldAt(told.now(), { flag: flagAt(100), tried: new Set(['closeout/report']) })
  expect(decide(plan, state, { type: 'step', step: 'closeout/report' }, world, stepKind)).toMatchObject({
    type: 'done',
    outcome: 'held',
  })
})

test('a build is not repeated while users get the release that was built: another artifact would be judged in its place', () => {
  const again = { type: 'step', step: 'staging/build', again: true } as const
  const exposed = { flag: flagAt(10) }
  expect(next(baking(), exposed, again)).toEqual({
    type: 'done',
    outcome: 'refused',
    why: 'production users get r-aaaaaaaaaaaa of this launch (flag at 10 %): another build would be judged in its place; finish or roll back this launch first',
  })
  expect(next(readyToRaise(), {}, again)).toMatchObject({ type: 'effect', effect: { type: 'run-step' } })
})

test('another artifact goes through every phase again', () => {
  const told = readyToRaise()
  const { output, ...build } = artifact as Extract<Happening, { type: 'step-done' }>
  told.add({ ...build, output: { artifact: { ...output.artifact, hash: 'b'.repeat(64) } } } as Happening)
  expect(next(told)).toEqual({ type: 'record', happening: { type: 'phase-started', phase: 'staging' } })
})

test('decide is total and deterministic over every journal and world, and never asks for a raise over a latch or without sight of the flag', () => {
  fc.assert(
    fc.property(legalJournal, anyWorld, (events, world) => {
      const state = stateOf(events)
      for (const goal of [
        { type: 'all' },
        { type: 'step', step: 'rollout/canary' },
        { type: 'gate', phase: 'verify' },
      ] as const) {
        const move = decide(plan, state, goal, world, stepKind)
        expect(decide(plan, state, goal, world, stepKind)).toEqual(move)
        expect(against(move, state, world)).toEqual([])
      }
    }),
    { numRuns: 400 },
  )
})

/** Rules a move breaks. */
function against(move: Move, state: LaunchState, { flag }: World): readonly string[] {
  const effect = move.type === 'effect' ? move.effect : null
  if (state.rollingBack) return effect?.type === 'roll-back' ? [] : ['a rollback under way was not finished first']
  if (effect?.type !== 'raise-flag') return []
  const stages = state.stages['rollout/canary'] ?? []
  return [
    flag === null ? 'raised without sight of the flag' : '',
    flag?.status === 'present' && flag.flag.latched && !state.acks.includes(flag.flag.writeId) ? 'raised a latch' : '',
    flag?.status === 'present' && flag.flag.percent > effect.percent ? 'lowered' : '',
    stages.some(({ status }) => status !== 'left' && status !== 'shifting') ? 'raised past an open stage' : '',
    [10, 100].includes(effect.percent) ? '' : `raised to ${effect.percent}`,
  ].filter((rule) => rule !== '')
}
