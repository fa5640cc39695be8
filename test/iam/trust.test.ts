import { expect, test } from 'vitest'
import { githubTrust, type GithubJobs } from '../../src/iam/trust.ts'
import { environmentOf } from '../../src/core/environment-of.ts'
import { launchProject } from '../support/launch-project.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'

const production = environmentOf(statusBoardPlan, 'production')
const jobs: GithubJobs = { repo: 'acme/statusboard', ref: null, environment: 'production' }
const claims = (changes: Partial<GithubJobs>) => githubTrust(production, { ...jobs, ...changes }).Statement[0].Condition

// The claims as GitHub's documentation of its tokens has them.
test.each([
  [{}, 'repo:acme/statusboard:environment:production'],
  [{ ref: 'refs/heads/main' }, 'repo:acme/statusboard:ref:refs/heads/main'],
  [{ ref: 'refs/tags/v1.2.0' }, 'repo:acme/statusboard:ref:refs/tags/v1.2.0'],
  [{ environment: 'prod: eu' }, 'repo:acme/statusboard:environment:prod%3A eu'],
])('of %j exactly %s is trusted, and only for AWS', (changes, sub) => {
  expect(claims(changes)).toEqual({
    StringEquals: {
      'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
      'token.actions.githubusercontent.com:sub': sub,
    },
  })
})

test.each([
  [{ repo: 'acme/*' }],
  [{ repo: '*' }],
  [{ repo: 'acme/status?oard' }],
  [{ ref: '*' }],
  [{ ref: 'refs/heads/*' }],
  [{ environment: '*' }],
])('a pattern is refused: %j', (changes) => {
  expect(() => claims(changes)).toThrow(
    expect.objectContaining({ code: 'USAGE', message: expect.stringContaining('is a pattern') }),
  )
})

test.each([
  [{ repo: 'statusboard' }],
  [{ repo: 'acme/board:environment:production' }],
  [{ repo: 'acme/board/x' }],
  [{ ref: 'main' }],
  [{ ref: 'refs/pull/7/merge' }],
  [{ environment: 'a\nb' }],
])('what GitHub never says of a job that may be trusted is refused: %j', (changes) => {
  expect(() => claims(changes)).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

test('the provider is the one of the environment’s own account, and without an account there is none', () => {
  expect(githubTrust(production, jobs).Statement[0].Principal.Federated).toBe(
    `arn:aws:iam::${production.account}:oidc-provider/token.actions.githubusercontent.com`,
  )
  const [china] = githubTrust({ ...production, region: 'cn-north-1' }, jobs).Statement
  expect(china.Principal.Federated).toMatch(/^arn:aws-cn:iam::/)
  expect(() => githubTrust({ ...production, account: null }, jobs)).toThrow(/no account for production/)
})

test('launch iam print prints it, and says what is missing', async () => {
  await using project = await launchProject()
  const printed = await project.run(['iam', 'print', '--trust', 'github', '--repo', 'acme/board'])
  expect(printed.exitCode, printed.stderr).toBe(0)
  const own = { ...production, account: '222222222222' }
  expect(JSON.parse(printed.stdout)).toEqual(githubTrust(own, { ...jobs, repo: 'acme/board' }))
  for (const wrong of [
    ['--trust', 'github'],
    ['--repo', 'a/b'],
    ['--trust', 'gitlab', '--repo', 'a/b'],
    ['--trust', 'github', '--repo', 'a/b', '--role', 'ci'],
    ['--trust', 'github', '--repo', 'a/b', '--ref', 'refs/heads/*'],
  ])
    expect(await project.run(['iam', 'print', ...wrong])).toMatchObject({ exitCode: 2 })
})
