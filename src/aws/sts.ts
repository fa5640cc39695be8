import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { clientOptions, guardEndpoint, timeouts, type AwsAccess } from './clients.ts'
import { admitRegion } from './endpoint.ts'
import type { RetryPorts } from './retry.ts'
import { sending } from './send.ts'

export type CallerIdentity = { readonly account: string; readonly arn: string }

export function stsClient(access: AwsAccess): STSClient {
  admitRegion(access.region, access.allowEndpoint)
  return guardEndpoint(new STSClient(clientOptions(access, 'sts')), access.allowEndpoint)
}

/** Who the credentials are; needs no permission. Throws LaunchError CREDENTIALS or UNREACHABLE. */
export async function callerIdentity(
  client: STSClient,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<CallerIdentity> {
  const call = { service: 'sts', operation: 'GetCallerIdentity', resource: 'the caller' }
  const send = (abortSignal: AbortSignal) => client.send(new GetCallerIdentityCommand({}), { abortSignal })
  const answer = await sending(send, { call, timeoutMs: timeouts.controlMs }, ports, signal)
  return { account: answer.Account ?? '', arn: answer.Arn ?? '' }
}
