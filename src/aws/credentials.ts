import { fromIni, fromTemporaryCredentials } from '@aws-sdk/credential-providers'
import { endpointOf, guardEndpoint, type AwsAccess, type AwsCredentials } from './clients.ts'

type CredentialsProvider = () => Promise<AwsCredentials>

/** SSO, credential_process, source_profile and static keys of ~/.aws/config and ~/.aws/credentials. */
export function profileCredentials(profile: string): CredentialsProvider {
  const provider = fromIni({ profile })
  return () => provider()
}

/** AssumeRole in the environment's region, with the profile's credentials or the default chain's. One hour: CI jobs and launches are shorter, and the SDK asks again before it ends. */
export function roleCredentials(access: AwsAccess, role: string): CredentialsProvider {
  const endpoint = endpointOf(access, 'sts')
  const provider = fromTemporaryCredentials({
    params: { RoleArn: role, RoleSessionName: 'launch', DurationSeconds: 3600 },
    ...(access.profile === null ? {} : { masterCredentials: fromIni({ profile: access.profile }) }),
    clientConfig: { region: access.region, ...(endpoint === null ? {} : { endpoint }) },
    clientPlugins: [{ applyToStack: (stack) => void guardEndpoint({ middlewareStack: stack }, access.allowEndpoint) }],
  })
  return () => provider()
}
