import type { EpochMs } from '../core/brand.ts'
import type { VariantName } from '../core/evidence.ts'
import type { MetricPlan } from '../core/plan.ts'

/** One statistic of one variant of one metric over a stretch of time: what one MetricDataQuery asks. */
export type MetricQuery = {
  /** Equal queries have equal keys, whatever stretch they ask for. */
  readonly key: string
  readonly region: string
  readonly namespace: string
  readonly name: string
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[]
  readonly stat: string
  readonly periodMs: number
  readonly from: EpochMs
  readonly to: EpochMs
}

/** Values by the start of their period (epoch ms), or why there are none to be trusted. */
export type Points = ReadonlyMap<number, number>
export type QueryAnswer =
  | { readonly status: 'complete'; readonly points: Points }
  | { readonly status: 'missing'; readonly why: string }

/** CloudWatch's longest period is a day. */
export const maxPeriodMs = 86_400_000

export function metricQuery(
  metric: MetricPlan,
  variant: VariantName,
  stat: string,
  stretch: { readonly periodMs: number; readonly from: EpochMs; readonly to: EpochMs },
  scope: { readonly environment: string; readonly region: string },
): MetricQuery {
  const dimensions = Object.entries(dimensionsOf(metric, variant, scope.environment)).map(([Name, Value]) => ({
    Name,
    Value,
  }))
  const region = metric.region ?? scope.region
  const key = JSON.stringify([region, metric.namespace, metric.name, dimensions, stat, stretch.periodMs])
  return { key, region, namespace: metric.namespace, name: metric.name, dimensions, stat, ...stretch }
}

export function variantsOf(metric: MetricPlan): readonly VariantName[] {
  return metric.variant === null ? ['all'] : ['canary', 'control']
}

/**
 * The statistic whose complement is the share of samples at or above `cut`. `PR(:x)` counts samples ≤ x, and a value equal
 * to the cut must count as over, so x is a thousandth below it.
 */
export function rankBelow(cut: number): string {
  return `PR(:${Number((cut - 0.001).toFixed(6))})`
}

/** Samples at or above the cut, from the percentile rank (0–100) just below it. */
export function samplesOver(rankPercent: number, count: number): number {
  return Math.round((1 - rankPercent / 100) * count)
}

/** `StatusBoard BoardLoadMs {Environment=production, Variant=v2|v1} p95 per 60s`, for explain. */
export function describeQuery(
  metric: MetricPlan,
  environment: string,
  stats: readonly string[],
  periodMs: number,
): string {
  const { variant } = metric
  const shown = {
    ...dimensionsOf(metric, 'all', environment),
    ...(variant && { [variant.dimension]: `${variant.canary}|${variant.control}` }),
  }
  const dimensions = Object.entries(shown).map(([name, value]) => `${name}=${value}`)
  const period = periodMs > 0 ? `per ${periodMs / 1000}s` : 'of no settled minute'
  return `${metric.namespace} ${metric.name} {${dimensions.join(', ')}} ${stats.join(', ')} ${period}`
}

/** Every dimension of a metric, the environment's name filled in; `all` has none that tells versions apart. */
export function dimensionsOf(
  metric: MetricPlan,
  variant: VariantName,
  environment: string,
): { readonly [name: string]: string } {
  const filled = Object.entries(metric.dimensions).map(([name, value]) => [
    name,
    value.replaceAll('${environment}', environment),
  ])
  const own =
    metric.variant === null || variant === 'all' ? {} : { [metric.variant.dimension]: metric.variant[variant] }
  return { ...Object.fromEntries(filled), ...own }
}
