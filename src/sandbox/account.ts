import { isProduction } from './scenario.ts'
import type { Site } from './types.ts'

/**
 * Which AWS account an access key id stands for. Nothing is verified but that: secrets, signatures and expiry are not.
 * - `SANDBOX` + 12 digits: a static key of that account;
 * - `ASIASB` + 12 digits + 2: a key handed out by STS for that account;
 * - any other id: a key of the production site's account.
 */
export function accountOf(accessKeyId: string, sites: readonly Site[]): string {
  const encoded = /^(?:SANDBOX|ASIASB)(\d{12})/.exec(accessKeyId)
  return encoded?.[1] ?? homeAccount(sites)
}

export function homeAccount(sites: readonly Site[]): string {
  return sites.find((site) => isProduction(site, sites))?.account ?? '000000000000'
}

export function issuedKey(account: string): string {
  return `ASIASB${account}ZZ`
}

/** The access key id of a SigV4 signature in the header or in a presigned query; null when unsigned. */
export function signingKey(authorization: string | undefined, query: URLSearchParams): string | null {
  const credential = /Credential=([^/,\s]+)\//.exec(authorization ?? '')?.[1]
  return credential ?? query.get('X-Amz-Credential')?.split('/')[0] ?? null
}
