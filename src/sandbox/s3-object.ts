import { requestId, s3Error } from './aws-error.ts'
import { byteRange } from './http-range.ts'
import { checksum, checksumAlgorithms, md5Hex } from './s3-checksum.ts'
import { copyRefusal, httpDate, readRefusal, writeRefusal } from './s3-conditions.ts'
import { checksumHeaders, entityOf, readUpload } from './s3-upload.ts'
import { bucketOf, isRefusal, noSuchKey, s3Namespace, type ObjectCall } from './s3-call.ts'
import type { WireRequest, WireResponse } from './types.ts'
import type { StoredObject } from './world-log.ts'
import { leaf, node, sections, texts, xmlDocument } from './xml.ts'

export function getObject({ request, world, bucket, key }: ObjectCall): WireResponse {
  const object = bucket.object(key)
  if (!object) return request.method === 'HEAD' ? { ...noSuchKey(key), body: '' } : noSuchKey(key)
  const refusal = readRefusal(request, object)
  if (refusal) return request.method === 'HEAD' ? { ...refusal, body: '' } : refusal
  const range = byteRange(request.headers['range'], object.bytes)
  if (range === 'unsatisfiable') {
    return s3Error('InvalidRange', 'The requested range is not satisfiable', { ActualObjectSize: String(object.bytes) })
  }
  const body = request.method === 'HEAD' ? '' : world.body(object)
  const headers = objectHeaders(
    object,
    range === null && request.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED',
  )
  const overridden = { ...headers, ...responseOverrides(request) }
  if (range === null) return { status: 200, headers: { ...overridden, 'content-length': String(object.bytes) }, body }
  return {
    status: 206,
    headers: {
      ...overridden,
      'content-range': `bytes ${range.from}-${range.to}/${object.bytes}`,
      'content-length': String(range.to - range.from + 1),
    },
    body: typeof body === 'string' ? body : body.subarray(range.from, range.to + 1),
  }
}

export function putObject({ request, world, bucket, key }: ObjectCall): WireResponse {
  const upload = readUpload(request)
  if (!upload.ok) return upload.refusal
  const refusal = writeRefusal(request, bucket, key)
  if (refusal) return refusal
  const { body, md5, checksums } = upload
  const object = world.put(bucket.name, key, { body, etag: md5, checksums, ...entityOf(request) })
  return { status: 200, headers: { ...s3Headers(), etag: `"${object.etag}"`, ...checksumHeaders(checksums) }, body: '' }
}

export function copyObject(call: ObjectCall): WireResponse {
  const { request, world, bucket, key } = call
  const [, sourceBucket = '', sourceKey = ''] =
    /^\/?([^/]+)\/(.+?)(?:\?.*)?$/.exec(decodeURIComponent(request.headers['x-amz-copy-source'] ?? '')) ?? []
  const from = bucketOf(request, world, sourceBucket)
  if (isRefusal(from)) return from
  const source = from.object(sourceKey)
  if (!source) return noSuchKey(sourceKey)
  const replace = request.headers['x-amz-metadata-directive']?.toUpperCase() === 'REPLACE'
  if (from.name === bucket.name && sourceKey === key && !replace) {
    return s3Error(
      'InvalidRequest',
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    )
  }
  const refusal = copyRefusal(request, source) ?? writeRefusal(request, bucket, key)
  if (refusal) return refusal
  const body = world.body(source)
  const entity = replace ? entityOf(request) : { headers: source.headers, metadata: source.metadata }
  const copy = world.put(bucket.name, key, {
    body,
    etag: md5Hex(body),
    checksums: copiedChecksums(request, source, body),
    ...entity,
  })
  const sums = Object.entries(copy.checksums).map(([algorithm, value]) =>
    leaf(`Checksum${algorithm.toUpperCase()}`, value),
  )
  const result = [leaf('LastModified', new Date(copy.at).toISOString()), leaf('ETag', `"${copy.etag}"`), ...sums]
  return xmlReply(xmlDocument('CopyObjectResult', s3Namespace, ...result))
}

export function deleteObject({ request, world, bucket, key }: ObjectCall): WireResponse {
  const refusal = request.headers['if-match'] === undefined ? null : writeRefusal(request, bucket, key)
  if (refusal) return refusal
  if (bucket.object(key)) world.delete(bucket.name, key)
  return { status: 204, headers: s3Headers(), body: '' }
}

/** DeleteObjects: keys of the XML body, each with an optional ETag condition. */
export function deleteObjects({ request, world, bucket }: Omit<ObjectCall, 'key'>): WireResponse {
  const upload = readUpload(request)
  if (!upload.ok) return upload.refusal
  const xml = Buffer.from(upload.body).toString('utf8')
  const items = sections(xml, 'Object').map((item) => ({
    key: texts(item, 'Key')[0] ?? '',
    etag: texts(item, 'ETag')[0] ?? null,
  }))
  if (items.length === 0 || items.length > 1000)
    return s3Error(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    )
  const quiet = texts(xml, 'Quiet')[0] === 'true'
  const results = items.map(({ key, etag }) => {
    const object = bucket.object(key)
    if (etag !== null && object?.etag !== etag.replaceAll('"', '')) {
      return node(
        'Error',
        leaf('Key', key),
        leaf('Code', 'PreconditionFailed'),
        leaf('Message', 'At least one of the pre-conditions you specified did not hold'),
      )
    }
    if (object) world.delete(bucket.name, key)
    return quiet ? '' : node('Deleted', leaf('Key', key))
  })
  return xmlReply(xmlDocument('DeleteResult', s3Namespace, ...results))
}

export function xmlReply(body: string, status = 200): WireResponse {
  return { status, headers: { ...s3Headers(), 'content-type': 'application/xml' }, body }
}

export function s3Headers(): { readonly [name: string]: string } {
  return { 'x-amz-request-id': requestId(), 'x-amz-server-side-encryption': 'AES256' }
}

function objectHeaders(object: StoredObject, withChecksums: boolean): { readonly [name: string]: string } {
  return {
    ...s3Headers(),
    ...object.headers,
    ...object.metadata,
    etag: `"${object.etag}"`,
    'last-modified': httpDate(object.at),
    'accept-ranges': 'bytes',
    ...(withChecksums && checksumHeaders(object.checksums)),
  }
}

/** `response-content-type=…` and its kind in a (presigned) GET. */
function responseOverrides(request: WireRequest): { readonly [name: string]: string } {
  const entries = [...request.query].filter(([name]) => name.startsWith('response-'))
  return Object.fromEntries(entries.map(([name, value]) => [name.slice('response-'.length), value]))
}

function copiedChecksums(request: WireRequest, source: StoredObject, body: Uint8Array): StoredObject['checksums'] {
  const wanted = request.headers['x-amz-checksum-algorithm']?.toLowerCase()
  const algorithm = checksumAlgorithms.find((name) => name === wanted)
  if (algorithm) return { [algorithm]: checksum(algorithm, body) }
  const whole = Object.entries(source.checksums).filter(([, value]) => !value.includes('-'))
  return Object.fromEntries(whole)
}
