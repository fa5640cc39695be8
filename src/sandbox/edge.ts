import { randomUUID } from 'node:crypto'
import { edgeTtl, edgeTtlMs } from './cache-control.ts'
import { byteRange } from './http-range.ts'
import { invalidates, invalidationPropagationMs } from './invalidation.ts'
import { httpDate, sameEtag } from './s3-conditions.ts'
import { servedBody } from './edge-corruption.ts'
import type { Service, Site, WireRequest, WireResponse } from './types.ts'
import type { SandboxWorld } from './world.ts'

type Entry = {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array
  readonly etag: string | null
  readonly fetchedAt: number
  readonly ttlMs: number
}
type Found = { readonly entry: Entry; readonly how: 'Hit' | 'Miss' | 'RefreshHit' | 'Error' }

/**
 * The CloudFront edge of a site: a cache in front of its bucket, keyed by path, in virtual time; `/api/*` goes to the
 * app uncached. What it holds is lost with its host, which a viewer sees as a miss.
 */
export function edge(site: Site, world: SandboxWorld, api: Service): (request: WireRequest) => Promise<WireResponse> {
  const cache = new Map<string, Entry>()
  return async (request) => {
    if (request.path === '/api' || request.path.startsWith('/api/'))
      return viaEdge((await api(request, world)) ?? notFound(), 'Miss')
    if (request.method !== 'GET' && request.method !== 'HEAD') return viaEdge(methodRefused, 'Error')
    const found = lookUp(request.path, site, world, cache)
    return answer(request, found, world.now())
  }
}

function lookUp(path: string, site: Site, world: SandboxWorld, cache: Map<string, Entry>): Found {
  const now = world.now()
  const held = cache.get(path)
  const purged = held !== undefined && wasPurged(path, held, site, world, now)
  if (held && !purged && now < held.fetchedAt + held.ttlMs)
    return { entry: held, how: held.status === 200 ? 'Hit' : 'Error' }
  const entry = fetchOrigin(path, site, world, now)
  cache.set(path, entry)
  if (entry.status !== 200) return { entry, how: 'Error' }
  return { entry, how: held?.etag === entry.etag && !purged ? 'RefreshHit' : 'Miss' }
}

/** An entry is gone when an invalidation that names it reached the edge after the entry was fetched. */
function wasPurged(path: string, entry: Entry, site: Site, world: SandboxWorld, now: number): boolean {
  return world.invalidations(site.distribution).some(({ at, paths }) => {
    const reached = at + invalidationPropagationMs
    return reached <= now && entry.fetchedAt < reached && paths.some((pattern) => invalidates(pattern, path))
  })
}

function fetchOrigin(path: string, site: Site, world: SandboxWorld, now: number): Entry {
  const key = keyOf(path)
  const bucket = world.buckets.get(site.bucket)
  const object = key === null ? null : (bucket?.object(key) ?? null)
  if (!bucket || !object || key === null) {
    const { status, headers, body } = notFound()
    return { status, headers, body: Buffer.from(body), etag: null, fetchedAt: now, ttlMs: edgeTtl.errorMs }
  }
  return {
    status: 200,
    headers: {
      ...object.headers,
      ...object.metadata,
      etag: `"${object.etag}"`,
      'last-modified': httpDate(object.at),
      'accept-ranges': 'bytes',
    },
    body: servedBody(world, site, bucket, key, object),
    etag: object.etag,
    fetchedAt: now,
    ttlMs: edgeTtlMs(object.headers['cache-control'] ?? null),
  }
}

/** The object of a request path; `/` is the default root object. Null: not a path S3 could have. */
function keyOf(path: string): string | null {
  try {
    const key = decodeURIComponent(path.slice(1))
    return key === '' ? 'index.html' : key
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
}

function answer(request: WireRequest, { entry, how }: Found, now: number): WireResponse {
  const age = how === 'Hit' ? { age: String(Math.floor((now - entry.fetchedAt) / 1000)) } : {}
  const respond = (status: number, headers: WireResponse['headers'], body: Uint8Array | string) =>
    viaEdge({ status, headers: { ...headers, ...age }, body: request.method === 'HEAD' ? '' : body }, how)
  const noneMatch = request.headers['if-none-match']
  if (entry.etag !== null && noneMatch !== undefined && sameEtag(noneMatch, entry.etag)) {
    return respond(304, { etag: `"${entry.etag}"`, 'cache-control': entry.headers['cache-control'] ?? '' }, '')
  }
  const size = entry.body.length
  const range = entry.status === 200 ? byteRange(request.headers['range'], size) : null
  if (range === 'unsatisfiable') return respond(416, { 'content-range': `bytes */${size}` }, '')
  if (range === null) return respond(entry.status, { ...entry.headers, 'content-length': String(size) }, entry.body)
  const part = entry.body.subarray(range.from, range.to + 1)
  return respond(
    206,
    {
      ...entry.headers,
      'content-range': `bytes ${range.from}-${range.to}/${size}`,
      'content-length': String(part.length),
    },
    part,
  )
}

function viaEdge(response: WireResponse, how: Found['how']): WireResponse {
  return {
    ...response,
    headers: {
      ...response.headers,
      'x-cache': `${how} from cloudfront`,
      via: '1.1 sandbox.cloudfront.net (CloudFront)',
      'x-amz-cf-pop': 'SBX50-P1',
      'x-amz-cf-id': randomUUID(),
    },
  }
}

const methodRefused: WireResponse = {
  status: 403,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'This distribution is not configured to allow the HTTP request method that was used for this request.\n',
}

function notFound(): WireResponse {
  return {
    status: 404,
    headers: { 'content-type': 'application/xml' },
    body: '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>',
  }
}
