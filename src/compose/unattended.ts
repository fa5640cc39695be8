import { admitEndpoint } from '../aws/endpoint.ts'
import type { AwsAccess } from '../aws/clients.ts'
import { LaunchError } from '../core/errors.ts'
import { isCommitted } from '../host/git.ts'

type Env = { readonly [name: string]: string | undefined }

/**
 * With nobody watching, what changes production must be what was reviewed: the run sheet of the commit that is released.
 * Throws RUNSHEET_UNCOMMITTED.
 */
export async function mustBeReviewed(root: string, runsheet: string, env: Env, signal: AbortSignal): Promise<void> {
  if (await isCommitted(runsheet, root, env, signal)) return
  throw new LaunchError('RUNSHEET_UNCOMMITTED', `${runsheet} is not as it is in the commit that is checked out`)
}

/**
 * With nobody watching, an endpoint outside AWS is taken only when it is this machine: a variable of a CI job must not send
 * credentials, a flag and a journal to somebody else. Said of variables before anything is asked; what a file of the AWS tools
 * configures is refused at the first request that would go there. Throws ENDPOINT_REFUSED; USAGE for what is no URL.
 */
export function mustBeAwsOrThisMachine(endpoints: AwsAccess['endpoints']): void {
  for (const endpoint of Object.values(endpoints)) admitEndpoint(endpoint, 'this-machine')
}
