import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3'
import { epochMs, version } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { ListedKey, ObjectStore, PutOptions, PutResult, StoredObject } from '../core/ports.ts'
import { withDeadline } from './deadline.ts'
import { clientOptions, endpointOf, guardEndpoint, timeouts, type AwsAccess } from './clients.ts'
import { admitRegion, isAwsHost } from './endpoint.ts'
import { awsFault, nameOf, statusOf } from './faults.ts'
import { takeRows } from './list-page.ts'
import type { QuickPuts } from './quick-puts.ts'
import { conflictRetry, retrying, type RetryPorts } from './retry.ts'
import { sending } from './send.ts'
import { hearServerDate } from './server-date.ts'

/** Path-style addressing outside AWS: an emulator has no DNS name per bucket. */
export function s3Client(access: AwsAccess): S3Client {
  admitRegion(access.region, access.allowEndpoint)
  const endpoint = endpointOf(access, 's3')
  const forcePathStyle = endpoint !== null && !isAwsHost(new URL(endpoint).hostname)
  const client = new S3Client({ ...clientOptions(access, 's3'), forcePathStyle })
  const named = namingRegion(guardEndpoint(client, access.allowEndpoint), access.region)
  return hearServerDate(named, access.onServerDate)
}

/** Adds to what goes wrong which region was asked: S3 says which one would have been right. */
function namingRegion(client: S3Client, askedRegion: string): S3Client {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args)
      } catch (error) {
        if (error instanceof Error) Object.assign(error, { askedRegion })
        throw error
      }
    },
    { step: 'initialize', name: 'launchAskedRegion' },
  )
  return client
}

/**
 * One bucket. Reads and unconditional writes are retried; a conditional write is sent once (its own lost success would
 * look like a conflict), so UNREACHABLE from it means: outcome not known, read back.
 */
export function s3Objects(client: S3Client, bucket: string, ports: RetryPorts): ObjectStore {
  const call = (operation: string, key: string) => ({ service: 's3', operation, resource: `s3://${bucket}/${key}` })
  // Loaded by the first deploy: a rollback has no use for it.
  let loading: Promise<QuickPuts> | null = null
  const quick = async () => {
    const { now } = ports
    loading ??= now ? import('./quick-puts.ts').then((made) => made.quickPuts(client, bucket, { ...ports, now })) : null
    return loading
  }
  return {
    bucket,
    get: (key, signal) => getObject(client, bucket, key, ports, signal),
    put: async (key, body, options, signal) => {
      const done = options.sha256 === undefined ? null : await (await quick())?.put(key, body, options, signal)
      return done ?? putObject(client, bucket, key, body, options, ports, signal)
    },
    putLarge: async (key, body, options, signal) => {
      const { putInParts } = await import('./multipart.ts')
      return putInParts(client, { bucket, key }, body, options, ports, signal)
    },
    copy: async (from, to, options, signal) => {
      const command = new CopyObjectCommand({
        Bucket: bucket,
        Key: to,
        CopySource: `${bucket}/${from.split('/').map(encodeURIComponent).join('/')}`,
        MetadataDirective: 'REPLACE',
        ContentType: options.contentType,
        CacheControl: options.cacheControl,
        ...(options.sha256 === undefined ? {} : { ChecksumAlgorithm: 'SHA256' as const }),
      })
      const send = (abortSignal: AbortSignal) => client.send(command, { abortSignal })
      await sending(send, { call: call('CopyObject', to), timeoutMs: timeouts.putMs }, ports, signal)
    },
    remove: async (keys, signal) => {
      for (let at = 0; at < keys.length; at += removeBatch) {
        await removeObjects(client, bucket, keys.slice(at, at + removeBatch), ports, signal)
      }
    },
    list: (prefix, signal) => listObjects(client, bucket, prefix, ports, signal),
    openings: async (signal) => {
      const { bucketOpenings } = await import('./bucket-openings.ts')
      return bucketOpenings(client, bucket, ports, signal)
    },
  }
}

/** DeleteObjects takes at most this many keys. */
const removeBatch = 1000

async function getObject(
  client: S3Client,
  bucket: string,
  key: string,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<StoredObject | null> {
  const send = async (abortSignal: AbortSignal) => {
    try {
      const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal })
      return {
        body: (await answer.Body?.transformToByteArray()) ?? new Uint8Array(),
        etag: version(answer.ETag ?? ''),
        contentType: answer.ContentType ?? '',
        cacheControl: answer.CacheControl ?? '',
      }
    } catch (error) {
      if (nameOf(error) === 'NoSuchKey') return null
      throw error
    }
  }
  const call = { service: 's3', operation: 'GetObject', resource: `s3://${bucket}/${key}` }
  return sending(send, { call, timeoutMs: timeouts.putMs }, ports, signal)
}

async function putObject(
  client: S3Client,
  bucket: string,
  key: string,
  body: Uint8Array,
  options: PutOptions,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<PutResult> {
  const input = putInput(bucket, key, body, options)
  const send = (abortSignal: AbortSignal) => client.send(new PutObjectCommand(input), { abortSignal })
  const call = { service: 's3', operation: 'PutObject', resource: `s3://${bucket}/${key}` }
  const timeoutMs = body.byteLength > smallBody ? timeouts.putMs : timeouts.controlMs
  if (options.expect === undefined) {
    const answer = await sending(send, { call, timeoutMs }, ports, signal)
    return { status: 'written', etag: version(answer.ETag ?? '') }
  }
  try {
    const once = () => withDeadline(send, timeoutMs, signal)
    const answer = await retrying(once, isConflictInFlight, conflictRetry, ports, signal)
    return { status: 'written', etag: version(answer.ETag ?? '') }
  } catch (error) {
    if (conditionFailed(error, options.expect)) return { status: 'conflict' }
    throw awsFault(error, call)
  }
}

/** Below this a PUT counts as a control call and gets its short deadline. */
const smallBody = 256 * 1024

function putInput(bucket: string, key: string, body: Uint8Array, options: PutOptions): PutObjectCommandInput {
  const { expect, sha256 } = options
  return {
    Bucket: bucket,
    Key: key,
    Body: body,
    ContentType: options.contentType,
    CacheControl: options.cacheControl,
    ...(sha256 === undefined ? {} : { ChecksumSHA256: Buffer.from(sha256, 'hex').toString('base64') }),
    ...(expect === undefined ? {} : expect === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: expect }),
  }
}

function isConflictInFlight(error: unknown): boolean {
  return statusOf(error) === 409 || nameOf(error) === 'ConditionalRequestConflict'
}

/** 412, a 409 that stayed, or If-Match on a key that is gone (404). */
function conditionFailed(error: unknown, expect: PutOptions['expect']): boolean {
  if (statusOf(error) === 412 || isConflictInFlight(error)) return true
  return expect !== 'absent' && nameOf(error) === 'NoSuchKey'
}

async function removeObjects(
  client: S3Client,
  bucket: string,
  keys: readonly string[],
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<void> {
  const command = new DeleteObjectsCommand({
    Bucket: bucket,
    Delete: { Objects: keys.map((key) => ({ Key: key })), Quiet: true },
  })
  const call = { service: 's3', operation: 'DeleteObjects', resource: `s3://${bucket}` }
  const send = (abortSignal: AbortSignal) => client.send(command, { abortSignal })
  const answer = await sending(send, { call, timeoutMs: timeouts.putMs }, ports, signal)
  const [first] = answer.Errors ?? []
  if (!first) return
  const code = first.Code === 'AccessDenied' ? 'FORBIDDEN' : 'UNREACHABLE'
  const count = answer.Errors?.length ?? 0
  throw new LaunchError(
    code,
    `s3 DeleteObjects kept ${count} of ${keys.length} keys, first ${first.Key}: ${first.Code}`,
  )
}

async function listObjects(
  client: S3Client,
  bucket: string,
  prefix: string,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<ObjectStore['list']>>> {
  const call = { service: 's3', operation: 'ListObjectsV2', resource: `s3://${bucket}/${prefix}` }
  const found: ListedKey[] = []
  let token: string | undefined
  do {
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      ...(token === undefined ? {} : { ContinuationToken: token }),
    })
    const taken = takeRows(command)
    const send = (abortSignal: AbortSignal) => client.send(command, { abortSignal })
    const page = await sending(send, { call, timeoutMs: timeouts.controlMs }, ports, signal)
    found.push(...(taken.rows() ?? []))
    for (const { Key, Size, ETag, LastModified } of page.Contents ?? []) {
      if (Key === undefined) continue
      const at = LastModified ? { at: epochMs(LastModified.getTime()) } : {}
      found.push({ key: Key, bytes: Size ?? 0, etag: version(ETag ?? ''), ...at })
    }
    token = page.IsTruncated === true ? page.NextContinuationToken : undefined
  } while (token !== undefined)
  return found
}
