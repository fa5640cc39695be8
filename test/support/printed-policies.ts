import type { Policy } from '../../src/iam/policy.ts'
import type { LaunchProject } from './launch-project.ts'

/** Where the launches of these tests are remembered. */
export const state = ['--state', 's3://statusboard-launches/x']

export type Policies = { readonly [role: string]: Policy }

/** The policies of both accounts, as the command prints them. */
export async function printed(project: LaunchProject): Promise<{ readonly [account: string]: Policies }> {
  const of = async (env: string): Promise<Policies> => {
    const ran = await project.run(['iam', 'print', '--env', env, ...state])
    return JSON.parse(ran.stdout)
  }
  return { '111111111111': await of('staging'), '222222222222': await of('production') }
}
