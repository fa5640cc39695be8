import { s3Error } from './aws-error.ts'
import type { BucketCall } from './s3-call.ts'
import { s3Namespace } from './s3-call.ts'
import { s3Headers, xmlReply } from './s3-object.ts'
import type { WireRequest, WireResponse } from './types.ts'
import type { SandboxWorld } from './world.ts'
import { leaf, node, texts, xmlDocument } from './xml.ts'

export function listBuckets(request: WireRequest, world: SandboxWorld): WireResponse {
  if (request.account === null) return s3Error('AccessDenied', 'Access Denied')
  const own = world.buckets.all().filter((bucket) => bucket.account === request.account)
  const items = own.map(({ name, createdAt }) =>
    node('Bucket', leaf('Name', name), leaf('CreationDate', new Date(createdAt).toISOString())),
  )
  const owner = node('Owner', leaf('ID', request.account))
  return xmlReply(xmlDocument('ListAllMyBucketsResult', s3Namespace, owner, node('Buckets', ...items)))
}

export function createBucket(request: WireRequest, world: SandboxWorld, name: string): WireResponse {
  if (request.account === null) return s3Error('AccessDenied', 'Access Denied')
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name))
    return s3Error('InvalidBucketName', 'The specified bucket is not valid.', { BucketName: name })
  const existing = world.buckets.get(name)
  if (existing && existing.account !== request.account) {
    return s3Error('BucketAlreadyExists', 'The requested bucket name is not available.', { BucketName: name })
  }
  const region = texts(Buffer.from(request.body).toString('utf8'), 'LocationConstraint')[0] ?? 'us-east-1'
  if (existing && region !== 'us-east-1') {
    return s3Error(
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      { BucketName: name },
    )
  }
  if (!existing) world.createBucket(name, request.account, region)
  return { status: 200, headers: { ...s3Headers(), location: `/${name}` }, body: '' }
}

export function headBucket({ bucket }: BucketCall): WireResponse {
  return { status: 200, headers: { ...s3Headers(), 'x-amz-bucket-region': bucket.region }, body: '' }
}

export function bucketLocation({ bucket }: BucketCall): WireResponse {
  const constraint = bucket.region === 'us-east-1' ? '' : bucket.region
  return xmlReply(
    `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="${s3Namespace}">${constraint}</LocationConstraint>`,
  )
}

/** Every bucket of the sandbox blocks public access and enforces its owner, as new buckets do since April 2023. */
export function publicAccessBlock(_call: BucketCall): WireResponse {
  const settings = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'].map((name) =>
    leaf(name, true),
  )
  return xmlReply(xmlDocument('PublicAccessBlockConfiguration', s3Namespace, ...settings))
}

export function ownershipControls(_call: BucketCall): WireResponse {
  return xmlReply(
    xmlDocument('OwnershipControls', s3Namespace, node('Rule', leaf('ObjectOwnership', 'BucketOwnerEnforced'))),
  )
}

/** No bucket of the sandbox keeps versions. */
export function bucketVersioning(_call: BucketCall): WireResponse {
  return xmlReply(xmlDocument('VersioningConfiguration', s3Namespace))
}
