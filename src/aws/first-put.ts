import { createHash } from 'node:crypto'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { epochMs, isoTime, version, type EpochMs } from '../core/brand.ts'
import type { ObjectStore, PutOptions, PutResult } from '../core/ports.ts'
import { endpointOf, type AwsAccess, type StaticCredentials } from './clients.ts'
import { isAwsHost } from './endpoint.ts'
import { authorization, encodedKey } from './sign.ts'

export type FirstPutOptions = {
  readonly access: AwsAccess & { readonly credentials: StaticCredentials }
  readonly now: () => EpochMs
}

/** Where a bucket answers: the host to connect to and the path of an object in it. */
export type Place = { readonly origin: URL; readonly path: string }

/** Longer than any healthy answer; the SDK, which retries and says what is wrong, is waiting. */
const deadlineMs = 4000

/**
 * A bucket whose first unconditional write does not wait for the SDK to load, which takes longer than the write itself. Whatever
 * is not an ordinary bucket of the commercial regions, and whatever is not answered with 200, goes to the SDK: the same bytes
 * once more, which changes nothing when the first ones did arrive.
 */
export function firstPutFast(objects: ObjectStore, options: FirstPutOptions): ObjectStore {
  let first = true
  return {
    ...objects,
    put: async (key, body, put, signal) => {
      const fast = first && put.expect === undefined
      first = false
      const etag = fast ? await quickPut(objects.bucket, key, { body, put }, options, signal) : null
      return etag === null
        ? objects.put(key, body, put, signal)
        : ({ status: 'written', etag: version(etag) } satisfies PutResult)
    },
  }
}

/** The ETag, or null when this is not for here or did not work. Throws the signal's reason and ENDPOINT_REFUSED. */
async function quickPut(
  bucket: string,
  key: string,
  { body, put }: { readonly body: Uint8Array; readonly put: PutOptions },
  { access, now }: FirstPutOptions,
  signal: AbortSignal,
): Promise<string | null> {
  const place = placeOf(bucket, key, access)
  if (place === null) return null
  const { origin, path } = place
  const sha256 = createHash('sha256').update(body)
  const bodySha256 = sha256.copy().digest('hex')
  const { sessionToken } = access.credentials
  const headers = {
    'cache-control': put.cacheControl,
    'content-length': String(body.byteLength),
    'content-type': put.contentType,
    host: origin.host,
    'x-amz-checksum-sha256': sha256.digest('base64'),
    'x-amz-content-sha256': bodySha256,
    'x-amz-date': isoTime(now()).replaceAll(/[-:]|\.\d+/g, ''),
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  }
  const signed = authorization({ method: 'PUT', path, headers, bodySha256 }, access.region, access.credentials)
  try {
    const { request } = await (origin.protocol === 'https:' ? import('node:https') : import('node:http'))
    const options = { method: 'PUT', path, headers: { ...headers, authorization: signed } }
    const sent = request(origin, { ...options, signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]) })
    return await answered(sent, body, access.onServerDate)
  } catch {
    signal.throwIfAborted()
    return null // the SDK meets the same trouble and says which
  }
}

function answered(
  request: ClientRequest,
  body: Uint8Array,
  onServerDate: AwsAccess['onServerDate'],
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    request.once('error', reject)
    request.once('response', (response: IncomingMessage) => {
      response.once('error', reject)
      const at = Date.parse(response.headers.date ?? '')
      if (Number.isFinite(at)) onServerDate?.(epochMs(at))
      response.once('end', () => resolve(response.statusCode === 200 ? (response.headers.etag ?? '') : null))
      response.resume()
    })
    request.end(body)
  })
}

/** Regions whose hosts end in amazonaws.com. */
const commercial = /^(?:af|ap|ca|eu|il|me|mx|sa|us)-[a-z]+-\d$/
/** A name that is a host name label of its own; access points and directory buckets have endings after two hyphens. */
const plainBucket = /^[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]$/

/** As the SDK addresses it: by host in AWS, by path at an emulator. Null: leave it to the SDK. Throws ENDPOINT_REFUSED. */
export function placeOf(bucket: string, key: string, access: AwsAccess): Place | null {
  if (!plainBucket.test(bucket) || bucket.endsWith('-s3alias')) return null
  const endpoint = endpointOf(access, 's3')
  if (endpoint === null) {
    if (!commercial.test(access.region)) return null
    return { origin: new URL(`https://${bucket}.s3.${access.region}.amazonaws.com`), path: `/${encodedKey(key)}` }
  }
  const origin = new URL(endpoint)
  if (isAwsHost(origin.hostname) || origin.pathname !== '/' || origin.search !== '' || origin.username !== '')
    return null
  return { origin, path: `/${bucket}/${encodedKey(key)}` }
}
