import { s3Error } from './aws-error.ts'
import type { Bucket } from './buckets.ts'
import type { WireRequest, WireResponse } from './types.ts'
import type { SandboxWorld } from './world.ts'

export const s3Namespace = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** An S3 request whose bucket exists and may be used by whoever signed. */
export type BucketCall = { readonly request: WireRequest; readonly world: SandboxWorld; readonly bucket: Bucket }
export type ObjectCall = BucketCall & { readonly key: string }

/** The bucket, or why this account does not get it. */
export function bucketOf(request: WireRequest, world: SandboxWorld, name: string): Bucket | WireResponse {
  const bucket = world.buckets.get(name)
  if (request.account === null) return s3Error('AccessDenied', 'Access Denied')
  if (!bucket) return s3Error('NoSuchBucket', 'The specified bucket does not exist', { BucketName: name })
  const region = signingRegion(request)
  // Where a bucket is may be asked from anywhere.
  const isQuestion = request.query.has('location')
  if (region !== null && region !== bucket.region && !isQuestion) return elsewhere(bucket)
  if (bucket.account !== null && bucket.account !== request.account) return s3Error('AccessDenied', 'Access Denied')
  const expected = request.headers['x-amz-expected-bucket-owner']
  if (expected !== undefined && bucket.account !== null && expected !== bucket.account)
    return s3Error('AccessDenied', 'Access Denied')
  return bucket
}

/** The region a request was signed for; null when its signature says none. */
function signingRegion({ headers, query }: WireRequest): string | null {
  const scope = /Credential=[^/,\s]+\/\d{8}\/([^/]+)\//.exec(headers['authorization'] ?? '')?.[1]
  return scope ?? query.get('X-Amz-Credential')?.split('/')[2] ?? null
}

function elsewhere({ name, region }: Bucket): WireResponse {
  const answer = s3Error(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    { Endpoint: `${name}.s3.${region}.amazonaws.com`, Bucket: name },
  )
  return { ...answer, headers: { ...answer.headers, 'x-amz-bucket-region': region } }
}

export function isRefusal(found: Bucket | WireResponse): found is WireResponse {
  return 'status' in found
}

export function noSuchKey(key: string): WireResponse {
  return s3Error('NoSuchKey', 'The specified key does not exist.', { Key: key })
}
