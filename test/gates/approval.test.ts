import { expect, test } from 'vitest'
import type { LaunchFacts } from '../../src/core/check.ts'
import { Check } from '../../src/gates/registry.ts'
import { context, facts, judge, planned, start } from '../support/looks.ts'

const judged = (written: Record<string, unknown>, launch: Partial<LaunchFacts>) =>
  judge(planned({ kind: 'approval', ...written }), {}, context(10, { launch: { ...facts, ...launch } }))
const signed = (...roles: readonly string[]) => ({
  approvals: roles.map((role) => ({ role, by: `sandbox:${role}`, at: start })),
})
const blocker = (severity: string, open = true) => ({ blockers: [{ id: 7, text: 'board is empty', severity, open }] })

test('all roles signed passes and names who signed', () => {
  expect(judged({ roles: ['qa-lead', 'sre-lead'] }, signed('sre-lead', 'qa-lead'))).toMatchObject({
    verdict: 'pass',
    observed: '2 of 2 signed',
  })
})

test('a missing sign-off can still come: unknown, with every missing role', () => {
  expect(judged({ roles: ['qa-lead', 'sre-lead', 'support-lead'] }, signed('sre-lead'))).toMatchObject({
    verdict: 'unknown',
    observed: '1 of 3 signed',
    why: 'not signed by qa-lead, support-lead',
  })
})

test('an open critical blocker fails, even before everybody signed', () => {
  expect(judged({ roles: ['qa-lead'], noBlockers: 'critical' }, blocker('critical'))).toMatchObject({
    verdict: 'fail',
    why: 'critical blocker 7: board is empty',
  })
})

test('a blocker that is cleared or less severe does not', () => {
  expect(judged({ noBlockers: 'critical' }, blocker('critical', false)).verdict).toBe('pass')
  expect(judged({ noBlockers: 'critical' }, blocker('high')).verdict).toBe('pass')
  expect(judged({ noBlockers: 'medium' }, blocker('major')).verdict).toBe('fail')
})

test('a severity nobody knows counts as the worst', () => {
  expect(judged({ noBlockers: 'critical' }, blocker('showstopper')).verdict).toBe('fail')
})

test('zero P0 and P1 issues', () => {
  const zero = { noIssues: ['P0', 'P1'] }
  expect(judged(zero, { issues: [{ severity: 'P2', text: 'typo' }] })).toMatchObject({
    verdict: 'pass',
    why: 'no P0/P1 issue',
  })
  expect(judged(zero, { issues: [{ severity: 'p1', text: 'drawer crashes' }] })).toMatchObject({
    verdict: 'fail',
    why: 'p1 issue: drawer crashes',
  })
  expect(planned({ kind: 'approval', ...zero }).title).toBe('zero P0/P1 issues')
})

test('an approval of nothing is refused', () => {
  expect(Check.safeParse({ kind: 'approval' }).success).toBe(false)
})
