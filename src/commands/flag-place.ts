import { LaunchError } from '../core/errors.ts'
import type { RollbackFacts } from '../runsheet/rollback-facts.ts'
import type { RollbackTarget } from './rollback-target.ts'
import { withoutTrailing } from '../core/without-trailing.ts'

export type PlaceOrder = {
  readonly environment: string
  /** What the command line says; goes over everything. */
  readonly region: string | null
  /** Where nothing else says one. */
  readonly fallbackRegion: string
}

export type FlagPlace = { readonly target: RollbackTarget } | { readonly lacks: readonly string[] }

/** Where the facts put the flag document of an environment, or what they lack to say so. */
export function flagPlace(facts: RollbackFacts, order: PlaceOrder): FlagPlace {
  const place = facts.environments?.[order.environment]
  const kind = facts.flag?.store?.['kind'] ?? 's3'
  if (kind !== 's3') return elsewhere(facts, order)
  const path = facts.flag?.store?.['path']
  const bucket = facts.flag?.store?.['bucket'] ?? place?.['bucket']
  if (!path || !bucket)
    return { lacks: [...(bucket ? [] : [`the bucket of ${order.environment}`]), ...(path ? [] : ['flag.store.path'])] }
  const key = path.replace(/^\/+/, '')
  const siteUrl = siteOf(place)
  return {
    target: {
      ...access(facts, order),
      bucket,
      key,
      flagKey: facts.flag?.key ?? keyFromPath(key),
      url: siteUrl === null ? null : `${siteUrl}/${key}`,
    },
  }
}

/** The document at `s3://bucket/key`, reached as the facts say. Throws USAGE for another form. */
export function targetAt(address: string, facts: RollbackFacts, order: PlaceOrder): RollbackTarget {
  const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(address)
  if (!match?.[1] || !match[2])
    throw new LaunchError('USAGE', `"${address}" is not s3://bucket/key`, {
      hint: 'launch rollback emergency --flag s3://bucket/flags/name.json --region us-east-1',
    })
  const [, bucket, key] = match
  const place = facts.environments?.[order.environment]
  const siteUrl = siteOf(place)
  return {
    ...access(facts, order),
    bucket,
    key,
    flagKey: facts.flag?.key ?? keyFromPath(key),
    url: siteUrl === null || place?.['bucket'] !== bucket ? null : `${siteUrl}/${key}`,
  }
}

/** A flag of another kind is opened from the fields of its store. */
function elsewhere(facts: RollbackFacts, order: PlaceOrder): FlagPlace {
  const key = facts.flag?.key
  if (key === undefined) return { lacks: ['flag.key'] }
  const url = siteOf(facts.environments?.[order.environment])
  return { target: { ...access(facts, order), store: facts.flag?.store ?? {}, flagKey: key, url } }
}

/** A flag as it is called in messages: `s3://bucket/key`, `unleash board`. */
export function addressOf(target: RollbackTarget): string {
  return target.store === undefined
    ? `s3://${target.bucket}/${target.key}`
    : `${target.store['kind'] ?? ''} ${target.flagKey}`
}

/** Where nothing says a region: that of the machine's AWS tools. A variable that is there and empty says nothing. */
export function regionOfMachine(env: { readonly [name: string]: string | undefined }): string {
  return env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || 'us-east-1'
}

function access(facts: RollbackFacts, { environment, region, fallbackRegion }: PlaceOrder) {
  const place = facts.environments?.[environment]
  return {
    region: region ?? place?.['region'] ?? fallbackRegion,
    profile: place?.['profile'] ?? null,
    role: place?.['role'] ?? null,
    account: place?.['account'] ?? null,
    app: facts.app ?? null,
    state: facts.state ?? null,
  }
}

function siteOf(place: { readonly [field: string]: string } | undefined): string | null {
  const url = place?.['url']
  return url === undefined ? null : withoutTrailing('/', url)
}

function keyFromPath(key: string): string {
  return (key.split('/').at(-1) ?? key).replace(/\.json$/, '')
}
