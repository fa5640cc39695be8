import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { IamRequest } from './iam.ts'
import { bytesOf, forwarded, localServer, passOn } from './local-server.ts'

/** One request as it went to an AWS endpoint, and how it was answered. */
export type Recorded = {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly status: number
}

/** Answers a request instead of AWS; null passes it on. */
export type Answer = (sent: Omit<Recorded, 'status'>) => { readonly status: number; readonly body: string } | null

export type AwsRecorder = AsyncDisposable & {
  readonly url: string
  /** Every request but those to the sandbox itself, oldest first. */
  readonly requests: readonly Recorded[]
}

/** A reverse proxy before an AWS endpoint that writes down what it passes on. */
export async function awsRecorder(target: string, answer: Answer = () => null): Promise<AwsRecorder> {
  const requests: Recorded[] = []
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method = 'GET', headers, url = '/' } = incoming
    const own = url.startsWith('/_sandbox/')
    const body = own ? null : await bytesOf(incoming)
    const sent = { method, url: new URL(url, target), headers, body: body ?? Buffer.alloc(0) }
    const said = own ? null : answer(sent)
    if (said) {
      requests.push({ ...sent, status: said.status })
      return void outgoing.writeHead(said.status, { 'content-type': 'application/xml' }).end(said.body)
    }
    const reply = await forwarded(target, incoming, body ?? undefined)
    if (!own) requests.push({ ...sent, status: reply.statusCode ?? 0 })
    passOn(reply, outgoing)
  }
  return {
    ...(await localServer(handle)),
    requests,
  }
}

/**
 * The rights a recorded request asks of IAM, by the service authorization reference: CopyObject reads its source,
 * DeleteObjects deletes each key. `account` is the caller's. Throws for a request nobody thought of.
 */
export function rightsAsked({ method, url, headers, body }: Omit<Recorded, 'status'>): readonly IamRequest[] {
  const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '')?.[1]
  const everywhere = { 'aws:RequestedRegion': region }
  const target = headers['x-amz-target']
  if (typeof target === 'string' && target.startsWith('GraniteServiceVersion20100801.'))
    return [{ action: `cloudwatch:${target.split('.')[1]}`, resource: '*', context: everywhere }]
  if (url.pathname.startsWith('/2020-05-31/distribution/')) return [cloudFront(method, url, account(headers))]
  if (method === 'POST' && url.pathname === '/') {
    const action = new URLSearchParams(body.toString()).get('Action') ?? ''
    return [{ action: `sts:${action}`, resource: '*', context: everywhere }]
  }
  return s3Rights(method, url, headers, body)
}

/** The account whose key signed; the sandbox's keys say it. */
export function account(headers: IncomingHttpHeaders): string {
  return /Credential=SANDBOX(\d{12})/.exec(headers.authorization ?? '')?.[1] ?? ''
}

function cloudFront(method: string, url: URL, owner: string): IamRequest {
  const [, , , id, what, which] = url.pathname.split('/')
  const action = what === undefined ? 'GetDistribution' : which === undefined ? 'CreateInvalidation' : 'GetInvalidation'
  if ((action === 'CreateInvalidation') !== (method === 'POST')) throw new Error(`${method} ${url.pathname}`)
  return { action: `cloudfront:${action}`, resource: `arn:aws:cloudfront::${owner}:distribution/${id}`, context: {} }
}

/** An upload in parts is a PutObject to IAM until it is looked at or broken off. */
const partRights: { readonly [operation: string]: string } = {
  'POST uploads': 's3:PutObject',
  'PUT partNumber uploadId': 's3:PutObject',
  'POST uploadId': 's3:PutObject',
  'GET uploadId': 's3:ListMultipartUploadParts',
  'DELETE uploadId': 's3:AbortMultipartUpload',
}

/** What is asked of a bucket itself. */
const bucketRights: { readonly [operation: string]: string } = {
  'GET publicAccessBlock': 's3:GetBucketPublicAccessBlock',
  'GET ownershipControls': 's3:GetBucketOwnershipControls',
}

function s3Rights(method: string, url: URL, headers: IncomingHttpHeaders, body: Buffer): readonly IamRequest[] {
  const [, bucket = '', ...rest] = url.pathname.split('/')
  const key = decodeURIComponent(rest.join('/'))
  const arn = (path: string) => `arn:aws:s3:::${path}`
  const object = arn(`${bucket}/${key}`)
  const header = (name: string) => headers[name]?.toString()
  if (key === '' && method === 'GET' && url.searchParams.has('list-type'))
    return [
      {
        action: 's3:ListBucket',
        resource: arn(bucket),
        context: { 's3:prefix': url.searchParams.get('prefix') ?? undefined },
      },
    ]
  if (key === '' && method === 'POST' && url.searchParams.has('delete'))
    return [...body.toString().matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, name]) => ({
      action: 's3:DeleteObject',
      resource: arn(`${bucket}/${name}`),
      context: {},
    }))
  const names = [...url.searchParams.keys()].filter((name) => name !== 'x-id')
  const inParts = partRights[`${method} ${names.sort().join(' ')}`]
  if (key !== '' && inParts !== undefined) return [{ action: inParts, resource: object, context: {} }]
  const ofBucket = bucketRights[`${method} ${names.join(' ')}`]
  if (key === '' && ofBucket !== undefined) return [{ action: ofBucket, resource: arn(bucket), context: {} }]
  if (key === '' || names.length > 0) throw new Error(`${method} ${url.href}`)
  if (method === 'GET' || method === 'HEAD') return [{ action: 's3:GetObject', resource: object, context: {} }]
  if (method !== 'PUT') throw new Error(`${method} ${url.href}`)
  const source = header('x-amz-copy-source')
  const put = {
    action: 's3:PutObject',
    resource: object,
    context: {
      's3:if-match': header('if-match'),
      's3:if-none-match': header('if-none-match'),
      's3:x-amz-acl': header('x-amz-acl'),
      's3:x-amz-copy-source': source === undefined ? undefined : decodeURIComponent(source),
    },
  }
  if (source === undefined) return [put]
  return [{ action: 's3:GetObject', resource: arn(decodeURIComponent(source).replace(/^\//, '')), context: {} }, put]
}
