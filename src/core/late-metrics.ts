import type { LaunchEvent } from './event.ts'
import type { Series } from './evidence.ts'
import { formatDuration } from './units.ts'

/** A metric of which a minute was not yet what it became at an age at which the run sheet takes minutes as settled. */
export type LateMetric = { readonly metric: string; readonly unsettledMs: number; readonly lagMs: number }

/** `board-load still changed 4m after a minute was over, the run sheet says lag: 2m`. */
export function lateLine({ metric, unsettledMs, lagMs }: LateMetric): string {
  return `${metric} still changed ${formatDuration(Math.floor(unsettledMs / 1000) * 1000)} after a minute was over, the run sheet says lag: ${formatDuration(lagMs)}`
}

/** The metrics that settled later than their lag while a launch was watched, the latest of each, by name. */
export function lateMetrics(events: readonly LaunchEvent[]): readonly LateMetric[] {
  const latest = new Map<string, LateMetric>()
  for (const event of events) {
    if (event.type !== 'gate-judged') continue
    for (const [key, finding] of Object.entries(event.evidence)) {
      if (finding.status === 'missing' || !key.includes('["need","series"]')) continue
      // The key names the kind of the value.
      const { unsettledMs, lagMs } = finding.value as Series
      if (unsettledMs === undefined) continue
      const metric = metricIn(key)
      if (unsettledMs > (latest.get(metric)?.unsettledMs ?? -1)) latest.set(metric, { metric, unsettledMs, lagMs })
    }
  }
  return [...latest.values()].toSorted((a, b) => (a.metric < b.metric ? -1 : 1))
}

function metricIn(needKey: string): string {
  return /\["metric","((?:[^"\\]|\\.)*)"\]/.exec(needKey)?.[1] ?? ''
}
