import type { EpochMs } from '../core/brand.ts'
import { admitEndpoint, admitPlace, type AllowedEndpoints } from './endpoint.ts'

export type AwsService = 's3' | 'cloudfront' | 'cloudwatch' | 'ssm' | 'sts'

export type StaticCredentials = {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** How to reach the AWS of one environment. Nothing here is read from the process environment: the caller did that. */
export type AwsAccess = {
  readonly region: string
  /** A profile of ~/.aws/config: SSO, credential_process and role profiles work. */
  readonly profile: string | null
  /** ARN of a role to assume, with the profile's (or the default chain's) credentials. */
  readonly role: string | null
  /** From AWS_ENDPOINT_URL (`all`) and AWS_ENDPOINT_URL_<SERVICE>, those of the services that give credentials among them. */
  readonly endpoints: { readonly [S in AwsService | 'sso' | 'sso_oidc' | 'signin' | 'all']?: string }
  /** Without it, a host outside AWS is refused, wherever it was configured. */
  readonly allowEndpoint: AllowedEndpoints
  /** Used instead of profile, role and default chain (sandbox). */
  readonly credentials: StaticCredentials | null
  /** Where profiles keep their keys: keys without an end are read again once one of these was written. */
  readonly keyFiles?: readonly string[]
  /** Told the time of S3 with every answer. */
  readonly onServerDate?: (at: EpochMs) => void
}

export type AwsCredentials = StaticCredentials & { readonly expiration?: Date }
export type CredentialsProvider = () => Promise<AwsCredentials>

/** Real milliseconds. A control call answers in well under a second; ten leave room for a slow hotel network. */
export const timeouts = { connectMs: 2000, controlMs: 10_000, putMs: 60_000 } as const

/** Constructor options that all four SDK clients take. */
export type ClientOptions = {
  readonly region: string
  readonly maxAttempts: 1
  readonly credentials: AwsCredentials | CredentialsProvider
  readonly endpoint?: string
  readonly requestHandler: {
    readonly connectionTimeout: number
    readonly httpsAgent: { readonly keepAlive: true; readonly maxSockets: number }
    readonly httpAgent: { readonly keepAlive: true; readonly maxSockets: number }
  }
}

/** Deploys keep up to 48 requests in flight; more sockets only cost handshakes. */
const agent = { keepAlive: true, maxSockets: 64 } as const

/** Throws ENDPOINT_REFUSED or USAGE for the endpoint; credentials are resolved (and may fail) with the first call. */
export function clientOptions(access: AwsAccess, service: AwsService): ClientOptions {
  const endpoint = endpointOf(access, service)
  return {
    region: access.region,
    maxAttempts: 1,
    credentials: credentialsOf(access),
    ...(endpoint === null ? {} : { endpoint }),
    requestHandler: { connectionTimeout: timeouts.connectMs, httpAgent: agent, httpsAgent: agent },
  }
}

export function endpointOf(access: AwsAccess, service: AwsService): string | null {
  const endpoint = access.endpoints[service] ?? access.endpoints.all ?? null
  if (endpoint !== null) admitEndpoint(endpoint, access.allowEndpoint)
  return endpoint
}

type BuildStep = (
  next: (args: { request: unknown }) => Promise<never>,
) => (args: { request: unknown }) => Promise<never>
type Guardable = {
  readonly middlewareStack: {
    add(middleware: never, options: { step: 'build'; name: string; priority: 'low'; override: true }): void
  }
}

/**
 * Refuses, per request, a host outside AWS: also one the SDK itself took from AWS_ENDPOINT_URL or from `endpoint_url` of a profile.
 * Throws LaunchError ENDPOINT_REFUSED out of the call that would have gone there
 */
export function guardEndpoint<C extends Guardable>(client: C, allowEndpoint: AllowedEndpoints): C {
  const middleware: BuildStep = (next) => (args) => {
    const of = (name: 'protocol' | 'hostname') =>
      typeof args.request === 'object' && args.request !== null ? String(Reflect.get(args.request, name)) : ''
    admitPlace({ protocol: of('protocol'), hostname: of('hostname') }, allowEndpoint)
    return next(args)
  }
  // A role's own client is guarded anew each time the role is assumed: once, however often.
  const options = { step: 'build', name: 'launchEndpointGuard', priority: 'low', override: true } as const
  // The four clients type their stacks by their own inputs; this middleware looks at none of them.
  client.middlewareStack.add(middleware as never, options)
  return client
}

/** The SDK's own default chain is never left to itself: the clients it makes would go wherever a variable or a profile says. */
function credentialsOf(access: AwsAccess): AwsCredentials | CredentialsProvider {
  return access.credentials ?? shared(async () => (await import('./credentials.ts')).environmentCredentials(access))
}

/** Loads a provider once, on the first call; the provider itself is asked again whenever the SDK wants fresh credentials. */
function shared(load: () => Promise<CredentialsProvider>): CredentialsProvider {
  let loaded: Promise<CredentialsProvider> | null = null
  return async () => {
    loaded ??= load()
    const provider = await loaded
    return provider()
  }
}
