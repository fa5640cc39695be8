import { createHash, createHmac } from 'node:crypto'
import type { StaticCredentials } from './clients.ts'

/** A request to AWS as it goes over the wire. */
export type WireCall = {
  readonly method: string
  /** As sent: percent-encoded once. */
  readonly path: string
  /** As sent, its parameters in order. Default: none. */
  readonly query?: string
  /** Lower-case names. All of them are signed, `host` and `x-amz-date` among them. */
  readonly headers: { readonly [name: string]: string }
  /** SHA-256 of the body in hex, as in `x-amz-content-sha256`. */
  readonly bodySha256: string
}

type Service = 's3' | 'ssm'

/**
 * The `authorization` header of Signature Version 4, as S3 has it, which does not encode the path twice; of `/` that is all the same:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function authorization(
  { method, path, query = '', headers, bodySha256 }: WireCall,
  region: string,
  keys: Pick<StaticCredentials, 'accessKeyId' | 'secretAccessKey'>,
  service: Service = 's3',
  /** Of the day, region and service, for whoever signs many requests with the same keys. */
  day: Uint8Array = signingKey(headers['x-amz-date'] ?? '', region, keys.secretAccessKey, service),
): string {
  const names = Object.keys(headers).toSorted()
  const canonical = names.map((name) => `${name}:${(headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}\n`).join('')
  const signed = names.join(';')
  const request = [method, path, query, canonical, signed, bodySha256].join('\n')
  const at = headers['x-amz-date'] ?? ''
  const scope = [at.slice(0, 8), region, service, 'aws4_request']
  const text = ['AWS4-HMAC-SHA256', at, scope.join('/'), createHash('sha256').update(request).digest('hex')].join('\n')
  const signature = createHmac('sha256', day).update(text).digest('hex')
  return `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope.join('/')}, SignedHeaders=${signed}, Signature=${signature}`
}

/** The key that signs the requests of one day, which `at` (`20260101T…`) begins with. */
export function signingKey(at: string, region: string, secretAccessKey: string, service: Service): Uint8Array {
  return [at.slice(0, 8), region, service, 'aws4_request'].reduce<Buffer>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  )
}

/** A key in a path: every byte but the unreserved ones of RFC 3986, and slashes kept. */
export function encodedKey(key: string): string {
  return key
    .split('/')
    .map((part) =>
      encodeURIComponent(part).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
    )
    .join('/')
}
