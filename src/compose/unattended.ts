import { isAwsHost } from '../aws/endpoint.ts'
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
 * credentials, a flag and a journal to somebody else. Throws ENDPOINT_REFUSED.
 */
export function mustBeAwsOrThisMachine(endpoints: AwsAccess['endpoints']): void {
  for (const endpoint of Object.values(endpoints)) {
    const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : endpoint
    if (isAwsHost(host) || isLoopback(host)) continue
    throw new LaunchError('ENDPOINT_REFUSED', `a launch that nobody watches does not go to ${host}, which is not AWS`, {
      hint: 'take AWS_ENDPOINT_URL away, or be there: launch interactive --allow-endpoint',
    })
  }
}

/** 127.0.0.0/8, ::1 and the name RFC 6761 keeps for them. */
function isLoopback(host: string): boolean {
  return /^127(?:\.\d{1,3}){3}$/.test(host) || host === '[::1]' || host === 'localhost' || host.endsWith('.localhost')
}
