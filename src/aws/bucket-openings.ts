import {
  GetBucketOwnershipControlsCommand,
  GetPublicAccessBlockCommand,
  type OwnershipControls,
  type PublicAccessBlockConfiguration,
  type S3Client,
} from '@aws-sdk/client-s3'
import { timeouts } from './clients.ts'
import { nameOf } from './faults.ts'
import type { RetryPorts } from './retry.ts'
import { sending } from './send.ts'

/** All four are on in buckets made since April 2023; a site behind CloudFront needs none of them off. */
const blocks = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const

/** What would let others read or write a bucket. Throws what S3 refuses, as LaunchError. */
export async function bucketOpenings(
  client: S3Client,
  bucket: string,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const [block, ownership] = await Promise.all([
    asked('GetPublicAccessBlock', (abortSignal) =>
      client.send(new GetPublicAccessBlockCommand({ Bucket: bucket }), { abortSignal }),
    ),
    asked('GetBucketOwnershipControls', (abortSignal) =>
      client.send(new GetBucketOwnershipControlsCommand({ Bucket: bucket }), { abortSignal }),
    ),
  ])
  return openingsOf(block?.PublicAccessBlockConfiguration, ownership?.OwnershipControls)

  /** Null when the bucket was never told. */
  async function asked<T>(operation: string, ask: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    const send = (abortSignal: AbortSignal) =>
      ask(abortSignal).catch((error: unknown) => {
        if (unset.has(nameOf(error))) return null
        throw error
      })
    const call = { service: 's3', operation, resource: `s3://${bucket}` }
    return sending(send, { call, timeoutMs: timeouts.controlMs }, ports, signal)
  }
}

const unset = new Set(['NoSuchPublicAccessBlockConfiguration', 'OwnershipControlsNotFoundError'])

/** As sentences about the bucket, without its name. */
function openingsOf(
  block: PublicAccessBlockConfiguration | undefined,
  ownership: OwnershipControls | undefined,
): readonly string[] {
  const off = blocks.filter((name) => block?.[name] !== true)
  const owned = ownership?.Rules?.some(({ ObjectOwnership }) => ObjectOwnership === 'BucketOwnerEnforced')
  return [
    ...(off.length > 0 ? [`does not block public access (${off.join(', ')} off)`] : []),
    ...(owned ? [] : ['lets an ACL give its objects to others (ownership is not BucketOwnerEnforced)']),
  ]
}
