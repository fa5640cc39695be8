import { expect, test } from 'vitest'
import type { Happening } from '../../src/core/event.ts'
import { baking, begun, done, stateOf, verdictOf } from '../support/core-launch.ts'

/** When `begun` is told. */
const at = Date.parse('2026-12-01T18:00:00Z')
const stories: { readonly [what: string]: { readonly told: readonly Happening[]; readonly want: object } } = {
  'a blocker': {
    told: [{ type: 'blocker-raised', blocker: 1, severity: 'critical', text: 'login fails' }],
    want: { blockers: [{ id: 1, severity: 'critical', text: 'login fails', open: true, by: 'Ana', at }] },
  },
  'which blocker was cleared': {
    told: [
      { type: 'blocker-raised', blocker: 1, severity: 'high', text: 'x' },
      { type: 'blocker-raised', blocker: 2, severity: 'high', text: 'y' },
      { type: 'blocker-cleared', blocker: 1, note: 'fixed' },
    ],
    want: {
      blockers: [
        { id: 1, open: false },
        { id: 2, open: true },
      ],
    },
  },
  'an issue': {
    told: [{ type: 'issue-noted', severity: 'low', text: 'a typo' }],
    want: { issues: [{ severity: 'low', text: 'a typo', by: 'Ana', at }] },
  },
  notes: {
    told: [
      { type: 'noted', text: 'first' },
      { type: 'noted', text: 'second' },
    ],
    want: {
      notes: [
        { text: 'first', by: 'Ana', at },
        { text: 'second', by: 'Ana', at },
      ],
    },
  },
  'a decision': {
    told: [{ type: 'go-decided', decision: 'no-go', note: 'not today', via: 'cli' }],
    want: { go: { decision: 'no-go', by: 'Ana', at, note: 'not today', via: 'cli' } },
  },
  answers: {
    told: [
      { type: 'answered', question: 'q1', answer: 'yes', by: 'Bo', via: 'terminal', note: '' },
      { type: 'answered', question: 'q2', answer: 'no', by: 'Bo', via: 'terminal', note: 'n' },
    ],
    want: {
      answers: {
        q1: { answer: 'yes', by: 'Bo', at, note: '', via: 'terminal' },
        q2: { answer: 'no', by: 'Bo', at, note: 'n', via: 'terminal' },
      },
    },
  },
  waivers: {
    told: [
      { type: 'waived', gate: 'slo', check: 'p95', reason: 'known' },
      { type: 'waived', gate: 'slo', check: '', reason: 'all' },
    ],
    want: {
      waivers: [
        { gate: 'slo', check: 'p95', reason: 'known', by: 'Ana' },
        { gate: 'slo', check: '', reason: 'all', by: 'Ana' },
      ],
    },
  },
  'a request that is under way to roll back': {
    told: [{ type: 'rollback-intended', kind: 'full', reason: 'errors', trigger: 'gate' }],
    want: { rollingBack: { kind: 'full', reason: 'errors', trigger: 'gate', at } },
  },
  'a canary that is left on purpose': {
    told: [{ type: 'left-held', percent: 10, why: 'weekend' }],
    want: { leftHeld: { by: 'Ana', at, why: 'weekend' } },
  },
}

test.each(Object.entries(stories))('%s: who said it, when, and what', (_what, { told, want }) => {
  expect(
    stateOf(
      begun()
        .as('Ana')
        .add(...told).events,
    ),
  ).toMatchObject(want)
})

test('a step that failed says why, and since when it had been tried', () => {
  const told = begun({ type: 'step-intended', step: 's', attempt: 'a' })
  const startedAt = told.now()
  const why = { attempt: 'a', code: 'DEPLOY_BROKEN', message: 'm', hint: 'h' }
  told.after('5s').add({ type: 'step-failed', step: 's', ...why, ms: 5000 })
  expect(stateOf(told.events).steps['s']).toEqual({ status: 'failed', startedAt, at: startedAt + 5000, ...why })
  // Told once more, it still began when it began.
  told.after('5s').add({ type: 'step-failed', step: 's', ...why, ms: 5000 })
  expect(stateOf(told.events).steps['s']).toMatchObject({ startedAt, at: startedAt + 10_000 })
})

test('a step that is begun again while it was under way is known to have been interrupted', () => {
  const begin: Happening = { type: 'step-intended', step: 's', attempt: 'a' }
  const step = (...told: readonly Happening[]) => stateOf(begun(...told).events).steps['s']
  expect(step(begin)).not.toHaveProperty('after')
  expect(step(begin, { ...begin, attempt: 'b' })).toMatchObject({ attempt: 'b', after: 'interrupted' })
  expect(step(begin, done('s'), { ...begin, attempt: 'b' })).not.toHaveProperty('after')
  const failed = (code: string): Happening => ({
    type: 'step-failed',
    step: 's',
    attempt: 'a',
    code,
    message: '',
    hint: '',
    ms: 1,
  })
  expect(step(begin, failed('DEPLOY_BROKEN'), { ...begin, attempt: 'b' })).not.toHaveProperty('after')
  // A probe that gave no answer: nothing was repeated meanwhile.
  expect(step(begin, failed('HELD'), { ...begin, attempt: 'b' })).toMatchObject({ after: 'interrupted' })
})

test('what a person found out about an interrupted step counts for the attempt that was looked at only', () => {
  const begin: Happening = { type: 'step-intended', step: 's', attempt: 'a' }
  const found = (did: 'run' | 'not-run', attempt: string): Happening => ({
    type: 'step-resolved',
    step: 's',
    attempt,
    did,
    note: '',
  })
  const steps = (...told: readonly Happening[]) => stateOf(begun(done('other'), ...told).events).steps
  expect(steps(begin, found('run', 'a'))['s']).toMatchObject({ status: 'intended', resolved: 'run' })
  expect(steps(begin, found('run', 'a'), { ...begin, attempt: 'b' })['s']).toMatchObject({
    attempt: 'b',
    resolved: 'run',
  })
  expect(Object.keys(steps(begin, found('not-run', 'a')))).toEqual(['other'])
  expect(steps(begin, found('not-run', 'b'))['s']).toMatchObject({ attempt: 'a' })
  expect(steps(begin, found('run', 'b'))['s']).not.toHaveProperty('resolved')
  expect(steps(begin, done('s'), found('not-run', 'a'))['s']).toMatchObject({ status: 'done' })
  expect(Object.keys(steps(found('run', 'a')))).toEqual(['other'])
})

test.each([
  ['held', 'held'],
  ['declined', 'held'],
  ['stopped', 'held'],
  ['refused', 'fail'],
  ['rolled-back', 'fail'],
] as const)('a launch that ends as %s ends the phase it was in as %s, and no other', (outcome, verdict) => {
  const told = begun({ type: 'phase-started', phase: 'a' }, { type: 'phase-ended', phase: 'a', verdict: 'pass' })
  const startedAt = told.after('1m').now()
  told.add({ type: 'phase-started', phase: 'b' }).after('1m').add({ type: 'launch-ended', outcome, why: 'w' })
  expect(stateOf(told.events)).toMatchObject({
    phases: { a: { verdict: 'pass' }, b: { status: 'ended', startedAt, endedAt: startedAt + 60_000, verdict } },
    ended: { outcome, why: 'w', at: startedAt + 60_000 },
  })
})

test('a phase that ended without having begun took no time', () => {
  const told = begun().after('1m').add({ type: 'phase-ended', phase: 'a', verdict: 'pass' })
  expect(stateOf(told.events).phases['a']).toEqual({
    status: 'ended',
    startedAt: told.now(),
    endedAt: told.now(),
    verdict: 'pass',
  })
})

test('a rollback leaves stages that had ended as they ended, and says how long the last one lasted', () => {
  const step = 'rollout/canary'
  const told = baking(10).add({ type: 'stage-left', step, percent: 10, verdict: 'pass', why: '' })
  const passed = stateOf(told.events).stages[step]?.[0]
  const startedAt = told.after('1m').now()
  told.add({ type: 'flag-intended', step, percent: 100, writeId: 'w100', serial: 100, base: null })
  told.after('1m').add({ type: 'rollback-found', writeId: 'l', by: 'on-call', since: told.now(), reason: 'errors' })
  const { stages, ask } = stateOf(told.events)
  expect(stages[step]).toEqual([
    passed,
    { status: 'left', percent: 100, startedAt, endedAt: told.now(), verdict: 'fail', why: 'errors' },
  ])
  expect(ask).toBeNull()
})

test('what was left on purpose is left until somebody drives again; remarks do not count as driving', () => {
  const step = 'rollout/canary'
  const left = () => baking(10).add({ type: 'left-held', percent: 10, why: 'weekend' })
  const isLeft = (told: ReturnType<typeof left>) => stateOf(told.events).leftHeld !== null
  for (const happening of [
    { type: 'noted', text: 'x' },
    { type: 'paused', signal: 'SIGINT' },
    { type: 'people-awaited', question: 'go' },
    { type: 'canary-asked', ask: 'resume', stage: 10, reason: '' },
  ] as const)
    expect(isLeft(left().add(happening)), happening.type).toBe(true)
  const until = left().now()
  for (const happening of [
    { type: 'step-intended', step: 's', attempt: 'a' },
    verdictOf(left(), 'k', 'pass'),
    { type: 'flag-intended', step, percent: 100, writeId: 'w', serial: 5, base: null },
    { type: 'stage-held', step, percent: 10, why: '', until },
    { type: 'stage-resumed', step, percent: 10 },
    { type: 'stage-left', step, percent: 10, verdict: 'pass', why: '' },
    { type: 'rollback-intended', kind: 'emergency', reason: '', trigger: '' },
    { type: 'rollback-found', writeId: 'l', by: 'x', since: until, reason: '' },
  ] as const)
    expect(isLeft(left().add(happening as Happening)), happening.type).toBe(false)
})

test('a promotion is not granted once its stage has failed; a pause, or what fails elsewhere, takes no request back', () => {
  const asked = (ask: 'promote' | 'pause') => baking(10).add({ type: 'canary-asked', ask, stage: 10, reason: '' })
  const after = (ask: 'promote' | 'pause', verdict: 'pass' | 'fail', stage?: number) => {
    const told = asked(ask)
    return (
      stateOf(told.add(verdictOf(told, 'k', verdict, stage === undefined ? {} : { stage })).events).ask?.ask ?? null
    )
  }
  expect(after('promote', 'fail', 10)).toBeNull()
  expect(after('promote', 'pass', 10)).toBe('promote')
  expect(after('promote', 'fail')).toBe('promote')
  expect(after('pause', 'fail', 10)).toBe('pause')
})

test('a clock that was set back moves only stages that had begun later, and those to now', () => {
  const told = baking(10)
  const before = stateOf(told.events).stages['rollout/canary']
  const ahead = told.after('1m').add({ type: 'clock-jumped', byMs: 60_000 })
  expect(stateOf(ahead.events).stages['rollout/canary']).toEqual(before)
})
