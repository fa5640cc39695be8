import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import type { StatePlace } from '../iam/scope.ts'
import { text, type Command, type CommandResult, type Options } from './command.ts'

export const iamPrint: Command = {
  name: 'iam print',
  group: 'set up',
  about:
    'the least a role needs in AWS, as an IAM policy made from the run sheet: read, ci, emergency, admin; and who may take it',
  options: [
    ['--role <name>', 'one of them: read, ci, emergency or admin (default: all four, by name)'],
    ['--trust <issuer>', 'instead: the trust policy of a role that jobs of CI take without stored keys: github'],
    ['--repo <owner/name>', 'with --trust: the one repository'],
    ['--ref <ref>', 'with --trust: its one ref, like refs/heads/main (default: its environment named like --env)'],
  ],
  examples: [
    ['launch iam print --role ci > ci.json', 'then: aws iam put-role-policy --policy-document file://ci.json …'],
    ['launch iam print --role emergency --env staging', 'for the account of another environment'],
    ['launch iam print | head', 'all four; nothing is asked of AWS'],
    [
      'launch iam print --trust github --repo acme/statusboard > trust.json',
      'then: aws iam create-role --assume-role-policy-document file://trust.json …',
    ],
  ],
  run: async (context, _args, options) => {
    if (text(options, 'trust') !== null || text(options, 'repo') !== null) return trust(context, options)
    const [{ isRole, roles }, { policyOf }, { scopeOf }] = await Promise.all([
      import('../iam/policy.ts'),
      import('../iam/policies.ts'),
      import('../iam/scope.ts'),
    ])
    const role = text(options, 'role')
    if (role !== null && !isRole(role))
      throw new LaunchError('USAGE', `there is no role "${role}"`, { hint: `it is one of ${roles.join(', ')}` })
    const { plan } = await context.project()
    const scope = scopeOf(plan, context.options.env, await statePlace(context))
    const policies = Object.fromEntries(
      (role === null ? roles : [role]).map((name) => [name, policyOf(name, scope)] as const),
    )
    const printed = role === null ? policies : policies[role]
    return { outcome: 'succeeded', text: JSON.stringify(printed, null, 2), document: { policies } }
  },
}

/** Who may take the role, in place of what it may. */
async function trust(context: Context, options: Options): Promise<CommandResult> {
  const [issuer, repo, role] = [text(options, 'trust'), text(options, 'repo'), text(options, 'role')]
  if (issuer !== 'github')
    throw new LaunchError('USAGE', `there is no trust policy for "${issuer ?? ''}"`, { hint: 'write --trust github' })
  if (repo === null)
    throw new LaunchError('USAGE', 'a trust policy names one repository', { hint: 'add --repo owner/name' })
  if (role !== null)
    throw new LaunchError('USAGE', '--trust says who may take a role, --role what it may', {
      hint: 'print one of them',
    })
  const [{ githubTrust }, { environmentOf }, { plan }] = await Promise.all([
    import('../iam/trust.ts'),
    import('../core/environment-of.ts'),
    context.project(),
  ])
  const { env } = context.options
  const policy = githubTrust(environmentOf(plan, env), { repo, ref: text(options, 'ref'), environment: env })
  return { outcome: 'succeeded', text: JSON.stringify(policy, null, 2), document: { trust: policy } }
}

/** Null when launches are remembered in a folder: there is nothing to grant. */
async function statePlace(context: Context): Promise<StatePlace | null> {
  const [{ parseStateLocation }, { layout }, { plan, state }] = await Promise.all([
    import('../journal/state-location.ts'),
    import('../journal/layout.ts'),
    context.project(),
  ])
  const location = parseStateLocation(context.options.state ?? state)
  if (location.kind === 'file') return null
  const { active, launches } = layout(plan.app, 'production')
  const root = location.prefix === '' ? '' : `${location.prefix}/`
  return {
    bucket: location.bucket,
    root: root + active.slice(0, -'active.json'.length),
    active: root + active,
    launches: root + launches,
  }
}
