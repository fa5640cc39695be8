import { randomInt } from 'node:crypto'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { awsEnvironment, type AwsEnvironment } from '../aws/environment.ts'
import type { AwsAccess, StaticCredentials } from '../aws/clients.ts'
import type { EpochMs } from '../core/brand.ts'
import type { Environment } from '../core/plan.ts'
import { systemClock } from '../host/clock.ts'
import type { Cdn, ObjectStore, Parameters, Wait } from '../core/ports.ts'

export type AwsOptions = {
  readonly endpoints: AwsAccess['endpoints']
  readonly allowEndpoint: AwsAccess['allowEndpoint']
  /** For the sandbox: keys of the environment's account instead of profile and role. */
  readonly credentials: ((environment: Pick<Environment, 'account'>) => StaticCredentials) | null
  readonly wait: Wait
  /** See `keyFilesOf`; for a process that lives long. */
  readonly keyFiles?: readonly string[]
  readonly onServerDate?: (at: EpochMs) => void
}

export type AwsTarget = Pick<Environment, 'region' | 'profile' | 'role' | 'account'>

/** The AWS of one environment; nothing is loaded or asked before its first use. */
export function awsOf(target: AwsTarget, options: AwsOptions): AwsEnvironment {
  const { region, profile, role } = target
  const access: AwsAccess = {
    region,
    profile: options.credentials ? null : profile,
    role: options.credentials ? null : role,
    endpoints: options.endpoints,
    allowEndpoint: options.allowEndpoint,
    credentials: options.credentials?.(target) ?? null,
    ...(options.keyFiles?.length ? { keyFiles: options.keyFiles } : {}),
    ...(options.onServerDate ? { onServerDate: options.onServerDate } : {}),
  }
  // Requests are signed with real time, whatever the sandbox plays.
  const clock = systemClock()
  return awsEnvironment(access, { wait: options.wait, unit: jitter, now: () => clock.now() })
}

/** Uniform in [0, 1): spreads the retries of machines that were refused at the same moment. */
export function jitter(): number {
  return randomInt(2 ** 32) / 2 ** 32
}

/** A bucket whose client is made with the first call. */
export function lazyObjects(aws: AwsEnvironment, bucket: string): ObjectStore {
  const store = () => aws.objects(bucket)
  return {
    bucket,
    get: async (...args) => (await store()).get(...args),
    put: async (...args) => (await store()).put(...args),
    putLarge: async (...args) => {
      const found = await store()
      if (!found.putLarge) throw new Error('no store for large bodies')
      return found.putLarge(...args)
    },
    copy: async (...args) => (await store()).copy(...args),
    remove: async (...args) => (await store()).remove(...args),
    list: async (...args) => (await store()).list(...args),
    openings: async (signal) => (await (await store()).openings?.(signal)) ?? [],
  }
}

export function lazyCdn(aws: AwsEnvironment, distribution: string): Cdn {
  const cdn = () => aws.cdn(distribution)
  return {
    invalidate: async (...args) => (await cdn()).invalidate(...args),
    invalidated: async (...args) => (await cdn()).invalidated(...args),
    traps: async (signal) => (await (await cdn()).traps?.(signal)) ?? [],
  }
}

export function lazyParameters(aws: AwsEnvironment): Parameters {
  let made: Promise<Parameters> | null = null
  const parameters = () => (made ??= aws.parameters(() => systemClock().now()))
  return {
    get: async (...args) => (await parameters()).get(...args),
    put: async (...args) => (await parameters()).put(...args),
    history: async (...args) => (await parameters()).history(...args),
  }
}

/** Where the AWS tools keep the keys of profiles; none where the keys come from the variables themselves. */
export function keyFilesOf(
  env: { readonly [name: string]: string | undefined },
  profile: string | null,
): readonly string[] {
  if (profile === null && !env['AWS_PROFILE'] && env['AWS_ACCESS_KEY_ID'] && env['AWS_SECRET_ACCESS_KEY']) return []
  const folder = join(env['HOME'] || homedir(), '.aws')
  return [
    env['AWS_SHARED_CREDENTIALS_FILE'] || join(folder, 'credentials'),
    env['AWS_CONFIG_FILE'] || join(folder, 'config'),
  ]
}

/** AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_<SERVICE>, as the AWS tools read them. */
export function endpointsOf(env: { readonly [name: string]: string | undefined }): AwsAccess['endpoints'] {
  const of = (name: string) => env[name] || undefined
  const entries = [
    ['all', of('AWS_ENDPOINT_URL')],
    ['s3', of('AWS_ENDPOINT_URL_S3')],
    ['cloudfront', of('AWS_ENDPOINT_URL_CLOUDFRONT')],
    ['cloudwatch', of('AWS_ENDPOINT_URL_CLOUDWATCH')],
    ['ssm', of('AWS_ENDPOINT_URL_SSM')],
    ['sts', of('AWS_ENDPOINT_URL_STS')],
    // Launch asks these for nothing; the SDK does, for credentials, with a token.
    ['sso', of('AWS_ENDPOINT_URL_SSO')],
    ['sso_oidc', of('AWS_ENDPOINT_URL_SSO_OIDC')],
    ['signin', of('AWS_ENDPOINT_URL_SIGNIN')],
  ] as const
  return Object.fromEntries(entries.filter(([, url]) => url !== undefined))
}
