import { normalQuantile, poisson, uniform } from './draws.ts'
import { wholly } from './flag-exposure.ts'
import { latencies, type Lognormal } from './latency.ts'
import { isProduction, parseScenario, type Scenario } from './scenario.ts'
import { mergeSamples, noSamples, type Samples } from './statistics.ts'
import type { Exposure, Site, World } from './types.ts'
import { minuteMs, splitUsers } from './user-split.ts'

/** What users do to a site, minute by minute: a pure function of seed, minute, flag history and scenario. */

export const signals = [
  'requests',
  'errors',
  'board-load',
  'drawer-open',
  'occ-conflicts',
  'interactions',
  'kpi-events',
] as const
/** One thing the model measures. */
export type Signal = (typeof signals)[number]
export type Variant = 'canary' | 'control'

/** What one version's users caused in one minute; a signal without samples has no datapoint. */
export type VariantMinute = { readonly [S in Signal]: Samples }
export type TrafficMinute = { readonly [V in Variant]: VariantMinute }

/** Everything a site's traffic depends on. */
export type Play = {
  readonly seed: number
  readonly scenario: Scenario
  readonly environment: string
  readonly volume: Volume
  /** Which share of users is served the new version from when on, oldest first. */
  readonly exposure: readonly Exposure[]
}

type Volume = {
  readonly requestsPerMinute: number
  readonly conflictsPerRequest: number
  /** Every how many minutes a probe causes one conflict more. */
  readonly probedEvery: number | null
}
const volumes = {
  production: { requestsPerMinute: 6000, conflictsPerRequest: 1.5e-4, probedEvery: null },
  // A probe drags one card in two tabs, so that conflict handling can be observed before it matters.
  rehearsal: { requestsPerMinute: 1200, conflictsPerRequest: 5e-4, probedEvery: 2 },
} as const satisfies Record<string, Volume>

const dailySwing = 0.1
const baseErrorShare = 0.001
const perRequest = { board: 0.2, drawer: 0.15, kpi: 0.01 } as const
/** Median 90 ms and σ 0.95 give a p95 near 430 ms; median 100 ms and σ 0.6 an average near 120 ms. */
const shapes = {
  board: { medianMs: 90, sigma: 0.95 },
  drawer: { medianMs: 100, sigma: 0.6 },
} as const satisfies Record<string, Lognormal>
/** The new version is a little faster and used more. */
const versions = {
  control: { slowness: 1, interactionsPerRequest: 0.5 },
  canary: { slowness: 0.92, interactionsPerRequest: 0.65 },
} as const
/** Spread (σ of the logarithm) of a minute's latencies: of the whole site, and of one version beside the other. */
const weather = { site: 0.06, version: 0.02 } as const
/** Tails of draws that are drawn in, so that only a scenario takes a minute over a limit. */
const tails = { requests: 0.001, errors: 0.001, conflicts: 0.02, weather: 0.01 } as const

/**
 * The play of a site of this world. A site other than production serves everybody the new version once it is deployed,
 * and nothing ever goes wrong there: a scenario is about what staging could not show.
 */
export function playOf(world: World, site: Site, scenario: Scenario): Play {
  const production = isProduction(site, world.sites)
  return {
    seed: world.seed,
    scenario: production ? scenario : parseScenario('healthy'),
    environment: site.environment,
    volume: production ? volumes.production : volumes.rehearsal,
    exposure: production ? world.exposure(site.environment) : sinceFirstRelease(world, site),
  }
}

function sinceFirstRelease(world: World, site: Site): readonly Exposure[] {
  const first = world.releases(site.environment).find(({ at }) => at >= world.startedAt)
  return first ? [{ at: first.at, ...wholly(1) }] : []
}

/** Everything that happened in the epoch-aligned minute starting at `start`, published already or not. */
export function playMinute(play: Play, start: number): TrafficMinute {
  const split = splitUsers(play.exposure, play.scenario, start)
  return {
    control: playVersion(play, start, 'control', {
      working: split.control,
      broken: 0,
      outageErrors: split.outageErrors,
    }),
    canary: playVersion(play, start, 'canary', {
      working: split.canary,
      broken: split.broken,
      outageErrors: split.outageErrors,
    }),
  }
}

type Users = { readonly working: number; readonly broken: number; readonly outageErrors: number }

function playVersion(play: Play, start: number, variant: Variant, users: Users): VariantMinute {
  const draw = (what: string) => uniform(`${play.seed}/${play.environment}/${start}/${variant}/${what}`)
  const { requestsPerMinute, conflictsPerRequest, probedEvery } = play.volume
  const { canaryErrors = 0, controlErrors = 0, canarySlowdown = 1, canaryConflicts = 0 } = play.scenario.effects
  const mean = requestsPerMinute * daily(start)
  const working = poisson(mean * users.working, draw('working'), tails.requests)
  const broken = poisson(mean * users.broken, draw('broken'), tails.requests)
  const all = working + broken
  const errors = poisson(
    all * (baseErrorShare + users.outageErrors + (variant === 'control' ? controlErrors : 0)) + broken * canaryErrors,
    draw('errors'),
    tails.errors,
  )
  const probed = probedEvery !== null && all > 0 && (start / minuteMs) % probedEvery === 0 ? 1 : 0
  const conflicts = poisson(all * conflictsPerRequest + broken * canaryConflicts, draw('conflicts'), tails.conflicts)
  const slowness = versions[variant].slowness * weatherOf(play, start, draw('weather'))
  const some = (of: number, share: number, what: string) => Math.floor(of * share + draw(what))
  const timed = (what: 'board' | 'drawer') =>
    mergeSamples([
      latencies(some(working, perRequest[what], what), slowed(shapes[what], slowness), draw(`${what} phase`)),
      latencies(
        some(broken, perRequest[what], `${what} broken`),
        slowed(shapes[what], slowness * canarySlowdown),
        draw(`${what} broken phase`),
      ),
    ])
  return {
    requests: counted(all),
    errors: counted(Math.min(all, errors)),
    'board-load': timed('board'),
    'drawer-open': timed('drawer'),
    'occ-conflicts': counted(Math.min(all, conflicts + probed)),
    interactions: counted(some(all, versions[variant].interactionsPerRequest, 'interactions')),
    'kpi-events': counted(some(all, perRequest.kpi, 'kpi')),
  }
}

/** Traffic over the day: most in the afternoon (UTC), least at night. */
function daily(start: number): number {
  return 1 + dailySwing * Math.sin(2 * Math.PI * ((start % 86_400_000) / 86_400_000 - 0.35))
}

function weatherOf(play: Play, start: number, ofVersion: number): number {
  const ofSite = uniform(`${play.seed}/${play.environment}/${start}/weather`)
  return Math.exp(weather.site * bell(ofSite) + weather.version * bell(ofVersion))
}

function bell(u: number): number {
  return normalQuantile(Math.min(Math.max(u, tails.weather), 1 - tails.weather))
}

function slowed(shape: Lognormal, factor: number): Lognormal {
  return { ...shape, medianMs: shape.medianMs * factor }
}

/** A counter is published as ones: its sample count and its sum are the same. */
function counted(count: number): Samples {
  return count === 0 ? noSamples : { values: [1], counts: [count], sets: null }
}
