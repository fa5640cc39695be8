import { environmentOf } from '../core/environment-of.ts'
import type { Plan } from '../core/plan.ts'

/** Where launches are remembered, when that is S3: `active` and `launches` are keys below the bucket. */
export type StatePlace = {
  readonly bucket: string
  /** Everything of all applications that share the place; empty or ending in `/`. */
  readonly root: string
  readonly active: string
  /** Ends in `/`. */
  readonly launches: string
}

/** Everything the policies are about, as ARNs of one environment. */
export type Scope = {
  readonly bucket: string
  readonly everyObject: string
  readonly flag: { readonly bucket: string; readonly object: string } | null
  /** The flag as a parameter of SSM. */
  readonly parameter: string | null
  readonly pointer: string
  readonly releases: string
  /** Copy sources of a restore: both spellings of the header. */
  readonly keptFiles: readonly string[]
  readonly distribution: string | null
  readonly regions: readonly string[]
  readonly state: {
    readonly bucket: string
    readonly root: string
    readonly everyObject: string
    readonly active: string
    readonly plans: string
    readonly events: string
    /** What people were told, so that nobody is told twice. */
    readonly told: string
  } | null
}

/** What a plan names in one environment. Throws nothing for an environment of the plan. */
export function scopeOf(plan: Plan, name: string, state: StatePlace | null): Scope {
  const { bucket, distribution, account, region } = environmentOf(plan, name)
  const partition = partitionOf(region)
  const s3 = (of: string, key = '') => `arn:${partition}:s3:::${of}${key === '' ? '' : `/${key}`}`
  const flag = flagDocument(plan, bucket)
  const metricRegions = Object.values(plan.metrics).flatMap((metric) => metric.region ?? [])
  return {
    bucket: s3(bucket),
    everyObject: s3(bucket, '*'),
    parameter: parameterOf(plan, `arn:${partition}:ssm:${region}:${account ?? '*'}:parameter`),
    flag: flag && { bucket: s3(flag.bucket), object: s3(flag.bucket, flag.key) },
    pointer: s3(bucket, '.launch/current.json'),
    releases: s3(bucket, '.launch/releases/*'),
    keptFiles: [`${bucket}/.launch/releases/*/files/*`, `/${bucket}/.launch/releases/*/files/*`],
    distribution:
      distribution === null ? null : `arn:${partition}:cloudfront::${account ?? '*'}:distribution/${distribution}`,
    regions: [...new Set([region, ...metricRegions])].sort(),
    state: state && {
      bucket: s3(state.bucket),
      root: state.root,
      everyObject: s3(state.bucket, `${state.root}*`),
      active: s3(state.bucket, state.active),
      plans: s3(state.bucket, `${state.launches}*/plan.json`),
      events: s3(state.bucket, `${state.launches}*/events/*`),
      told: s3(state.bucket, `${state.launches}*/told/*`),
    },
  }
}

/** The flag as an object in S3; null for a store that is none. */
function flagDocument(
  { flag: { store } }: Plan,
  site: string,
): { readonly bucket: string; readonly key: string } | null {
  if (store.kind !== 's3' || !('path' in store) || typeof store.path !== 'string') return null
  const own = 'bucket' in store && typeof store.bucket === 'string' ? store.bucket : null
  return { bucket: own ?? site, key: store.path.replace(/^\//, '') }
}

/** The name of a parameter begins with a slash in its ARN, whether or not it is written with one. */
function parameterOf({ flag: { store } }: Plan, prefix: string): string | null {
  if (store.kind !== 'ssm' || !('parameter' in store) || typeof store.parameter !== 'string') return null
  return `${prefix}/${store.parameter.replace(/^\//, '')}`
}

export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}
