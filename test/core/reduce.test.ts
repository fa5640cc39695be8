import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256Hex } from '../../src/core/brand.ts'
import type { Happening, LaunchEvent } from '../../src/core/event.ts'
import { fold, foldOn, reduce } from '../../src/core/reduce.ts'
import { bindingApprovals } from '../../src/core/state.ts'
import { artifact, baking, begun, done, stateOf, verdictOf } from '../support/core-launch.ts'
import { artifactHash, commit, planHash } from '../support/journal-builder.ts'
import { legalJournal } from '../support/legal-journals.ts'

test('every prefix of a journal folds, one event at a time gives the same as all at once, and nothing is changed in place', () => {
  fc.assert(
    fc.property(legalJournal, (events) => {
      const frozen = JSON.stringify(events)
      let state = stateOf(events.slice(0, 1))
      for (const [i, event] of events.entries()) {
        if (event.type === 'launch-opened') continue
        state = reduce(state, event)
        expect(state).toEqual(fold(events.slice(0, i + 1)))
        expect(state.n).toBe(i + 1)
      }
      expect(JSON.stringify(events)).toBe(frozen)
    }),
    { numRuns: 100 },
  )
})

test('an empty journal is no launch', () => {
  expect(fold([])).toBeNull()
})

test('an event of a type this version does not know is counted and remembered by its name', () => {
  const told = begun()
  const unknown = { ...told.events[0], type: 'stage-skipped', n: 2 } as unknown as LaunchEvent
  expect(fold([...told.events, unknown])).toMatchObject({
    n: 2,
    unknownTypes: ['stage-skipped'],
    last: { type: 'stage-skipped' },
  })
})

const approve = (
  binding: Partial<{ commit: string; artifact: typeof artifactHash | null; plan: typeof planHash }> = {},
): Happening => ({
  type: 'approved',
  role: 'qa-lead',
  note: '',
  binding: { commit, artifact: null, plan: planHash, ...binding },
})
const binds = (told: ReturnType<typeof begun>) => bindingApprovals(stateOf(told.events)).length
const built = (hash: string): Happening => ({
  type: 'step-done',
  step: 'staging/build',
  attempt: 'a',
  summary: '',
  ms: 1,
  output: { artifact: { hash: sha256Hex(hash.repeat(64)), files: 1, bytes: 1, manifest: 'dist' } },
})

test('a sign-off binds to commit, artifact and plan, and lapses when one of them changes', () => {
  expect(binds(begun(approve()))).toBe(1)
  expect(binds(begun(approve({ commit: 'other' })))).toBe(0)
  expect(binds(begun(approve({ plan: sha256Hex('8'.repeat(64)) })))).toBe(0)
  expect(binds(begun(approve(), { type: 'plan-replaced', plan: sha256Hex('8'.repeat(64)), commit }))).toBe(0)
  expect(binds(begun(approve(), { type: 'plan-replaced', plan: planHash, commit: 'other' }))).toBe(0)
})

test('a sign-off given before the build is taken over by the first artifact, and by no other', () => {
  expect(binds(begun(approve(), artifact))).toBe(1)
  expect(binds(begun(approve(), artifact, built('b')))).toBe(0)
  expect(binds(begun(built('b'), approve({ artifact: artifactHash })))).toBe(0)
  // Written after the build by somebody who had not seen it.
  expect(binds(begun(artifact, approve()))).toBe(1)
  expect(binds(begun(artifact, approve(), built('b')))).toBe(0)
})

test('a second sign-off of a role replaces the first', () => {
  expect(stateOf(begun(approve(), approve({ commit: 'other' })).events).approvals).toHaveLength(1)
})

test('a step remembers when it began, for which artifact it was done, and how it failed', () => {
  const told = begun(artifact, { type: 'step-intended', step: 's', attempt: 'a' })
  const began = told.now()
  expect(stateOf(told.after('5s').add(done('s')).events).steps['s']).toMatchObject({
    status: 'done',
    startedAt: began,
    at: began + 5000,
    artifact: artifactHash,
  })
})

test('another artifact takes back the phases that passed for the one before; the same one does not', () => {
  const passed = begun(
    artifact,
    { type: 'phase-started', phase: 'staging' },
    { type: 'phase-ended', phase: 'staging', verdict: 'pass' },
  )
  expect(stateOf(passed.add(artifact).events).phases).toHaveProperty('staging')
  expect(stateOf(passed.add(built('b')).events).phases).toEqual({})
})

test('fails in a row are counted by check: what cannot be judged counts neither way, a pass begins anew', () => {
  const told = baking()
  const failing = (check: string, ...verdicts: readonly ('pass' | 'fail' | 'unknown')[]) => {
    for (const verdict of verdicts) told.add(verdictOf(told, 'k', verdict, { check }))
    return stateOf(told.events).gates['k']?.failing
  }
  expect(failing('a', 'fail', 'fail')).toEqual({ a: 2 })
  expect(failing('a', 'unknown')).toEqual({ a: 2 })
  expect(failing('a', 'fail')).toEqual({ a: 3 })
  expect(failing('b', 'fail')).toEqual({ b: 1 })
  expect(failing('b', 'pass')).toEqual({})
  expect(failing('b', 'fail')).toEqual({ b: 1 })
})

test('a rollback ends every stage that was under way, and its request', () => {
  const told = baking().add(
    { type: 'canary-asked', ask: 'pause', stage: 10, reason: '' },
    { type: 'rollback-found', writeId: 'l', by: 'on-call', since: baking().now(), reason: 'errors' },
  )
  expect(stateOf(told.events)).toMatchObject({
    ask: null,
    found: { by: 'on-call' },
    stages: { 'rollout/canary': [{ status: 'left', verdict: 'fail', why: 'errors' }] },
  })
})

test('a state that is folded on by what was journaled since is the state of the whole journal', () => {
  fc.assert(
    fc.property(legalJournal, fc.nat(), (events, n) => {
      const known = stateOf(events.slice(0, 1 + (n % events.length)))
      expect(foldOn(known, events)).toEqual(fold(events))
      expect(foldOn(known, events.slice(0, known.n))).toBe(known)
    }),
    { numRuns: 50 },
  )
})
