import { createHash } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { version } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import { partBytes } from '../core/etag.ts'
import type { LargeBody, PutOptions, PutResult } from '../core/ports.ts'
import { timeouts } from './clients.ts'
import { statusOf } from './faults.ts'
import type { RetryPorts } from './retry.ts'
import { sending } from './send.ts'

const partsAtOnce = 4

type Part = { readonly PartNumber: number; readonly ETag: string; readonly ChecksumSHA256: string }

/**
 * Sends a large body part by part: at most four parts are in memory, each with its own checksum. The whole is hashed on the way and
 * becomes an object only when it is what `options.sha256` says. An upload that fails is taken back.
 *
 * Throws ARTIFACT_INVALID when the body is not what was hashed, and what any S3 call throws.
 */
export async function putInParts(
  client: S3Client,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  body: LargeBody,
  options: PutOptions,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<PutResult> {
  const at = { Bucket: bucket, Key: key }
  const call = (operation: string) => ({ service: 's3', operation, resource: `s3://${bucket}/${key}` })
  const { contentType: ContentType, cacheControl: CacheControl } = options
  const create = new CreateMultipartUploadCommand({ ...at, ContentType, CacheControl, ChecksumAlgorithm: 'SHA256' })
  const begun = await sending(
    (abortSignal) => client.send(create, { abortSignal }),
    { call: call('CreateMultipartUpload'), timeoutMs: timeouts.controlMs },
    ports,
    signal,
  )
  const upload = { ...at, UploadId: begun.UploadId }
  const sendPart = async (PartNumber: number, bytes: Uint8Array): Promise<Part> => {
    const ChecksumSHA256 = createHash('sha256').update(bytes).digest('base64')
    const command = new UploadPartCommand({ ...upload, PartNumber, Body: bytes, ChecksumSHA256 })
    const answer = await sending(
      (abortSignal) => client.send(command, { abortSignal }),
      { call: call('UploadPart'), timeoutMs: timeouts.putMs },
      ports,
      signal,
    )
    return { PartNumber, ETag: answer.ETag ?? '', ChecksumSHA256 }
  }
  try {
    const { parts, sha256 } = await sendParts(body, sendPart)
    if (options.sha256 !== undefined && options.sha256 !== sha256)
      throw new LaunchError(
        'ARTIFACT_INVALID',
        `${key} changed while it was uploaded: it is ${sha256.slice(0, 12)} now`,
      )
    const condition =
      options.expect === undefined
        ? {}
        : options.expect === 'absent'
          ? { IfNoneMatch: '*' }
          : { IfMatch: options.expect }
    const complete = new CompleteMultipartUploadCommand({ ...upload, ...condition, MultipartUpload: { Parts: parts } })
    const answer = await sending(
      (abortSignal) => client.send(complete, { abortSignal }).catch(asConflict),
      { call: call('CompleteMultipartUpload'), timeoutMs: timeouts.putMs },
      ports,
      signal,
    )
    if (answer === 'conflict') await abort()
    return answer === 'conflict' ? { status: 'conflict' } : { status: 'written', etag: version(answer.ETag ?? '') }
  } catch (error) {
    await abort()
    throw error
  }

  /** Parts that nobody completes cost money until somebody removes them; a failure here hides no other. */
  async function abort(): Promise<void> {
    const command = new AbortMultipartUploadCommand(upload)
    await client.send(command, { abortSignal: AbortSignal.timeout(timeouts.controlMs) }).catch(() => {})
  }
}

function asConflict(error: unknown): 'conflict' {
  const status = statusOf(error)
  if (status === 412 || status === 409) return 'conflict'
  throw error
}

/** Reads the body in order, hashing it, while a few parts are on their way. */
async function sendParts(
  body: LargeBody,
  sendPart: (partNumber: number, bytes: Uint8Array) => Promise<Part>,
): Promise<{ readonly parts: Part[]; readonly sha256: string }> {
  const size = partBytes(body.bytes)
  const hash = createHash('sha256')
  const parts: Part[] = []
  const underWay = new Set<Promise<void>>()
  try {
    for (let [from, number] = [0, 1]; from < body.bytes; from += size, number += 1) {
      const bytes = await body.slice(from, Math.min(body.bytes, from + size))
      hash.update(bytes)
      const sent = sendPart(number, bytes).then((part) => void (parts[number - 1] = part))
      const settled = sent.finally(() => underWay.delete(settled))
      underWay.add(settled)
      if (underWay.size >= partsAtOnce) await Promise.race(underWay)
    }
    await Promise.all(underWay)
  } catch (error) {
    await Promise.allSettled(underWay)
    throw error
  }
  return { parts, sha256: hash.digest('hex') }
}
