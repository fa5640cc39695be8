import type { Environment } from '../core/plan.ts'
import { LaunchError } from '../core/errors.ts'
import { partitionOf } from './scope.ts'

/** Who may take a role: a trust policy for jobs of GitHub Actions, by OpenID Connect, without stored keys. */
export type TrustPolicy = {
  readonly Version: '2012-10-17'
  readonly Statement: readonly [
    {
      readonly Sid: string
      readonly Effect: 'Allow'
      readonly Principal: { readonly Federated: string }
      readonly Action: 'sts:AssumeRoleWithWebIdentity'
      readonly Condition: { readonly StringEquals: { readonly [claim: string]: string } }
    },
  ]
}

/** Which jobs: those of one repository, on one ref or in one environment of it. */
export type GithubJobs = {
  readonly repo: string
  /** `refs/heads/main`; null: `environment` counts. */
  readonly ref: string | null
  /** An environment of the repository, whose protection rules then guard the role. */
  readonly environment: string
}

/** GitHub's issuer, as "Configuring OpenID Connect in Amazon Web Services" of its documentation has it. */
const issuer = 'token.actions.githubusercontent.com'

/**
 * Both claims are compared whole: a pattern in `sub` would let a pull request, a fork's branch or a repository that is yet to be
 * made take the role. Throws USAGE for a pattern, for a claim GitHub never sends, and without an account.
 */
export function githubTrust({ name, account, region }: Environment, jobs: GithubJobs): TrustPolicy {
  if (account === null)
    throw new LaunchError('USAGE', `the run sheet names no account for ${name}`, {
      hint: `write account: "123456789012" below environments: ${name}: the trust policy names its OIDC provider`,
    })
  const partition = partitionOf(region)
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'GitHubActions',
        Effect: 'Allow',
        Principal: { Federated: `arn:${partition}:iam::${account}:oidc-provider/${issuer}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${issuer}:aud`]: partition === 'aws-cn' ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com',
            [`${issuer}:sub`]: subjectOf(jobs),
          },
        },
      },
    ],
  }
}

/** The `sub` of a job's token. A job that names an environment has that in it, any other one its ref. */
function subjectOf({ repo, ref, environment }: GithubJobs): string {
  const part = (value: string, what: string, form: RegExp, example: string) => {
    if (/[*?]/.test(value))
      throw new LaunchError('USAGE', `"${value}" is a pattern: the role would trust more than one ${what}`, {
        hint: `name one, like ${example}`,
      })
    if (!form.test(value))
      throw new LaunchError('USAGE', `"${value}" is no ${what}`, { hint: `write it like ${example}` })
    return value
  }
  const owner = `repo:${part(repo, 'repository', /^[A-Za-z0-9][\w-]*\/[\w.-]+$/, 'acme/statusboard')}`
  if (ref !== null) return `${owner}:ref:${part(ref, 'ref', /^refs\/(?:heads|tags)\/[^\s~^:\\[]+$/, 'refs/heads/main')}`
  // A colon would end the part; GitHub sends it encoded.
  const named = part(environment, 'environment', /^[^\p{Cc}]{1,255}$/u, 'production').replaceAll(':', '%3A')
  return `${owner}:environment:${named}`
}
