import { fromIni, fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers'
import { endpointOf, guardEndpoint, type AwsAccess, type CredentialsProvider } from './clients.ts'
import { guardedConnections } from './guarded-connections.ts'
import { rereading } from './reread-keys.ts'

/** Whose credentials an environment is reached with: the role's, the profile's, or what the SDK's default chain finds. */
export function environmentCredentials(access: AwsAccess): CredentialsProvider {
  return access.role === null ? ownCredentials(access) : roleCredentials(access, access.role)
}

/** SSO, credential_process, source_profile and static keys of ~/.aws/config and ~/.aws/credentials; without a profile the default chain. */
function ownCredentials({ profile, region, allowEndpoint, keyFiles = [] }: AwsAccess): CredentialsProvider {
  const { requestHandler, refusing } = guardedConnections(allowEndpoint)
  // Clients for SSO and sign-in are made with the first; the one that takes the token of a profile to STS, with the second alone.
  const init = { ignoreCache: true, clientConfig: { requestHandler }, parentClientConfig: { requestHandler } }
  const make = () => (profile === null ? fromNodeProviderChain(init) : fromIni({ ...init, profile }))
  // For those that name none of their own: SSO answers in its `sso_region` alone.
  const caller = { callerClientConfig: { region: () => Promise.resolve(region) } }
  return rereading(() => {
    const provider = make()
    return refusing(() => provider(caller))
  }, keyFiles)
}

/** AssumeRole in the environment's region, with the profile's credentials or the default chain's. One hour: CI jobs and launches are shorter, and the SDK asks again before it ends. */
function roleCredentials(access: AwsAccess, role: string): CredentialsProvider {
  const endpoint = endpointOf(access, 'sts')
  const provider = fromTemporaryCredentials({
    params: { RoleArn: role, RoleSessionName: 'launch', DurationSeconds: 3600 },
    masterCredentials: ownCredentials(access),
    clientConfig: { region: access.region, ...(endpoint === null ? {} : { endpoint }) },
    clientPlugins: [{ applyToStack: (stack) => void guardEndpoint({ middlewareStack: stack }, access.allowEndpoint) }],
  })
  return () => provider()
}
