import { epochMs } from '../../../src/core/brand.ts'
import { wholly } from '../../../src/sandbox/flag-exposure.ts'
import type { SandboxMetric, Site, World } from '../../../src/sandbox/types.ts'

const minuteMs = 60_000
/** 2026-12-01T18:00:00Z, a whole minute. */
const opensAt = Date.UTC(2026, 11, 1, 18)

export const staging: Site = site('staging', '111111111111')
export const production: Site = site('production', '222222222222')

function site(environment: string, account: string): Site {
  return {
    environment,
    account,
    region: 'us-east-1',
    bucket: `sb-${environment}`,
    distribution: `E-${environment}`,
    url: `https://${environment}.sb.example`,
    flagPath: '/flags/status-board-v2.json',
  }
}

const variant = { dimension: 'Variant', canary: 'v2', control: 'v1' }

function metric(name: string, perVariant = true): SandboxMetric {
  const dimensions = { Environment: '${environment}' }
  return { namespace: 'StatusBoard', name, dimensions, variant: perVariant ? variant : null, lagMs: 2 * minuteMs }
}

const sheetMetrics = {
  'board-load': metric('BoardLoadMs'),
  'drawer-open': metric('DrawerOpenMs'),
  errors: metric('Errors'),
  requests: metric('Requests'),
  'occ-conflicts': metric('OccConflicts'),
  adoption: metric('BoardInteractions'),
  'kpi-events': metric('KpiEvents', false),
}

/** Minutes after the window opens and percent of users: `[0, 10], [14, 30]`. */
export type Stages = readonly (readonly [minutes: number, percent: number])[]

export type MemoryWorld = World & { moveTo(minutes: number): void; release(environment: string, minutes: number): void }

/** A world in memory whose clock stands `at` minutes after the window opened. */
export function memoryWorld(
  options: {
    readonly seed?: number
    readonly scenario?: string
    readonly stages?: Stages
    readonly at?: number
    readonly metrics?: { readonly [id: string]: SandboxMetric }
    readonly alarms?: readonly string[]
    readonly sites?: readonly Site[]
  } = {},
): MemoryWorld {
  const {
    seed = 1,
    scenario = 'healthy',
    stages = [],
    metrics = sheetMetrics,
    alarms = [],
    sites = [staging, production],
  } = options
  let now = minutesIn(options.at ?? 0)
  const log = new Map<string, unknown[]>()
  const released = new Map<string, { at: ReturnType<typeof epochMs>; etag: string }[]>()
  const exposure = stages.map(([minutes, percent]) => ({ at: epochMs(minutesIn(minutes)), ...wholly(percent / 100) }))
  return {
    seed,
    scenario,
    sites,
    metrics,
    alarms,
    startedAt: epochMs(opensAt - 45 * minuteMs),
    now: () => epochMs(now),
    exposure: (environment) => (environment === 'production' ? exposure.filter(({ at }) => at <= now) : []),
    releases: (environment) => released.get(environment) ?? [],
    // As a world on disk does: what comes back is what JSON kept.
    append: (kind, record) => void log.set(kind, [...(log.get(kind) ?? []), JSON.parse(JSON.stringify(record))]),
    records: (kind) => log.get(kind) ?? [],
    moveTo: (minutes) => void (now = minutesIn(minutes)),
    release: (environment, minutes) => {
      const release = { at: epochMs(minutesIn(minutes)), etag: `"release-at-${minutes}"` }
      released.set(environment, [...(released.get(environment) ?? []), release])
    },
  }
}

export function minutesIn(minutes: number): number {
  return opensAt + minutes * minuteMs
}

export function atMinute(minutes: number): Date {
  return new Date(minutesIn(minutes))
}
