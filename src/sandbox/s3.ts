import { s3Error } from './aws-error.ts'
import {
  bucketLocation,
  bucketVersioning,
  createBucket,
  headBucket,
  listBuckets,
  ownershipControls,
  publicAccessBlock,
} from './s3-bucket.ts'
import { bucketOf, isRefusal, type BucketCall, type ObjectCall } from './s3-call.ts'
import { listObjects, listObjectsV2 } from './s3-list.ts'
import { MultipartUploads } from './s3-multipart.ts'
import { copyObject, deleteObject, deleteObjects, getObject, putObject } from './s3-object.ts'
import type { WireRequest, WireResponse } from './types.ts'
import type { SandboxWorld } from './world.ts'

/** Query parameters that make a request another operation; one that is not in the tables below is not implemented. */
const subresources =
  'accelerate acl analytics attributes cors delete encryption inventory legal-hold lifecycle location logging metrics notification object-lock ownershipControls partNumber policy policyStatus publicAccessBlock replication requestPayment restore retention select tagging torrent uploadId uploads versionId versioning versions website'.split(
    ' ',
  )

type Operations<Call> = { readonly [operation: string]: (call: Call) => WireResponse }

/** Path-style S3. Requests are answered in the order they arrive, each at once: conditional writes cannot interleave. */
export function s3(world: SandboxWorld): (request: WireRequest) => WireResponse {
  const uploads = new MultipartUploads()
  const onBucket: Operations<BucketCall> = {
    HEAD: headBucket,
    GET: (call) => (call.request.query.get('list-type') === '2' ? listObjectsV2(call) : listObjects(call)),
    'GET location': bucketLocation,
    'GET publicAccessBlock': publicAccessBlock,
    'GET ownershipControls': ownershipControls,
    'GET versioning': bucketVersioning,
    'GET uploads': (call) => uploads.list(call),
    'POST delete': deleteObjects,
  }
  const onObject: Operations<ObjectCall> = {
    GET: getObject,
    HEAD: getObject,
    PUT: (call) => (call.request.headers['x-amz-copy-source'] === undefined ? putObject(call) : copyObject(call)),
    DELETE: deleteObject,
    'POST uploads': (call) => uploads.create(call),
    'PUT partNumber uploadId': (call) =>
      call.request.headers['x-amz-copy-source'] === undefined
        ? uploads.uploadPart(call)
        : notImplemented('UploadPartCopy'),
    'GET uploadId': (call) => uploads.listParts(call),
    'POST uploadId': (call) => uploads.complete(call),
    'DELETE uploadId': (call) => uploads.abort(call),
  }
  return (request) => {
    const target = parsePath(request.path)
    if (!target) return s3Error('InvalidURI', "Couldn't parse the specified URI.")
    const { name, key } = target
    const operation = operationOf(request)
    if (name === '') return operation === 'GET' ? listBuckets(request, world) : notImplemented(operation)
    if (key === '' && operation === 'PUT') return createBucket(request, world, name)
    const bucket = bucketOf(request, world, name)
    if (isRefusal(bucket)) return headless(request, bucket)
    const call = { request, world, bucket, key }
    const perform = key === '' ? onBucket[operation] : onObject[operation]
    return headless(request, perform ? perform(call) : notImplemented(operation))
  }
}

function parsePath(path: string): { readonly name: string; readonly key: string } | null {
  const slash = path.indexOf('/', 1)
  try {
    const name = decodeURIComponent(slash < 0 ? path.slice(1) : path.slice(1, slash))
    return { name, key: slash < 0 ? '' : decodeURIComponent(path.slice(slash + 1)) }
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}

/** `PUT`, `GET location`, `PUT partNumber uploadId`. */
function operationOf(request: WireRequest): string {
  if (request.query.size === 0) return request.method
  return [request.method, ...subresources.filter((name) => request.query.has(name))].join(' ')
}

function notImplemented(operation: string): WireResponse {
  return s3Error('NotImplemented', `The sandbox does not implement this S3 operation: ${operation}`)
}

/** A HEAD answer has no body, whatever it says. */
function headless(request: WireRequest, response: WireResponse): WireResponse {
  return request.method === 'HEAD' && response.body !== '' ? { ...response, body: '' } : response
}
