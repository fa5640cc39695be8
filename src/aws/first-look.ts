import { createHash } from 'node:crypto'
import { placeOf, signedRequest, type SignedOptions } from './signed-request.ts'

/**
 * Whether a bucket has nothing at a key, asked without the SDK. Null when that was not answered for certain: without the right to
 * list, S3 says 403 of what is not there. Throws ENDPOINT_REFUSED.
 */
export async function isNothingThere(
  bucket: string,
  key: string,
  { access, now }: SignedOptions,
  signal: AbortSignal,
): Promise<boolean | null> {
  const place = placeOf(bucket, key, access)
  if (place === null) return null
  const call = { method: 'HEAD', headers: {}, body: null, bodySha256: createHash('sha256').digest('hex') } as const
  const answer = await signedRequest(place, call, { access, now }, signal).catch(() => null)
  if (answer?.status === 404) return true
  return answer?.status === 200 ? false : null
}
