import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import type { StatePlace } from '../iam/scope.ts'
import { text, type Command } from './command.ts'

export const iamPrint: Command = {
  name: 'iam print',
  group: 'set up',
  about: 'the least a role needs in AWS, as an IAM policy made from the run sheet: read, ci, emergency, admin',
  options: [['--role <name>', 'one of them: read, ci, emergency or admin (default: all four, by name)']],
  examples: [
    ['launch iam print --role ci > ci.json', 'then: aws iam put-role-policy --policy-document file://ci.json …'],
    ['launch iam print --role emergency --env staging', 'for the account of another environment'],
    ['launch iam print | head', 'all four; nothing is asked of AWS'],
  ],
  run: async (context, _args, options) => {
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
