import { s3Error } from './aws-error.ts'
import { position, type Bucket } from './buckets.ts'
import type { BucketCall } from './s3-call.ts'
import { s3Namespace } from './s3-call.ts'
import { xmlReply } from './s3-object.ts'
import type { WireResponse } from './types.ts'
import { leaf, node, xmlDocument } from './xml.ts'

type Page = {
  readonly keys: readonly string[]
  readonly prefixes: readonly string[]
  /** Last key or common prefix of a page that has another page behind it; null: this is the last. */
  readonly last: string | null
}

export function listObjectsV2({ request, bucket }: BucketCall): WireResponse {
  const { query } = request
  const limit = maxKeys(query)
  if (limit === null) return badMaxKeys()
  const token = query.get('continuation-token')
  const startAfter = query.get('start-after')
  const after = token === null ? (startAfter ?? '') : Buffer.from(token, 'base64').toString('utf8')
  const page = pageOf(bucket, query, after, limit)
  const encode = encoder(query)
  const owner = query.get('fetch-owner') === 'true' ? ownerOf(bucket) : ''
  return xmlReply(
    xmlDocument(
      'ListBucketResult',
      s3Namespace,
      ...common(bucket, query, limit, page),
      leaf('KeyCount', page.keys.length + page.prefixes.length),
      ...(startAfter === null ? [] : [leaf('StartAfter', encode(startAfter))]),
      ...(token === null ? [] : [leaf('ContinuationToken', token)]),
      ...(page.last === null ? [] : [leaf('NextContinuationToken', Buffer.from(page.last).toString('base64'))]),
      ...contents(bucket, page, encode, owner),
    ),
  )
}

export function listObjects({ request, bucket }: BucketCall): WireResponse {
  const { query } = request
  const limit = maxKeys(query)
  if (limit === null) return badMaxKeys()
  const marker = query.get('marker') ?? ''
  const page = pageOf(bucket, query, marker, limit)
  const encode = encoder(query)
  const next = page.last !== null && query.get('delimiter') ? [leaf('NextMarker', encode(page.last))] : []
  const parts = [...common(bucket, query, limit, page), leaf('Marker', encode(marker)), ...next]
  return xmlReply(
    xmlDocument('ListBucketResult', s3Namespace, ...parts, ...contents(bucket, page, encode, ownerOf(bucket))),
  )
}

function maxKeys(query: URLSearchParams): number | null {
  const text = query.get('max-keys')
  if (text === null || text === '') return 1000
  const count = Number(text)
  return Number.isInteger(count) && count >= 0 ? Math.min(count, 1000) : null
}

function badMaxKeys(): WireResponse {
  return s3Error('InvalidArgument', 'Provided max-keys not an integer or within integer range', {
    ArgumentName: 'max-keys',
  })
}

function pageOf(bucket: Bucket, query: URLSearchParams, after: string, limit: number): Page {
  const prefix = query.get('prefix') ?? ''
  const delimiter = query.get('delimiter') ?? ''
  const keys: string[] = []
  const prefixes: string[] = []
  let last: string | null = null
  for (let at = position(bucket.keys, after > prefix ? after : prefix); at < bucket.keys.length; at += 1) {
    const key = bucket.keys[at] ?? ''
    if (!key.startsWith(prefix)) break
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    const group = cut < 0 ? null : key.slice(0, cut + delimiter.length)
    if (key <= after || group === prefixes.at(-1) || (group !== null && group <= after && after.startsWith(group)))
      continue
    if (keys.length + prefixes.length === limit) return { keys, prefixes, last: limit === 0 ? null : last }
    if (group === null) keys.push(key)
    else prefixes.push(group)
    last = group ?? key
  }
  return { keys, prefixes, last: null }
}

function encoder(query: URLSearchParams): (text: string) => string {
  if (query.get('encoding-type') !== 'url') return (text) => text
  return (text) => encodeURIComponent(text).replaceAll('%2F', '/')
}

function common(bucket: Bucket, query: URLSearchParams, limit: number, page: Page): readonly string[] {
  const encode = encoder(query)
  const delimiter = query.get('delimiter')
  return [
    leaf('Name', bucket.name),
    leaf('Prefix', encode(query.get('prefix') ?? '')),
    leaf('MaxKeys', limit),
    ...(delimiter ? [leaf('Delimiter', encode(delimiter))] : []),
    ...(query.get('encoding-type') === 'url' ? [leaf('EncodingType', 'url')] : []),
    leaf('IsTruncated', page.last !== null),
  ]
}

function contents(bucket: Bucket, page: Page, encode: (text: string) => string, owner: string): readonly string[] {
  const keys = page.keys.map((key) => {
    const object = bucket.object(key)
    if (!object) return ''
    return node(
      'Contents',
      leaf('Key', encode(key)),
      leaf('LastModified', new Date(object.at).toISOString()),
      leaf('ETag', `"${object.etag}"`),
      ...Object.keys(object.checksums).map((algorithm) => leaf('ChecksumAlgorithm', algorithm.toUpperCase())),
      leaf('Size', object.bytes),
      leaf('StorageClass', 'STANDARD'),
      owner,
    )
  })
  return [...keys, ...page.prefixes.map((prefix) => node('CommonPrefixes', leaf('Prefix', encode(prefix))))]
}

function ownerOf(bucket: Bucket): string {
  return node('Owner', leaf('ID', bucket.account ?? 'sandbox'))
}
