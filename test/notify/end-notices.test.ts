import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { endNotices } from '../../src/notify/end-notices.ts'
import { journal } from '../support/journal-builder.ts'
import { planHash, commit } from '../support/journal-builder.ts'
import { stateOf } from '../support/views.ts'

const at = { at: epochMs(1), actor: { name: 'ci', host: 'ci', run: null } }
const opened = () =>
  journal('2026-12-01T23:00:00Z').add(
    { type: 'launch-opened', plan: planHash, commit, version: '2.0.0', supersedes: null, acks: [], sandbox: null },
    { type: 'phase-started', phase: 'preconditions' },
  )
const exposed = () =>
  opened().add(
    { type: 'flag-intended', step: 'rollout/canary', percent: 10, writeId: 'W', serial: 7, base: null },
    { type: 'flag-set', percent: 10, writeId: 'W', serial: 7, ackedMs: 5 },
  )

test('a launch that waits for a sign-off is told, and nobody is woken', () => {
  const [notice, ...more] = endNotices(stateOf(opened().events), { outcome: 'held', why: 'qa-lead has not signed' }, at)
  expect(more).toEqual([])
  expect(notice).toMatchObject({ title: 'The launch waits', to: ['updates'] })
  expect(notice?.page).toBeUndefined()
})

test('a process that breaks with users on the canary wakes somebody', () => {
  const [notice] = endNotices(stateOf(exposed().events), { outcome: 'bug', why: 'x is not a function' }, at)
  expect(notice).toMatchObject({
    title: 'Nobody drives the canary at 10 %: its process ended (bug)',
    page: { action: 'trigger', severity: 'error' },
  })
  expect(endNotices(stateOf(opened().events), { outcome: 'bug', why: 'x is not a function' }, at)).toEqual([])
})

test('a launch held with users on it wakes somebody, as does one that is not confirmed', () => {
  const state = stateOf(exposed().events)
  expect(endNotices(state, { outcome: 'held', why: 'w' }, at)[0]?.page).toMatchObject({ severity: 'error' })
  expect(endNotices(state, { outcome: 'failed', why: 'w' }, at)[0]).toMatchObject({
    to: ['updates', { level: 3 }],
    page: { severity: 'critical' },
  })
  expect(endNotices(state, { outcome: 'succeeded', why: '' }, at)).toEqual([])
})
