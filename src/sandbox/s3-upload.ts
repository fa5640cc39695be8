import { createHash } from 'node:crypto'
import { dechunk, isChunked } from './aws-chunked.ts'
import { s3Error } from './aws-error.ts'
import { checksum, checksumAlgorithms, md5Hex, type ChecksumAlgorithm } from './s3-checksum.ts'
import type { WireRequest, WireResponse } from './types.ts'
import type { NewObject } from './world.ts'

/** A body whose framing, length and every checksum that came with it were verified. */
export type Upload = {
  readonly ok: true
  readonly body: Uint8Array
  readonly md5: string
  readonly checksums: { readonly [A in ChecksumAlgorithm]?: string }
}
export type Refused = { readonly ok: false; readonly refusal: WireResponse }

export function readUpload(request: WireRequest): Upload | Refused {
  const { headers } = request
  const chunked = isChunked(headers)
  const framed = chunked ? dechunk(request.body) : { body: request.body, trailers: {} }
  if (!framed || (chunked && wrongLength(headers, framed.body))) {
    return refused(
      'IncompleteBody',
      'You did not provide the number of bytes specified by the Content-Length HTTP header',
    )
  }
  const { body, trailers } = framed
  const signed = headers['x-amz-content-sha256'] ?? ''
  if (/^[0-9a-f]{64}$/.test(signed) && signed !== createHash('sha256').update(body).digest('hex')) {
    return refused(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
  }
  const md5 = md5Hex(body)
  const wrongMd5 = md5Refusal(headers['content-md5'], md5)
  if (wrongMd5) return wrongMd5
  return verified(body, md5, { ...headers, ...trailers })
}

/** Entity headers and metadata of a request, as they are stored. */
export function entityOf(request: WireRequest): Pick<NewObject, 'headers' | 'metadata'> {
  const entity: Record<string, string> = { 'content-type': request.headers['content-type'] || 'binary/octet-stream' }
  for (const name of [
    'cache-control',
    'content-disposition',
    'content-language',
    'expires',
    'x-amz-website-redirect-location',
  ]) {
    const value = request.headers[name]
    if (value !== undefined) entity[name] = value
  }
  const encoding = (request.headers['content-encoding'] ?? '').split(',').map((part) => part.trim())
  const kept = encoding.filter((part) => part !== '' && part !== 'aws-chunked')
  if (kept.length > 0) entity['content-encoding'] = kept.join(',')
  const meta = Object.entries(request.headers).filter(([name]) => name.startsWith('x-amz-meta-'))
  return { headers: entity, metadata: Object.fromEntries(meta) }
}

export function checksumHeaders(checksums: Upload['checksums']): { readonly [name: string]: string } {
  const entries = Object.entries(checksums).map(([algorithm, value]) => [`x-amz-checksum-${algorithm}`, value])
  if (entries.length === 0) return {}
  const composite = Object.values(checksums).some((value) => value.includes('-'))
  return { ...Object.fromEntries(entries), 'x-amz-checksum-type': composite ? 'COMPOSITE' : 'FULL_OBJECT' }
}

function wrongLength(headers: WireRequest['headers'], body: Uint8Array): boolean {
  const declared = headers['x-amz-decoded-content-length']
  return declared !== undefined && Number(declared) !== body.length
}

function md5Refusal(header: string | undefined, md5: string): Refused | null {
  if (header === undefined) return null
  const expected = Buffer.from(header, 'base64')
  if (expected.length !== 16) return refused('InvalidDigest', 'The Content-MD5 you specified was invalid.')
  return expected.toString('hex') === md5
    ? null
    : refused('BadDigest', 'The Content-MD5 you specified did not match what we received.')
}

function verified(body: Uint8Array, md5: string, headers: WireRequest['headers']): Upload | Refused {
  const checksums: { [A in ChecksumAlgorithm]?: string } = {}
  for (const algorithm of checksumAlgorithms) {
    const claimed = headers[`x-amz-checksum-${algorithm}`]
    if (claimed === undefined) continue
    const actual = checksum(algorithm, body)
    if (Buffer.from(claimed, 'base64').length !== Buffer.from(actual, 'base64').length) {
      return refused('InvalidRequest', `Value for x-amz-checksum-${algorithm} header is invalid.`)
    }
    if (claimed !== actual)
      return refused('BadDigest', `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`)
    checksums[algorithm] = actual
  }
  return { ok: true, body, md5, checksums }
}

function refused(code: string, message: string): Refused {
  return { ok: false, refusal: s3Error(code, message) }
}
