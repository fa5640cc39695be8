import { epochMs } from '../../src/core/brand.ts'
import { missing, seen, type Finding, type Minute } from '../../src/core/evidence.ts'
import type { Window } from '../../src/core/verdict.ts'
import type { EnginePorts } from '../../src/engine/ports.ts'
import { worldStart, type Nature, type Process } from './process.ts'
import type { Truth } from './truth.ts'

/** What users do and what they meet, as a function of what the flag really said: nobody reports it wrongly, only late or not at all. */
export type Traffic = {
  /** Share of requests that fail in the minute that begins then, in ms of virtual time; null: nobody came. */
  errorShare(startMs: number): number | null
}

export const periodMs = 60_000
export const lagMs = 10_000
const requestsPerMinute = 2000
/** Far above the limit of the sheet. */
const badShare = 0.2

export function traffic(nature: Nature, truth: Truth): Traffic {
  return {
    errorShare: (startMs) => {
      const { noTraffic, badFrom, lateBadMs } = nature.swarm
      if (noTraffic && startMs + periodMs > noTraffic.fromMs && startMs < noTraffic.toMs) return null
      const { percent, commit, fullSinceMs } = truth.exposedIn(startMs, startMs + periodMs)
      const bad = badFrom[commit?.slice(0, 1) ?? ''] ?? null
      const isBad = bad !== null && percent >= bad
      const isLateBad = lateBadMs !== null && fullSinceMs !== null && startMs >= fullSinceMs + lateBadMs
      return isBad || isLateBad ? badShare : 0.0001
    },
  }
}

/** The metrics as one process is told them. The minute under way is there already, and looks better than it is. */
export function metricsOf(
  process: Process,
  nature: Nature,
  users: Traffic,
  onSeen: (window: Window) => void,
): EnginePorts['metrics'] {
  const { random, scheduler, counters } = nature
  return async (needs, _environment, window, signal) => {
    const read = (): readonly Finding[] => {
      if (random.chance(nature.swarm.metricsUnknown)) {
        counters.add('metrics unknown')
        return needs.map(() => missing('InternalServiceFault'))
      }
      return needs.map((need) => (need.need === 'series' ? seen(seriesOf(need.metric, window)) : missing('not here')))
    }
    const findings = await process.call('metrics', 'GetMetricData', 'read', read, signal)
    if (findings.some((finding) => finding.status === 'seen') && window.to > window.from) onSeen(window)
    return findings
  }

  function seriesOf(metric: string, window: { readonly from: number; readonly to: number }) {
    const minutes: Minute[] = []
    const nowMs = scheduler.nowMs
    const from = Math.max(Math.floor((window.from - worldStart) / periodMs) * periodMs, -60 * periodMs)
    for (let start = from; start < Math.min(nowMs, window.to - worldStart); start += periodMs) {
      const part = Math.min(1, (nowMs - start) / periodMs)
      const share = users.errorShare(start)
      if (share === null) continue
      const requests = Math.round(requestsPerMinute * part)
      const isOver = nowMs >= start + periodMs + lagMs
      const sum = metric === 'requests' ? requests : isOver ? Math.round(requests * share) : 0
      minutes.push({ start: epochMs(worldStart + start), count: 1, sum, over: null })
    }
    return { periodMs, lagMs, query: `SUM(${metric})`, minutes: { all: minutes }, alive: null }
  }
}
