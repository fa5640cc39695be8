import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { epochMs, isoTime, type EpochMs } from '../core/brand.ts'
import { endpointOf, type AwsAccess, type StaticCredentials } from './clients.ts'
import { isAwsHost } from './endpoint.ts'
import { authorization, encodedKey } from './sign.ts'

export type SignedOptions = {
  readonly access: AwsAccess & { readonly credentials: StaticCredentials }
  readonly now: () => EpochMs
}

/** Where a bucket answers: the host to connect to and the path of an object in it. */
export type Place = { readonly origin: URL; readonly path: string }

export type SignedCall = {
  readonly method: 'HEAD' | 'PUT'
  /** Lower-case names, beside those that every request has. */
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array | null
  /** SHA-256 of the body in hex. */
  readonly bodySha256: string
}

/** Longer than any healthy answer of S3 to something small. */
const deadlineMs = 4000

/** One request to S3 without the SDK, which takes longer to load than S3 to answer. Throws whatever keeps it from an answer. */
export async function signedRequest(
  { origin, path }: Place,
  { method, headers: own, body, bodySha256 }: SignedCall,
  { access, now }: SignedOptions,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders }> {
  const { sessionToken } = access.credentials
  const headers = {
    ...own,
    host: origin.host,
    'x-amz-content-sha256': bodySha256,
    'x-amz-date': isoTime(now()).replaceAll(/[-:]|\.\d+/g, ''),
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  }
  const signed = authorization({ method, path, headers, bodySha256 }, access.region, access.credentials)
  const { request } = await (origin.protocol === 'https:' ? import('node:https') : import('node:http'))
  const limit = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])
  return new Promise((resolve, reject) => {
    const sent = request(origin, { method, path, headers: { ...headers, authorization: signed }, signal: limit })
    sent.once('error', reject)
    sent.once('response', (response: IncomingMessage) => {
      response.once('error', reject)
      const at = Date.parse(response.headers.date ?? '')
      if (Number.isFinite(at)) access.onServerDate?.(epochMs(at))
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }))
      response.resume()
    })
    sent.end(body)
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
