import type { AlarmState } from './alarm-state.ts'
import type { MinuteCache } from './minute-cache.ts'
import { isProduction, parseScenario } from './scenario.ts'
import { mergeSamples, sampleCount, statistic, type Statistic } from './statistics.ts'
import { playOf, type Play, type Signal, type TrafficMinute, type VariantMinute } from './traffic.ts'
import type { Site, World } from './types.ts'
import { arrivalClock, minuteMs } from './user-split.ts'

/**
 * The alarms a run sheet names exist from the start. What each watches follows from its name; one whose name says nothing
 * watches everything. It rings when one version is outside a limit over the last three published minutes.
 */
const watches = [
  { words: /conflict|\bocc\b|409/i, signals: ['occ-conflicts'] },
  { words: /error|fault|5xx|4xx|availability/i, signals: ['errors'] },
  { words: /drawer/i, signals: ['drawer-open'] },
  { words: /p\d\d|latency|slow|load|duration/i, signals: ['board-load'] },
] as const satisfies readonly { readonly words: RegExp; readonly signals: readonly Signal[] }[]
const everything = ['errors', 'board-load', 'drawer-open', 'occ-conflicts'] as const satisfies readonly Signal[]

/** The limits of the model's own alarms, and how much data they need to speak at all. */
const limits = { errorShare: 0.01, boardP95Ms: 800, drawerAverageMs: 200, conflictsInFiveMinutes: 30 } as const
const floors = { requests: 1000, latencies: 200 } as const
/** A minute's data has arrived a minute after its end. */
const settleMs = minuteMs
/** How far back the last change of state is looked for; one that has none is as old as the world. */
const lookBackMinutes = 60

/** The state of a played alarm at `now`; null when this account has no such alarm. */
export function playedAlarm(
  world: World,
  account: string,
  name: string,
  minute: MinuteCache,
  now: number,
): AlarmState | null {
  const site = siteOf(world, account, name)
  if (!site || !world.alarms.includes(name)) return null
  const play = playOf(world, site, parseScenario(world.scenario))
  const watched = watches.find(({ words }) => words.test(name))?.signals ?? everything
  const breachAt = (last: number) => breach(play, watched, last, minute)
  const last = lastSettled(play, now)
  const why = breachAt(last)
  const oldest = last - lookBackMinutes * minuteMs
  let since = last
  while (since > oldest && (breachAt(since - minuteMs) === null) === (why === null)) since -= minuteMs
  return {
    value: why === null ? 'OK' : 'ALARM',
    reason: why ?? 'inside its limits',
    since: since + minuteMs + settleMs,
  }
}

/** The site of this account whose environment the name holds, else the production one. */
function siteOf(world: World, account: string, name: string): Site | null {
  const own = world.sites.filter((site) => site.account === account)
  return (
    own.find(({ environment }) => name.includes(environment)) ??
    own.find((site) => isProduction(site, world.sites)) ??
    own[0] ??
    null
  )
}

/** Start of the newest minute that has arrived completely. */
function lastSettled(play: Play, now: number): number {
  const arrival = arrivalClock(play.exposure, play.scenario, now)
  return Math.floor((arrival - settleMs) / minuteMs) * minuteMs - minuteMs
}

/** Why the minutes up to `last` are outside a limit, or null. */
function breach(play: Play, watched: readonly Signal[], last: number, minute: MinuteCache): string | null {
  const minutes = [4, 3, 2, 1, 0].map((back) => minute(play, last - back * minuteMs))
  for (const variant of ['canary', 'control'] as const) {
    const found = watched.flatMap((signal) => tests[signal]?.(minutes.map((traffic) => traffic[variant])) ?? [])
    if (found[0] !== undefined) return `${variant}: ${found[0]}`
  }
  return null
}

type Test = (fiveMinutes: readonly VariantMinute[]) => string | null

const tests: { readonly [S in Signal]?: Test } = {
  errors: (minutes) => {
    const requests = total(minutes.slice(-3), 'requests')
    const share = total(minutes.slice(-3), 'errors') / requests
    return requests >= floors.requests && share >= limits.errorShare ? `error rate ${(100 * share).toFixed(2)} %` : null
  },
  'board-load': (minutes) => tooSlow(minutes, 'board-load', { kind: 'percentile', share: 0.95 }, limits.boardP95Ms),
  'drawer-open': (minutes) => tooSlow(minutes, 'drawer-open', { kind: 'Average' }, limits.drawerAverageMs),
  'occ-conflicts': (minutes) => {
    const conflicts = total(minutes, 'occ-conflicts')
    return conflicts >= limits.conflictsInFiveMinutes ? `${conflicts} conflicts in 5 minutes` : null
  },
}

function tooSlow(minutes: readonly VariantMinute[], signal: Signal, stat: Statistic, limitMs: number): string | null {
  const samples = mergeSamples(minutes.slice(-3).map((traffic) => traffic[signal]))
  const value = statistic(samples, stat)
  return value !== null && sampleCount(samples) >= floors.latencies && value >= limitMs
    ? `${signal} ${Math.round(value)} ms`
    : null
}

function total(minutes: readonly VariantMinute[], signal: Signal): number {
  return minutes.reduce((sum, traffic: TrafficMinute['canary']) => sum + sampleCount(traffic[signal]), 0)
}
