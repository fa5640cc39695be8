import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AwsAccess, StaticCredentials } from '../aws/clients.ts'
import type { AwsTarget } from './aws-world.ts'

type Env = { readonly [name: string]: string | undefined }
type Given = Pick<AwsAccess, 'endpoints' | 'allowEndpoint' | 'credentials' | 'onServerDate'>

/** Set, they make the SDK go elsewhere, or with other keys, than the environment's keys and the region say. */
const decidesOtherwise = [
  'AWS_PROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_USE_FIPS_ENDPOINT',
  'AWS_USE_DUALSTACK_ENDPOINT',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  'AWS_ACCOUNT_ID_ENDPOINT_MODE',
] as const

/** Settings of a config file that do so. */
const configured = /endpoint_url|use_fips|use_dualstack|^\s*services\s*=/m

/**
 * How to reach S3 with keys that are there at once: the sandbox's, or AWS_ACCESS_KEY_ID and its secret where the SDK would take
 * them, too. Null: a profile, a role, or anything else that the SDK has to work out.
 */
export async function fastAccess(
  target: AwsTarget,
  given: Given,
  env: Env,
): Promise<(AwsAccess & { readonly credentials: StaticCredentials }) | null> {
  const { region, profile, role } = target
  const { endpoints, allowEndpoint, onServerDate } = given
  const heard = onServerDate ? { onServerDate } : {}
  const access = { region, endpoints, allowEndpoint, profile: null, role: null, ...heard }
  if (given.credentials !== null) return { ...access, credentials: given.credentials }
  if (profile !== null || role !== null || decidesOtherwise.some((name) => env[name])) return null
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env
  if (!accessKeyId || !secretAccessKey || !env['HOME']) return null
  if (given.endpoints.all === undefined && given.endpoints.s3 === undefined && (await hasOwnWays(env['HOME'])))
    return null
  return { ...access, credentials: { accessKeyId, secretAccessKey, ...(token ? { sessionToken: token } : {}) } }
}

async function hasOwnWays(home: string): Promise<boolean> {
  const texts = ['config', 'credentials'].map((name) => readFile(join(home, '.aws', name), 'utf8').catch(() => ''))
  return (await Promise.all(texts)).some((text) => configured.test(text))
}
