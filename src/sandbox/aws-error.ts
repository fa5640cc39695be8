import { randomUUID } from 'node:crypto'
import type { WireResponse } from './types.ts'
import { leaf, node, xmlDocument } from './xml.ts'

/** Refusals in the words and the protocol of the service that refuses. */

/** HTTP status of the S3 and CloudFront error codes this endpoint answers; others are 400. */
const statusOf: { readonly [code: string]: number } = {
  PermanentRedirect: 301,
  AccessDenied: 403,
  InvalidAccessKeyId: 403,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NoSuchDistribution: 404,
  NoSuchInvalidation: 404,
  NoSuchPublicAccessBlockConfiguration: 404,
  BucketAlreadyExists: 409,
  BucketAlreadyOwnedByYou: 409,
  BucketNotEmpty: 409,
  MethodNotAllowed: 405,
  MissingContentLength: 411,
  PreconditionFailed: 412,
  BatchTooLarge: 413,
  InvalidRange: 416,
  InternalError: 500,
  NotImplemented: 501,
}

export function requestId(): string {
  return randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase()
}

/** An S3 error; `detail` are further elements (`Key`, `BucketName`, `Condition`). */
export function s3Error(code: string, message: string, detail: { readonly [name: string]: string } = {}): WireResponse {
  const id = requestId()
  const extra = Object.entries(detail).map(([name, value]) => leaf(name, value))
  const children = [
    leaf('Code', code),
    leaf('Message', message),
    ...extra,
    leaf('RequestId', id),
    leaf('HostId', 'sandbox'),
  ]
  return {
    status: statusOf[code] ?? 400,
    headers: { 'content-type': 'application/xml', 'x-amz-request-id': id },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${node('Error', ...children)}`,
  }
}

/** CloudFront and STS wrap the error in an ErrorResponse. */
export function queryError(namespace: string, code: string, message: string, status?: number): WireResponse {
  const id = randomUUID()
  const error = node('Error', leaf('Type', 'Sender'), leaf('Code', code), leaf('Message', message))
  return {
    status: status ?? statusOf[code] ?? 400,
    headers: { 'content-type': 'text/xml', 'x-amzn-requestid': id },
    body: xmlDocument('ErrorResponse', namespace, error, leaf('RequestId', id)),
  }
}

/** AWS JSON 1.0 with the query-compatible header both the JS SDK and the CLI read. */
export function jsonError(code: string, message: string, status = 400): WireResponse {
  return {
    status,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-query-error': `${code};${status < 500 ? 'Sender' : 'Receiver'}`,
      'x-amzn-requestid': randomUUID(),
    },
    body: JSON.stringify({ __type: code, message }),
  }
}

/** Smithy RPC v2 CBOR: a map of two texts is all that is ever said in it here. */
export function cborError(code: string, message: string): WireResponse {
  const pairs = ['__type', code, 'message', message].map(cborText)
  return {
    status: 400,
    headers: {
      'content-type': 'application/cbor',
      'smithy-protocol': 'rpc-v2-cbor',
      'x-amzn-query-error': `${code};Sender`,
    },
    body: Buffer.concat([Buffer.from([0xa2]), ...pairs]),
  }
}

function cborText(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([0x79, bytes.length >> 8, bytes.length & 0xff]), bytes])
}
