import { expect, test } from 'vitest'
import { missing } from '../../src/core/evidence.ts'
import { context, evidence, judge, planned, scope } from '../support/looks.ts'

const check = planned({ kind: 'credentials' })
const right = (name: string, allowed = true) => ({
  right: name,
  allowed,
  detail: allowed ? 'dry run accepted' : 's3:PutObject denied',
})
const identity = (account: string, ...rights: readonly unknown[]) =>
  evidence([{ need: 'identity' }, { account, arn: `arn:aws:iam::${account}:role/ci`, rights }])

test('the account of the environment with both rights passes', () => {
  expect(judge(check, identity('222222222222', right('deploy'), right('rollback')))).toMatchObject({
    verdict: 'pass',
    why: 'arn:aws:iam::222222222222:role/ci: deploy, rollback',
  })
})

test('another account fails', () => {
  expect(judge(check, identity('111111111111', right('deploy'), right('rollback')))).toMatchObject({
    verdict: 'fail',
    observed: '111111111111',
    limit: '222222222222',
  })
})

test('an account on the check goes before that of the environment', () => {
  const other = planned({ kind: 'credentials', account: '111111111111' })
  expect(judge(other, identity('111111111111', right('deploy'), right('rollback'))).verdict).toBe('pass')
})

test('being able to deploy but not to roll back fails', () => {
  expect(judge(check, identity('222222222222', right('deploy'), right('rollback', false)))).toMatchObject({
    verdict: 'fail',
    why: 'may not rollback: s3:PutObject denied',
  })
})

test('a right that nobody probed, or no credentials, is unknown', () => {
  expect(judge(check, identity('222222222222', right('deploy')))).toMatchObject({
    verdict: 'unknown',
    why: 'not probed: rollback',
  })
  expect(judge(check, evidence([{ need: 'identity' }, missing('the session has expired')])).why).toBe(
    'the session has expired',
  )
})

test('without an account in the run sheet that is said', () => {
  const anywhere = context(10, { scope: { ...scope, environment: { ...scope.environment, account: null } } })
  expect(judge(check, identity('999999999999', right('deploy'), right('rollback')), anywhere).why).toMatch(
    /the run sheet names no account$/,
  )
})
