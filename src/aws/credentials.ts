import { fromIni, fromNodeProviderChain, fromTemporaryCredentials } from '@aws-sdk/credential-providers'
import { endpointOf, guardEndpoint, type AwsAccess, type CredentialsProvider } from './clients.ts'
import { rereading } from './reread-keys.ts'

/** Whose credentials an environment is reached with: the role's, the profile's, or what the SDK's default chain finds. */
export function environmentCredentials(access: AwsAccess): CredentialsProvider {
  return access.role === null ? ownCredentials(access) : roleCredentials(access, access.role)
}

/** SSO, credential_process, source_profile and static keys of ~/.aws/config and ~/.aws/credentials; without a profile the default chain. */
function ownCredentials({ profile, region, keyFiles = [] }: AwsAccess): CredentialsProvider {
  const init = { ignoreCache: true, clientConfig: { region } }
  const make = () => (profile === null ? fromNodeProviderChain(init) : fromIni({ ...init, profile }))
  return rereading(() => {
    const provider = make()
    return () => provider()
  }, keyFiles)
}

/** AssumeRole in the environment's region, with the profile's credentials or the default chain's. One hour: CI jobs and launches are shorter, and the SDK asks again before it ends. */
function roleCredentials(access: AwsAccess, role: string): CredentialsProvider {
  const endpoint = endpointOf(access, 'sts')
  const provider = fromTemporaryCredentials({
    params: { RoleArn: role, RoleSessionName: 'launch', DurationSeconds: 3600 },
    ...(access.profile === null && !access.keyFiles ? {} : { masterCredentials: ownCredentials(access) }),
    clientConfig: { region: access.region, ...(endpoint === null ? {} : { endpoint }) },
    clientPlugins: [{ applyToStack: (stack) => void guardEndpoint({ middlewareStack: stack }, access.allowEndpoint) }],
  })
  return () => provider()
}
