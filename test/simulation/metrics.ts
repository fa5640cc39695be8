import { epochMs, type EpochMs } from '../../src/core/brand.ts'
import {
  missing,
  seen,
  type Finding,
  type Minute,
  type NeedOf,
  type VariantName,
  type WindowStat,
} from '../../src/core/evidence.ts'
import type { Window } from '../../src/core/verdict.ts'
import type { EnginePorts } from '../../src/engine/ports.ts'
import { worldStart, type Nature, type Process } from './process.ts'
import { isApart } from './sheet.ts'
import type { Truth } from './truth.ts'

/** What users do and what they meet, as a function of what the flag really said: nobody reports it wrongly, only late or not at all. */
export type Traffic = {
  /** Share of requests that fail in the minute that begins then, in ms of virtual time; null: nobody came. */
  errorShare(startMs: number): number | null
  /** The most of them, in percent, who were shown the new version in that minute. */
  shown(startMs: number): number
}

export const periodMs = 60_000
export const lagMs = 10_000
const requestsPerMinute = 2000
/** Where versions are told apart each has to have enough of its own. */
const manyPerMinute = 20_000
/** Far above the limit of the sheet. */
const badShare = 0.2
const goodShare = 0.0001
/** How long a page takes, and how long one that fails. */
const usualMs = 300
const longMs = 3000

export function traffic(nature: Nature, truth: Truth): Traffic {
  return {
    shown: (startMs) => truth.exposedIn(startMs, startMs + periodMs).percent,
    errorShare: (startMs) => {
      const { noTraffic, badFrom, lateBadMs, oldBadUntilMs } = nature.swarm
      if (noTraffic && startMs + periodMs > noTraffic.fromMs && startMs < noTraffic.toMs) return null
      const { percent, commit, fullSinceMs } = truth.exposedIn(startMs, startMs + periodMs)
      const bad = badFrom[commit?.slice(0, 1) ?? ''] ?? null
      // Whoever is shown the new version is well: what it would be without it is seen only while nobody is.
      if (percent === 0 && oldBadUntilMs !== null && startMs < oldBadUntilMs) return badShare
      const isBad = bad !== null && percent >= bad
      const isLateBad = lateBadMs !== null && fullSinceMs !== null && startMs >= fullSinceMs + lateBadMs
      return isBad || isLateBad ? badShare : goodShare
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
      return needs.map((need) => {
        if (need.need === 'series') return seen(seriesOf(need, window))
        return need.need === 'window' ? seen(pointOf(need, window)) : missing('not here')
      })
    }
    process.unseenMetrics += 1
    const findings = await process.call('metrics', 'GetMetricData', 'read', read, signal)
    const isSeen = findings.some((finding) => finding.status === 'seen')
    if (isSeen) process.unseenMetrics -= 1
    if (isSeen && window.to > window.from) onSeen(window)
    return findings
  }

  /** One point over the whole window, for display: what users of the new version last waited. */
  function pointOf({ metric, stat }: NeedOf<'window'>, { from, to }: Window): WindowStat {
    const share = users.errorShare(scheduler.nowMs - periodMs)
    const values = share === null ? {} : { canary: share > goodShare ? longMs : usualMs, control: usualMs }
    return { window: { from, to }, query: `${stat}(${metric})`, values }
  }

  function seriesOf(need: NeedOf<'series'>, window: Window) {
    const minutes: Record<VariantName, Minute[]> = { all: [], canary: [], control: [] }
    const nowMs = scheduler.nowMs
    const isToldApart = isApart(nature.swarm.sheet)
    const perMinute = isToldApart ? manyPerMinute : requestsPerMinute
    const from = Math.max(Math.floor((window.from - worldStart) / periodMs) * periodMs, -60 * periodMs)
    for (let start = from; start < Math.min(nowMs, window.to - worldStart); start += periodMs) {
      const share = users.errorShare(start)
      if (share === null) continue
      const part = Math.min(1, (nowMs - start) / periodMs)
      const isOver = nowMs >= start + periodMs + lagMs
      const put = (variant: VariantName, percent: number, bad: number) => {
        const requests = Math.round((perMinute * part * percent) / 100)
        if (requests > 0) minutes[variant].push(minuteOf(need, epochMs(worldStart + start), requests, isOver ? bad : 0))
      }
      const shown = users.shown(start)
      put('all', 100, share)
      put('canary', shown, share)
      put('control', 100 - shown, shown === 0 ? share : goodShare)
    }
    const { all, ...byVersion } = minutes
    const told = isToldApart ? byVersion : { all }
    return { periodMs, lagMs, query: `SUM(${need.metric})`, minutes: told, alive: null }
  }
}

/** One minute in which so many came, and this share of them met an error; whoever does waits long. */
function minuteOf({ metric, cut }: NeedOf<'series'>, start: EpochMs, requests: number, bad: number): Minute {
  if (metric === 'requests') return { start, count: 1, sum: requests, over: null }
  const failed = Math.round(requests * bad)
  if (metric === 'errors') return { start, count: 1, sum: failed, over: null }
  const over = cut === undefined ? null : cut > usualMs ? failed : requests
  return { start, count: requests, sum: usualMs * (requests - failed) + longMs * failed, over }
}
