import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { guarded as guardedFor } from '../../src/core/guards.ts'
import type { LaunchEvent } from '../../src/core/event.ts'
import type { Move } from '../../src/core/move.ts'
import type { Plan } from '../../src/core/plan.ts'
import {
  baking,
  begun,
  flagAt,
  latch,
  lookedAt,
  plan,
  plannedStep,
  readyToRaise,
  stateOf,
  verdictOf,
  worldAt,
} from '../support/core-launch.ts'

const canary = plannedStep('rollout/canary')
const raise = (percent: number): Move => ({ type: 'effect', effect: { type: 'raise-flag', step: canary, percent } })

/** As of a process that just saw the old version inside its limits. */
const guarded: typeof guardedFor = (of, state, step, move, world) => {
  const told = readyToRaise()
  const { gates } = stateOf(told.add(verdictOf(told, 'rollout/canary@0', 'pass')).events)
  const looks = lookedAt(world.now, 'rollout/canary@0')
  return guardedFor(of, { ...state, gates: { ...gates, ...state.gates } }, step, move, { ...world, looks })
}
const now = Date.parse('2026-12-01T18:00:00Z')
const hour = 3_600_000

function guard(told = readyToRaise(), more = {}, sheet: Plan = plan, percent = 10) {
  return guarded(sheet, stateOf(told.events), canary, raise(percent), worldAt(told.now(), more))
}

test('a raise that everything speaks for goes through', () => {
  expect(guard()).toEqual(raise(10))
})

test('asks for a decision, a baseline and a confirmation, in this order, before production changes', () => {
  const told = begun()
  expect(guard(told)).toMatchObject({ type: 'ask', question: { type: 'go' } })
  expect(guard(told, { unanswered: new Set(['go']) })).toMatchObject({
    type: 'done',
    outcome: 'held',
    why: expect.stringContaining('launch go'),
  })
  told.add({ type: 'go-decided', decision: 'go', note: '', via: 'x' })
  expect(guard(told)).toEqual({ type: 'effect', effect: { type: 'capture-baseline' } })
  told.add({ type: 'baseline-captured', window: { from: told.now(), to: told.now() }, metrics: {} })
  expect(guard(told)).toMatchObject({
    type: 'ask',
    question: { type: 'proceed', id: 'proceed/rollout/canary@10', danger: 'production' },
  })
  expect(guard(told, { unanswered: new Set(['proceed/rollout/canary@10']) })).toMatchObject({ outcome: 'held' })
})

test('waits for the window to open, and refuses after it closed or in a freeze', () => {
  const window = { opensAt: now + hour, closesAt: now + 2 * hour, timezone: 'UTC' }
  expect(guard(readyToRaiseBare(), {}, { ...plan, window })).toEqual({
    type: 'wait',
    until: now + hour,
    why: 'the launch window opens at 2026-12-01T19:00:00Z',
  })
  const closed = { ...plan, window: { ...window, opensAt: now - 2 * hour, closesAt: now } }
  expect(guard(readyToRaiseBare(), {}, closed)).toEqual({
    type: 'done',
    outcome: 'refused',
    why: 'the launch window closed at 2026-12-01T18:00:00Z',
  })
  const freezes = [{ fromAt: now, toAt: now + hour, timezone: 'UTC', why: 'holidays' }]
  expect(guard(readyToRaiseBare(), {}, { ...plan, freezes })).toMatchObject({
    outcome: 'refused',
    why: expect.stringContaining('holidays'),
  })
  const waived = readyToRaise().add({ type: 'waived', gate: 'window', check: '', reason: 'agreed' })
  expect(guard(waived, {}, closed)).toEqual(raise(10))
})

test('a canary that may go no further because the window closed is taken back, unless somebody keeps it', () => {
  const told = baking(10).add({ type: 'stage-left', step: 'rollout/canary', percent: 10, verdict: 'pass', why: '' })
  const closed = { ...plan, window: { opensAt: now - 2 * hour, closesAt: now, timezone: 'UTC' } }
  expect(guard(told, { flag: flagAt(10) }, closed, 100)).toMatchObject({
    effect: { type: 'roll-back', kind: 'emergency', trigger: 'window' },
  })
  for (const more of [{ leaveHeld: true }, { guided: true }]) {
    expect(guard(told, { flag: flagAt(10), ...more }, closed, 100)).toMatchObject({ type: 'done', outcome: 'held' })
  }
})

test('never raises a latched flag, also when the intent was journaled before the latch', () => {
  const intended = readyToRaise().add({
    type: 'flag-intended',
    step: 'rollout/canary',
    percent: 10,
    writeId: 'w10',
    serial: 1,
    base: null,
  })
  for (const told of [readyToRaise(), intended]) {
    expect(guard(told, { flag: latch() })).toMatchObject({
      type: 'done',
      outcome: 'superseded',
      why: expect.stringContaining('on-call'),
    })
    expect(guard(told, { flag: { status: 'malformed', why: 'not JSON', version: 'x' } })).toMatchObject({
      outcome: 'refused',
    })
  }
  expect(guard(intended)).toEqual(raise(10))
})

test('goes over a latch that the launch was opened to go over', () => {
  const told = readyToRaise()
  const state = { ...stateOf(told.events), acks: ['latch'] }
  expect(guarded(plan, state, canary, raise(10), worldAt(told.now(), { flag: latch() }))).toEqual(raise(10))
})

test('never takes the new version from users who have it', () => {
  expect(guard(readyToRaise(), { flag: flagAt(100, { updatedBy: 'bob' }) })).toMatchObject({
    type: 'done',
    outcome: 'refused',
    why: expect.stringContaining('100 %'),
  })
  expect(guard(readyToRaise(), { flag: flagAt(10) })).toEqual(raise(10))
})

const deployStep = plannedStep('rollout/deploy')
const publish: Move = {
  type: 'effect',
  effect: { type: 'run-step', step: deployStep },
}

/** Everything said before the production deploy, which has not been done. */
function beforeDeploy() {
  return readyToRaise().events.filter(
    ({ type, ...event }) => !(type === 'step-done' && 'step' in event && event.step === 'rollout/deploy'),
  )
}

function guardDeploy(
  flag: ReturnType<typeof flagAt>,
  sheet: Plan = plan,
  events: readonly LaunchEvent[] = beforeDeploy(),
) {
  return guarded(sheet, stateOf(events), deployStep, publish, worldAt(now + hour, { flag }))
}

test('files are not put under a flag that somebody else raised: some users would get them without a canary', () => {
  const other = flagAt(30, { launch: 'L-other', updatedBy: 'bob' })
  expect(guardDeploy(other)).toEqual({
    type: 'done',
    outcome: 'refused',
    why: expect.stringMatching(
      /^the flag is at 30 % already, set by bob in launch L-other: .*finish that launch.*launch rollback emergency.*--ack-rollback/,
    ),
  })
  expect(guardDeploy(flagAt(30, { launch: null, updatedBy: 'by hand' }))).toMatchObject({ outcome: 'refused' })
  // At 100 % the launch before is over, but the first stage of this canary would take the new version from users.
  expect(guardDeploy(flagAt(100, { launch: 'L-other', updatedBy: 'bob' }))).toMatchObject({
    outcome: 'refused',
    why: expect.stringMatching(/flag key of its own/),
  })
})

test('a deploy goes ahead while the flag is off, or stands where this very launch raised it', () => {
  expect(guardDeploy(flagAt(0, { launch: 'L-other' }))).toEqual(publish)
  expect(guardDeploy({ status: 'absent' })).toEqual(publish)
  expect(guardDeploy(flagAt(30, { launch: stateOf(beforeDeploy()).id }))).toEqual(publish)
})

test('a launch that shows its release to everybody at once may follow one that is at 100 %', () => {
  const withoutCanary = {
    ...plan,
    phases: plan.phases.map((phase) => ({ ...phase, steps: phase.steps.filter(({ kind }) => kind !== 'canary') })),
  }
  expect(guardDeploy(flagAt(100, { launch: 'L-other' }), withoutCanary)).toEqual(publish)
  expect(guardDeploy(flagAt(99.5, { launch: 'L-other' }), withoutCanary)).toMatchObject({ outcome: 'refused' })
})

test('a deploy that was begun when the flag rose is held, not called untouched', () => {
  const told = readyToRaise().add({ type: 'step-intended', step: 'rollout/deploy', attempt: 'a' })
  expect(guardDeploy(flagAt(30, { launch: 'L-other' }), plan, told.events)).toMatchObject({ outcome: 'held' })
})

test('a flag that cannot be read is asked again every five seconds for ten minutes, then the launch stops', () => {
  const told = readyToRaise()
  const lost = (ms: number) => ({ flag: null, flagLostAt: epochMs(told.now() - ms) })
  expect(guard(told, { flag: null })).toMatchObject({ type: 'wait', until: told.now() + 5000 })
  expect(guard(told, lost(599_999))).toMatchObject({ type: 'wait', until: told.now() + 5000 })
  expect(guard(told, lost(600_000))).toMatchObject({ type: 'done', outcome: 'held' })
  const before = begun()
  expect(guard(before, { flag: null, flagLostAt: epochMs(before.now() - 600_000) })).toMatchObject({
    type: 'done',
    outcome: 'unavailable',
  })
})

test('looks, waits and rollbacks pass freely', () => {
  const rollback: Move = {
    type: 'effect',
    effect: { type: 'roll-back', kind: 'emergency', reason: 'x', trigger: 'gate' },
  }
  const wait: Move = { type: 'wait', until: epochMs(1), why: '' }
  for (const move of [rollback, wait])
    expect(guarded(plan, stateOf(begun().events), canary, move, worldAt(now, { flag: latch() }))).toBe(move)
})

/** Decided and confirmed, nothing deployed to production yet. */
function readyToRaiseBare() {
  const told = begun({ type: 'go-decided', decision: 'go', note: '', via: 'x' })
  return told.add(
    { type: 'baseline-captured', window: { from: told.now(), to: told.now() }, metrics: {} },
    { type: 'answered', question: 'proceed/rollout/canary@10', answer: 'yes', by: 'x', via: 'x', note: '' },
  )
}

test('what people read of what stands before a change of production', () => {
  const told = begun()
  const captain = `(${plan.captain})`
  expect(guard(told)).toEqual({
    type: 'ask',
    question: { type: 'go', id: 'go', text: `go or no-go for tiny? ${captain}` },
  })
  expect(guard(told, { unanswered: new Set(['go']) })).toEqual({
    type: 'done',
    outcome: 'held',
    why: 'the go decision is missing: launch go, or launch no-go',
  })
  const decided = () => {
    const ready = begun({ type: 'go-decided', decision: 'go', note: '', via: 'x' })
    return ready.add({ type: 'baseline-captured', window: { from: ready.now(), to: ready.now() }, metrics: {} })
  }
  expect(guard(decided())).toMatchObject({ question: { text: 'show the new version to 10 % of production users?' } })
  expect(guard(decided(), { unanswered: new Set(['proceed/rollout/canary@10']) })).toEqual({
    type: 'done',
    outcome: 'held',
    why: 'nobody confirmed: show the new version to 10 % of production users',
  })
  const no = decided().add({
    type: 'answered',
    question: 'proceed/rollout/canary@10',
    answer: 'no',
    by: 'x',
    via: 'x',
    note: '',
  })
  expect(guard(no)).toMatchObject({ type: 'ask' })
  const deploy = (unanswered: readonly string[]) =>
    guarded(plan, stateOf(decided().events), deployStep, publish, worldAt(now, { unanswered: new Set(unanswered) }))
  expect(deploy([])).toEqual({
    type: 'ask',
    question: { type: 'proceed', id: 'proceed/rollout/deploy', text: 'deploy to production?', danger: 'production' },
  })
  expect(deploy(['proceed/rollout/deploy'])).toMatchObject({ why: 'nobody confirmed: deploy to production' })
})

test('a window is open from its first moment to the last before its end, and so is a freeze', () => {
  const window = { opensAt: now + hour, closesAt: now + 2 * hour, timezone: 'UTC' }
  const at = (ms: number, sheet: Plan) =>
    guarded(sheet, stateOf(readyToRaise().events), canary, raise(10), worldAt(now + ms))
  const windowed = { ...plan, window }
  expect(at(hour - 1, windowed)).toMatchObject({ type: 'wait' })
  expect(at(hour, windowed)).toEqual(raise(10))
  expect(at(2 * hour - 1, windowed)).toEqual(raise(10))
  expect(at(2 * hour, windowed)).toMatchObject({ type: 'done', outcome: 'held' })
  const frozen = { ...plan, freezes: [{ fromAt: now + hour, toAt: now + 2 * hour, timezone: 'UTC', why: 'holidays' }] }
  expect(at(hour - 1, frozen)).toEqual(raise(10))
  expect(at(hour, frozen)).toEqual({
    type: 'done',
    outcome: 'held',
    why: 'production is frozen until 2026-12-01T20:00:00Z: holidays',
  })
  expect(at(2 * hour - 1, frozen)).toMatchObject({ type: 'done' })
  expect(at(2 * hour, frozen)).toEqual(raise(10))
  const otherWaiver = readyToRaise().add({ type: 'waived', gate: 'slo', check: '', reason: '' })
  expect(guard(otherWaiver, {}, { ...plan, window: { ...window, opensAt: now - hour, closesAt: now } })).toMatchObject({
    type: 'done',
  })
})

test('a canary that is taken back because the window closed says where it was', () => {
  const told = baking(10).add({ type: 'stage-left', step: 'rollout/canary', percent: 10, verdict: 'pass', why: '' })
  const closed = { ...plan, window: { opensAt: now - 2 * hour, closesAt: now, timezone: 'UTC' } }
  const why = 'the launch window closed at 2026-12-01T18:00:00Z, the canary is at 10 %'
  expect(guard(told, { flag: flagAt(10) }, closed, 100)).toEqual({
    type: 'effect',
    effect: { type: 'roll-back', kind: 'emergency', reason: why, trigger: 'window' },
  })
  expect(guard(told, { flag: flagAt(10), leaveHeld: true }, closed, 100)).toEqual({
    type: 'done',
    outcome: 'held',
    why,
  })
})
