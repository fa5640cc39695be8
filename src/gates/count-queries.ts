import type { Need } from '../core/evidence.ts'
import type { MetricPlan } from '../core/plan.ts'

/**
 * How many metrics a look asks GetMetricData for: every statistic of every series of both versions is one, and equal ones
 * are asked once. What is asked, and not how it is sent.
 */
export function countQueries(needs: readonly Need[], metrics: { readonly [id: string]: MetricPlan }): number {
  const asked = needs.flatMap((need): readonly string[] => {
    if (need.need !== 'series' && need.need !== 'window') return []
    const metric = metrics[need.metric]
    if (!metric) return []
    if (need.need === 'window')
      return variantsOf(metric).map((variant) => `${metric.id} ${variant} ${need.stat} window ${need.lookbackMs ?? ''}`)
    const stats = ['SampleCount', 'Sum', ...(need.cut === undefined ? [] : [`PR ${need.cut}`])]
    const heartbeat = metric.sparse === null ? undefined : metrics[metric.sparse]
    return [
      ...variantsOf(metric).flatMap((variant) => stats.map((stat) => `${metric.id} ${variant} ${stat}`)),
      ...(heartbeat ? variantsOf(heartbeat).map((variant) => `${heartbeat.id} ${variant} SampleCount`) : []),
    ]
  })
  return new Set(asked).size
}

function variantsOf({ variant }: MetricPlan): readonly string[] {
  return variant === null ? ['all'] : ['canary', 'control']
}
