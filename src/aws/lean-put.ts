import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { isoTime, version, type EpochMs } from '../core/brand.ts'
import type { PutOptions, PutResult } from '../core/ports.ts'
import { timeouts } from './clients.ts'
import { RawHttp, type Origin } from './raw-http.ts'
import { authorization, encodedKey, signingKey } from './sign.ts'

/** One PUT as the SDK would have sent it: where it goes and what it says, without having been sent. */
export type Specimen = {
  readonly origin: Origin
  /** What stands before the encoded key: `/` or `/bucket/`. */
  readonly prefix: string
  readonly host: string
  readonly region: string
}

export type LeanPut = {
  /**
   * Null: not for this path, ask the SDK. `slow-down`: the store refused it for now and has not done it. Throws what happened to the
   * connection; whether the object was written is not known then.
   */
  put(
    key: string,
    body: Uint8Array,
    options: PutOptions & { readonly sha256: NonNullable<PutOptions['sha256']> },
    signal: AbortSignal,
  ): Promise<PutResult | 'slow-down' | null>
  close(): void
}

/** After this many answers that only the SDK can make something of, it is asked at once. */
const unexpectedLimit = 8

/**
 * PutObject without the SDK's middleware, for the hundreds of small files of a release. It goes only where the SDK's own request
 * for the same object would have gone, and only after its signature of that request came out as the SDK's: null otherwise.
 */
export async function leanPut(client: S3Client, bucket: string, now: () => EpochMs): Promise<LeanPut | null> {
  const specimen = await specimenOf(client, bucket)
  if (specimen === null) return null
  const { origin, prefix, host, region } = specimen
  const http = new RawHttp(origin, timeouts.connectMs)
  let unexpected = 0
  const keyOf = dailyKey(region)
  return {
    close: () => http.close(),
    put: async (key, body, options, signal) => {
      if (unexpected >= unexpectedLimit) return null
      const checksum = Buffer.from(options.sha256, 'hex').toString('base64')
      const { accessKeyId, secretAccessKey, sessionToken } = await client.config.credentials()
      const path = `${prefix}${encodedKey(key)}`
      const headers = {
        'cache-control': options.cacheControl,
        'content-length': String(body.byteLength),
        'content-type': options.contentType,
        host,
        ...(options.expect === 'absent' ? { 'if-none-match': '*' } : {}),
        'x-amz-checksum-sha256': checksum,
        'x-amz-content-sha256': options.sha256,
        'x-amz-date': amzDate(now()),
        ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
      }
      if (Object.values(headers).some(isUnsafe)) return null
      const call = { method: 'PUT', path, headers, bodySha256: options.sha256 }
      const dayKey = keyOf(headers['x-amz-date'], secretAccessKey)
      const signature = authorization(call, region, { accessKeyId, secretAccessKey }, 's3', dayKey)
      const signed = { ...headers, authorization: signature }
      const head = Object.entries(signed).map(([name, value]) => `${name}: ${value}\r\n`)
      const answer = await http.send(`PUT ${path} HTTP/1.1\r\n${head.join('')}\r\n`, body, timeouts.putMs, signal)
      if (answer.status === 200 && (answer.headers['x-amz-checksum-sha256'] ?? checksum) === checksum)
        return { status: 'written', etag: version(answer.headers['etag'] ?? '') }
      if (answer.status === 412 && options.expect === 'absent') return { status: 'conflict' }
      if (answer.status === 503 || answer.status === 429) return 'slow-down'
      unexpected += 1
      return null
    },
  }
}

/** Four of the five hashes of a signature are the same all day. */
function dailyKey(region: string): (at: string, secret: string) => Uint8Array {
  let made: { readonly day: string; readonly secret: string; readonly key: Uint8Array } | null = null
  return (at, secret) => {
    const day = at.slice(0, 8)
    if (made?.day !== day || made.secret !== secret) made = { day, secret, key: signingKey(at, region, secret, 's3') }
    return made.key
  }
}

function amzDate(at: EpochMs): string {
  return isoTime(at).replaceAll(/[-:]|\.\d+/g, '')
}

/** A value that would not stand as it is in a head that is written by hand. */
function isUnsafe(value: string): boolean {
  return /[^\u0020-\u007e]/.test(value) || value !== value.trim() || value.includes('  ')
}

const specimenKey = 'launch specimen/ä+(1).js'

/** What the SDK makes of a PUT, taken from between its signing and its sending. Null when it is nothing this file can make itself. */
async function specimenOf(client: S3Client, bucket: string): Promise<Specimen | null> {
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: specimenKey,
    Body: new Uint8Array([1]),
    ContentType: 'text/javascript; charset=utf-8',
    CacheControl: 'public, max-age=60',
    ChecksumSHA256: 'S/WZK5qUrQplyqGXBZLgzUBTFnZTm7qfKiJjRZqC9d4=',
    IfNoneMatch: '*',
  })
  let sent: unknown = null
  const catchIt = () => (args: { request: unknown }) => {
    sent = args.request
    return Promise.reject(new Caught())
  }
  // Innermost of all: what arrives here is what would have gone to the socket.
  command.middlewareStack.add(catchIt, { step: 'deserialize', priority: 'low', name: 'launchSpecimen' })
  try {
    await client.send(command)
  } catch (error) {
    if (!(error instanceof Caught)) throw error
  }
  return asSpecimen(sent, await client.config.credentials())
}

class Caught extends Error {
  override readonly name = 'Caught'
}

type Credentials = Awaited<ReturnType<S3Client['config']['credentials']>>

function asSpecimen(sent: unknown, credentials: Credentials): Specimen | null {
  const request = asRequest(sent)
  if (request === null) return null
  const { protocol, hostname, port, path, query, headers } = request
  const encoded = encodedKey(specimenKey)
  const header = headers['authorization'] ?? ''
  const scheme = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), /
  const [, accessKeyId, region, names] = scheme.exec(header) ?? []
  if (region === undefined || names === undefined || accessKeyId !== credentials.accessKeyId) return null
  const signedHeaders = Object.fromEntries(names.split(';').map((name) => [name, headers[name] ?? '']))
  const bodySha256 = headers['x-amz-content-sha256'] ?? ''
  const ours = authorization({ method: 'PUT', path, query, headers: signedHeaders, bodySha256 }, region, credentials)
  if (ours !== header || !path.endsWith(encoded)) return null
  if (protocol !== 'http:' && protocol !== 'https:') return null
  const origin = { protocol, hostname, port: port ?? (protocol === 'https:' ? 443 : 80) } as const
  return { origin, prefix: path.slice(0, -encoded.length), host: headers['host'] ?? hostname, region }
}

type SentRequest = {
  readonly protocol: string
  readonly hostname: string
  readonly port: number | undefined
  readonly path: string
  readonly query: string
  readonly headers: { readonly [name: string]: string }
}

function asRequest(value: unknown): SentRequest | null {
  const field = (name: string): unknown =>
    typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
  const [protocol, hostname, path, port] = [field('protocol'), field('hostname'), field('path'), field('port')]
  if (typeof protocol !== 'string' || typeof hostname !== 'string' || typeof path !== 'string') return null
  const headers = stringsOf(field('headers'))
  const query = Object.entries(stringsOf(field('query'))).map(
    ([name, one]) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`,
  )
  const lower = Object.fromEntries(Object.entries(headers).map(([name, one]) => [name.toLowerCase(), one]))
  return {
    protocol,
    hostname,
    path,
    port: typeof port === 'number' ? port : undefined,
    query: query.toSorted().join('&'),
    headers: lower,
  }
}

function stringsOf(value: unknown): { readonly [name: string]: string } {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
