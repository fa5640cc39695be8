import { expect, test } from 'vitest'
import { artifact, baking, begun, deployed, done, flagAt, next, plan, verdictOf } from '../support/core-launch.ts'
import { tinyPlan, tinySheet } from '../support/launch-world.ts'

test('what people read when a step failed: which one, and what it said; its code gives the exit', () => {
  const after = (code: string) => {
    const why = { attempt: 'a', message: 'm', hint: '', ms: 1 }
    const told = begun(
      { type: 'phase-started', phase: 'staging' },
      { type: 'step-failed', step: 'staging/build', code, ...why },
    )
    return next(told, { tried: new Set(['staging/build']) })
  }
  expect(after('NOT_FOUND')).toEqual({
    type: 'done',
    outcome: 'refused',
    why: expect.stringMatching(/^.*build.* failed: m$/i),
    code: 'NOT_FOUND',
  })
  expect(after('UNREACHABLE')).toMatchObject({ outcome: 'unavailable', code: 'UNREACHABLE' })
  expect(after('DEPLOY_BROKEN')).toMatchObject({ outcome: 'refused' })
  expect(after('no code of ours')).toMatchObject({ outcome: 'bug' })
  expect(after('no code of ours')).not.toHaveProperty('code')
})

test('what people read of an interrupted step, of one that is missing, and at the end', () => {
  const once = tinyPlan(tinySheet.replace('idempotent: true', 'idempotent: false'))
  const told = begun(
    { type: 'phase-started', phase: 'staging' },
    { type: 'step-intended', step: 'staging/build', attempt: 'a' },
  )
  expect(next(told, {}, { type: 'all' }, once)).toMatchObject({
    why: 'staging/build was begun at 2026-12-01T18:00:00Z and nobody knows whether it ended, and the run sheet says that it must not run twice: look what it did, then say so with launch resolve staging/build --did-run or --did-not-run',
  })
  expect(next(begun(artifact), {}, { type: 'step', step: 'rollout/deploy' })).toEqual({
    type: 'done',
    outcome: 'refused',
    why: 'staging/deploy has not been done for this artifact: launch deploy --env staging',
  })
  const staged = begun(artifact, deployed('staging', 'staging/deploy'), done('staging/smoke'))
  const gate = verdictOf(staged, 'ready', 'pass', { gate: 'ready', phase: 'staging' })
  expect(next(staged.add(gate), {}, { type: 'step', step: 'rollout/canary' })).toMatchObject({
    why: 'rollout/deploy has not been done for this artifact: launch deploy',
  })
  const ended = plan.phases.map(({ id }) => ({ type: 'phase-ended', phase: id, verdict: 'pass' }) as const)
  expect(next(begun(...ended))).toEqual({
    type: 'record',
    happening: { type: 'launch-ended', outcome: 'succeeded', why: 'every phase of the run sheet is done' },
  })
  expect(next(begun(...ended, artifact, done('staging/build')), {}, { type: 'step', step: 'no/such' })).toEqual({
    type: 'done',
    outcome: 'succeeded',
    why: '',
  })
})

test('a guided launch asks before each phase, and is held where nobody says yes', () => {
  const question = {
    type: 'proceed',
    id: 'begin/staging',
    text: expect.stringMatching(/^begin .+\?$/),
    danger: 'phase',
  }
  expect(next(begun(), { guided: true })).toEqual({ type: 'ask', question })
  expect(next(begun(), { guided: true, unanswered: new Set(['begin/staging']) })).toMatchObject({
    type: 'done',
    outcome: 'held',
    why: expect.stringMatching(/^nobody said that .+ may begin$/),
  })
  const answer = (answer: 'yes' | 'no') =>
    ({ type: 'answered', question: 'begin/staging', answer, by: 'x', via: 'x', note: '' }) as const
  expect(next(begun(answer('yes')), { guided: true })).toEqual({
    type: 'record',
    happening: { type: 'phase-started', phase: 'staging' },
  })
  expect(next(begun(answer('no')), { guided: true })).toMatchObject({ type: 'ask' })
  expect(next(begun({ type: 'phase-started', phase: 'staging' }), { guided: true })).toMatchObject({ type: 'effect' })
})

test('nothing of a launch users may see is called proven or over while the flag cannot be read', () => {
  const ended = plan.phases.map(({ id }) => ({ type: 'phase-ended', phase: id, verdict: 'pass' }) as const)
  const told = baking(100).add(...ended)
  expect(next(told, { flag: flagAt(100) })).toMatchObject({ happening: { type: 'launch-ended' } })
  expect(next(told, { flag: null })).toMatchObject({ type: 'wait', until: told.now() + 5000 })
  expect(next(begun(...ended), { flag: null })).toMatchObject({ happening: { type: 'launch-ended' } })
})
