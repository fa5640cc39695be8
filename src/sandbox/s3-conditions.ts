import { s3Error } from './aws-error.ts'
import type { Bucket } from './buckets.ts'
import type { WireRequest, WireResponse } from './types.ts'
import type { StoredObject } from './world-log.ts'

/** The condition of a write (If-None-Match: *, If-Match); the refusal, or null when it holds. */
export function writeRefusal(request: WireRequest, bucket: Bucket, key: string): WireResponse | null {
  const noneMatch = request.headers['if-none-match']
  const match = request.headers['if-match']
  const current = bucket.object(key)
  if (noneMatch !== undefined) {
    if (noneMatch.trim() !== '*')
      return s3Error('NotImplemented', 'A header you provided implies functionality that is not implemented', {
        Header: 'If-None-Match',
      })
    return current ? failed('If-None-Match') : null
  }
  if (match === undefined) return null
  if (!current) return s3Error('NoSuchKey', 'The specified key does not exist.', { Key: key })
  return sameEtag(match, current.etag) ? null : failed('If-Match')
}

/** The conditions of a read: 412, 304, or null to answer the object. */
export function readRefusal(request: WireRequest, object: StoredObject): WireResponse | null {
  const {
    'if-match': match,
    'if-none-match': noneMatch,
    'if-modified-since': since,
    'if-unmodified-since': until,
  } = request.headers
  const modified = Math.floor(object.at / 1000) * 1000
  if (match !== undefined && !sameEtag(match, object.etag)) return failed('If-Match')
  if (match === undefined && until !== undefined && modified > Date.parse(until)) return failed('If-Unmodified-Since')
  const fresh =
    noneMatch === undefined ? since !== undefined && modified <= Date.parse(since) : sameEtag(noneMatch, object.etag)
  if (!fresh) return null
  return { status: 304, headers: { etag: `"${object.etag}"`, 'last-modified': httpDate(object.at) }, body: '' }
}

/** The `x-amz-copy-source-if-*` conditions. */
export function copyRefusal(request: WireRequest, source: StoredObject): WireResponse | null {
  const match = request.headers['x-amz-copy-source-if-match']
  const noneMatch = request.headers['x-amz-copy-source-if-none-match']
  if (match !== undefined && !sameEtag(match, source.etag)) return failed('x-amz-copy-source-If-Match')
  if (noneMatch !== undefined && sameEtag(noneMatch, source.etag)) return failed('x-amz-copy-source-If-None-Match')
  return null
}

/** Whether a list of ETags (quoted, weak or bare) or `*` names this one. */
export function sameEtag(header: string, etag: string): boolean {
  if (header.trim() === '*') return true
  return header.split(',').some((part) => part.trim().replace(/^W\//, '').replaceAll('"', '') === etag)
}

export function httpDate(at: number): string {
  return new Date(at).toUTCString()
}

function failed(condition: string): WireResponse {
  return s3Error('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    Condition: condition,
  })
}
