import { randomUUID } from 'node:crypto'
import { queryError } from './aws-error.ts'
import { invalidationPropagationMs, invalidationRefusal } from './invalidation.ts'
import type { Site, WireRequest, WireResponse } from './types.ts'
import type { SandboxWorld } from './world.ts'
import type { Invalidation } from './world-log.ts'
import { leaf, node, sections, texts, xmlDocument } from './xml.ts'

const version = '/2020-05-31'
const cloudfrontNamespace = 'http://cloudfront.amazonaws.com/doc/2020-05-31/'

/** Distributions are those of the run sheet's sites; they are read, never made or changed. */
export function cloudfront(world: SandboxWorld): (request: WireRequest) => WireResponse {
  return (request) => {
    if (request.account === null)
      return error('MissingAuthenticationToken', 'Request is missing Authentication Token', 403)
    const [collection = '', id, sub, item, ...rest] = request.path
      .slice(version.length + 1)
      .replace(/\/$/, '')
      .split('/')
    const operation = [request.method, collection, id && ':id', sub, item && ':item', ...rest].filter(Boolean).join(' ')
    if (operation === 'GET distribution') return listDistributions(request, world)
    const perform = operations[operation]
    if (!perform)
      return error(
        'NotImplemented',
        `The sandbox does not implement this CloudFront operation: ${request.method} ${request.path}`,
      )
    const site = world.sites.find((site) => site.distribution === id)
    if (!site) return error('NoSuchDistribution', 'The specified distribution does not exist.')
    if (site.account !== request.account)
      return error('AccessDenied', `User is not authorized to access distribution ${site.distribution}`)
    return perform(request, world, site, item ?? '')
  }
}

type Operation = (request: WireRequest, world: SandboxWorld, site: Site, item: string) => WireResponse

const operations: { readonly [operation: string]: Operation } = {
  'GET distribution :id': (_request, world, site) =>
    reply(xmlDocument('Distribution', cloudfrontNamespace, ...distribution(world, site)), distributionEtag),
  'GET distribution :id config': (_request, _world, site) =>
    reply(xmlDocument('DistributionConfig', cloudfrontNamespace, ...distributionConfig(site)), distributionEtag),
  'GET distribution :id invalidation': listInvalidations,
  'POST distribution :id invalidation': createInvalidation,
  'GET distribution :id invalidation :item': getInvalidation,
}

const distributionEtag = { etag: 'E1SANDBOX00001' } as const

function listDistributions(request: WireRequest, world: SandboxWorld): WireResponse {
  const own = world.sites.filter((site) => site.account === request.account)
  const items = own.map((site) =>
    node('DistributionSummary', leaf('Id', site.distribution), ...summary(world, site), ...configBody(site)),
  )
  const list = [
    leaf('Marker', ''),
    leaf('MaxItems', 100),
    leaf('IsTruncated', false),
    leaf('Quantity', own.length),
    node('Items', ...items),
  ]
  return reply(xmlDocument('DistributionList', cloudfrontNamespace, ...list))
}

function summary(world: SandboxWorld, site: Site): readonly string[] {
  return [
    leaf('ARN', `arn:aws:cloudfront::${site.account}:distribution/${site.distribution}`),
    leaf('Status', 'Deployed'),
    leaf('LastModifiedTime', new Date(world.startedAt).toISOString()),
    leaf('DomainName', `${site.distribution.toLowerCase()}.cloudfront.net`),
  ]
}

function distribution(world: SandboxWorld, site: Site): readonly string[] {
  const running = world.invalidations(site.distribution).filter((one) => statusOf(world, one) === 'InProgress').length
  return [
    leaf('Id', site.distribution),
    ...summary(world, site),
    leaf('InProgressInvalidationBatches', running),
    node('DistributionConfig', ...distributionConfig(site)),
  ]
}

function distributionConfig(site: Site): readonly string[] {
  return [
    leaf('CallerReference', `sandbox-${site.environment}`),
    leaf('DefaultRootObject', 'index.html'),
    ...configBody(site),
  ]
}

function configBody(site: Site): readonly string[] {
  const origin = node(
    'Origin',
    leaf('Id', 's3'),
    leaf('DomainName', `${site.bucket}.s3.${site.region}.amazonaws.com`),
    leaf('OriginPath', ''),
    node('S3OriginConfig', leaf('OriginAccessIdentity', '')),
  )
  const behavior = [
    leaf('TargetOriginId', 's3'),
    leaf('ViewerProtocolPolicy', 'redirect-to-https'),
    leaf('CachePolicyId', cachingOptimized),
  ]
  return [
    node('Aliases', leaf('Quantity', 1), node('Items', leaf('CNAME', new URL(site.url).hostname))),
    node('Origins', leaf('Quantity', 1), node('Items', origin)),
    node('DefaultCacheBehavior', ...behavior),
    leaf('Comment', `sandbox ${site.environment}`),
    leaf('PriceClass', 'PriceClass_All'),
    leaf('Enabled', true),
  ]
}

/** Id of the managed cache policy CachingOptimized, the same in every account. */
const cachingOptimized = '658327ea-f89d-4fab-a63d-7e88639e58f6'

function createInvalidation(request: WireRequest, world: SandboxWorld, site: Site): WireResponse {
  const xml = Buffer.from(request.body).toString('utf8')
  const paths = texts(sections(xml, 'Paths')[0] ?? '', 'Path')
  const reference = texts(xml, 'CallerReference')[0] ?? ''
  const known = world.invalidations(site.distribution)
  const open = known.filter((one) => statusOf(world, one) === 'InProgress')
  const refusal = invalidationRefusal(
    { paths, reference, quantity: Number(texts(xml, 'Quantity')[0]) },
    open.flatMap((one) => one.paths),
  )
  const earlier = known.find((one) => one.reference === reference)
  if (earlier && samePaths(earlier.paths, paths)) return created(world, site, earlier)
  if (earlier)
    return error(
      'InvalidationBatchAlreadyExists',
      'Your request contains a caller reference that was used for a previous invalidation batch.',
    )
  if (refusal) return error(refusal.code, refusal.message)
  const id = `I${randomUUID().replaceAll('-', '').slice(0, 13).toUpperCase()}`
  return created(world, site, world.invalidate({ id, distribution: site.distribution, reference, paths }))
}

function created(world: SandboxWorld, site: Site, invalidation: Invalidation): WireResponse {
  const location = `https://cloudfront.amazonaws.com${version}/distribution/${site.distribution}/invalidation/${invalidation.id}`
  const body = xmlDocument('Invalidation', cloudfrontNamespace, ...describe(world, invalidation))
  return { ...reply(body, { location }), status: 201 }
}

function getInvalidation(_request: WireRequest, world: SandboxWorld, site: Site, id: string): WireResponse {
  const found = world.invalidations(site.distribution).find((one) => one.id === id)
  if (!found) return error('NoSuchInvalidation', 'The specified invalidation does not exist.')
  return reply(xmlDocument('Invalidation', cloudfrontNamespace, ...describe(world, found)))
}

function listInvalidations(request: WireRequest, world: SandboxWorld, site: Site): WireResponse {
  const newest = [...world.invalidations(site.distribution)].reverse()
  const marker = request.query.get('Marker')
  const from = marker === null ? 0 : newest.findIndex((one) => one.id === marker) + 1
  const limit = Number(request.query.get('MaxItems') ?? 100)
  const page = newest.slice(from, from + limit)
  const truncated = from + limit < newest.length
  const items = page.map((one) => node('InvalidationSummary', ...describe(world, one).slice(0, 3)))
  const parts = [
    leaf('Marker', marker ?? ''),
    leaf('MaxItems', limit),
    leaf('IsTruncated', truncated),
    leaf('Quantity', page.length),
  ]
  const next = truncated ? [leaf('NextMarker', page.at(-1)?.id ?? '')] : []
  return reply(xmlDocument('InvalidationList', cloudfrontNamespace, ...parts, ...next, node('Items', ...items)))
}

function describe(world: SandboxWorld, one: Invalidation): readonly string[] {
  const paths = node(
    'Paths',
    leaf('Quantity', one.paths.length),
    node('Items', ...one.paths.map((path) => leaf('Path', path))),
  )
  return [
    leaf('Id', one.id),
    leaf('CreateTime', new Date(one.at).toISOString()),
    leaf('Status', statusOf(world, one)),
    node('InvalidationBatch', paths, leaf('CallerReference', one.reference)),
  ]
}

function statusOf(world: SandboxWorld, one: Invalidation): 'InProgress' | 'Completed' {
  return world.now() >= one.at + invalidationPropagationMs ? 'Completed' : 'InProgress'
}

function samePaths(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join('\n') === [...b].sort().join('\n')
}

function reply(body: string, headers: { readonly [name: string]: string } = {}): WireResponse {
  return { status: 200, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': randomUUID(), ...headers }, body }
}

function error(code: string, message: string, status?: number): WireResponse {
  return queryError(cloudfrontNamespace, code, message, status)
}
