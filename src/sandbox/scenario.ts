import { LaunchError } from '../core/errors.ts'
import type { ExitCode } from '../core/exit-code.ts'
import type { Site, World } from './types.ts'

/** What can go wrong in a sandbox launch, as data. A name with `staged` may carry the stage it starts at: `error-spike@50`. */
type ScenarioRow = {
  readonly about: string
  /** What `launch auto` ends with. */
  readonly exit: ExitCode
  readonly staged: boolean
  readonly effects: Effects
}

/** How the played world differs from a healthy one. Absent: as in a healthy one. */
export type Effects = {
  /** Share of the new version's requests that fail in addition. */
  readonly canaryErrors?: number
  /** Share of the old version's requests that fail in addition, from long before the launch on. */
  readonly controlErrors?: number
  /** Factor on the new version's latencies. */
  readonly canarySlowdown?: number
  /** Conflicts per request of the new version in addition. */
  readonly canaryConflicts?: number
  /** Both versions fail more for a while in one stage. */
  readonly outage?: Episode & { readonly errors: number }
  /** No metric arrives for a while in one stage; afterwards all of it arrives at once. */
  readonly stall?: Episode
  /** All data arrive this much later than the run sheet's lag. */
  readonly lateMs?: number
  /** Latencies are published in bins a tenth wide, each as its middle, as the CloudWatch agent does. */
  readonly binned?: true
  /** The flag says on and no user gets the new version. */
  readonly unreached?: true
  /** GetMetricData is throttled from the first exposure on. */
  readonly throttled?: true
  /** What a production deploy put does not arrive intact at the edge. */
  readonly corrupt?: true
  /** One sign-off never comes. */
  readonly withheld?: true
}

/** Begins `afterMs` after the first exposure of at least the stage (0–1). */
export type Episode = { readonly stage: number; readonly afterMs: number; readonly forMs: number }

const minute = 60_000

export const scenarios = {
  healthy: { about: 'nothing goes wrong', exit: 0, staged: false, effects: {} },
  'late-metrics': {
    about: 'for 6 minutes of the 30 % stage no metric arrives, then all of it',
    exit: 0,
    staged: false,
    effects: { stall: { stage: 0.3, afterMs: 3 * minute, forMs: 6 * minute } },
  },
  'slow-metrics': {
    about: 'every minute goes on changing for 3 minutes longer than the run sheet says',
    exit: 0,
    staged: false,
    effects: { lateMs: 3 * minute },
  },
  'binned-latency': {
    about: 'latencies come in bins 10 % wide, as the CloudWatch agent publishes them',
    exit: 0,
    staged: false,
    effects: { binned: true },
  },
  'outage-shared': {
    about: 'for 10 minutes of the 30 % stage 5 % of the requests of both versions fail',
    exit: 0,
    staged: false,
    effects: { outage: { stage: 0.3, afterMs: 3 * minute, forMs: 10 * minute, errors: 0.05 } },
  },
  'error-spike': {
    about: "15 % of the new version's requests fail from a stage on",
    exit: 4,
    staged: true,
    effects: { canaryErrors: 0.15 },
  },
  slow: {
    about: 'the new version answers ten times slower from a stage on',
    exit: 4,
    staged: true,
    effects: { canarySlowdown: 10 },
  },
  'conflict-storm': {
    about: "4 % of the new version's requests end in an OCC conflict from a stage on",
    exit: 4,
    staged: true,
    effects: { canaryConflicts: 0.04 },
  },
  'already-breaching': {
    about: '3 % of the requests of the old version fail already when the launch begins',
    exit: 3,
    staged: false,
    effects: { controlErrors: 0.03 },
  },
  'deploy-corrupt': {
    about: 'the pages of a production deploy arrive damaged at the edge',
    exit: 4,
    staged: false,
    effects: { corrupt: true },
  },
  'no-traffic': {
    about: 'the flag is up and no user gets the new version',
    exit: 4,
    staged: false,
    effects: { unreached: true },
  },
  throttled: {
    about: 'GetMetricData is throttled from the first exposure on',
    exit: 4,
    staged: false,
    effects: { throttled: true },
  },
  unsigned: { about: 'one sign-off never comes', exit: 8, staged: false, effects: { withheld: true } },
} as const satisfies Record<string, ScenarioRow>

export type ScenarioName = keyof typeof scenarios

export type Scenario = {
  readonly name: ScenarioName
  /** As it is written: `error-spike@30`. */
  readonly text: string
  readonly about: string
  readonly exit: ExitCode
  /** The stage (0–1) from which on the new version is broken; null when none matters. */
  readonly from: number | null
  readonly effects: Effects
}

/** The stage a staged scenario starts at when none is written, in percent of users. */
const defaultStagePercent = 30

/** `healthy`, `error-spike@30`, `slow@10%`. Throws LaunchError USAGE for a name or a stage that does not exist. */
export function parseScenario(text: string): Scenario {
  const [, written, at] = /^([a-z-]+)(?:@(\d+(?:\.\d+)?)%?)?$/.exec(text) ?? []
  const name = scenarioNames().find((known) => known === written)
  if (!name)
    throw new LaunchError('USAGE', `there is no scenario "${text}"`, { hint: `one of ${scenarioForms().join(', ')}` })
  const { about, exit, staged, effects } = scenarios[name]
  if (!staged && at !== undefined)
    throw new LaunchError('USAGE', `the scenario ${name} has no stage: "${text}"`, { hint: `write ${name}` })
  const percent = at === undefined ? defaultStagePercent : Number(at)
  if (percent <= 0 || percent > 100) {
    throw new LaunchError('USAGE', `no stage has ${percent} % of the users: "${text}"`, {
      hint: `write ${name}@10, @30, @50 or @100`,
    })
  }
  return { name, text: staged ? `${name}@${percent}` : name, about, exit, from: staged ? percent / 100 : null, effects }
}

export function scenarioNames(): readonly ScenarioName[] {
  // Object.keys of a constant table gives exactly its keys.
  return Object.keys(scenarios) as ScenarioName[]
}

/** How each scenario is written, for help and errors: `healthy`, `error-spike@N`. */
export function scenarioForms(): readonly string[] {
  return scenarioNames().map((name) => (scenarios[name].staged ? `${name}@N` : name))
}

/** Sites named after production play it; where no site is, the last one does. */
export function isProduction(site: Pick<Site, 'environment'>, sites: readonly Pick<Site, 'environment'>[]): boolean {
  const named = sites.filter(namedProduction)
  return (named.length > 0 ? named : sites.slice(-1)).some(({ environment }) => environment === site.environment)
}

function namedProduction({ environment }: Pick<Site, 'environment'>): boolean {
  return /^prod/i.test(environment)
}

/**
 * Whether the edge damages this object: production pages and other files without a content hash, never the flag document
 * or launch's own records. It holds for what a deploy put; the edge does not ask it for files that were restored by copy
 * or were there before the launch.
 */
export function corrupts(scenario: Scenario, site: Site, key: string): boolean {
  if (!scenario.effects.corrupt || !namedProduction(site)) return false
  if (key.startsWith('.launch/') || `/${key}` === site.flagPath) return false
  return !/(^|\/)assets\//.test(key)
}

/** The role whose sign-off the scenario withholds: the last one listed; null when every sign-off comes. */
export function withheldRole(scenario: Scenario, roles: readonly string[]): string | null {
  return scenario.effects.withheld ? (roles.at(-1) ?? null) : null
}

/** Whether GetMetricData of this account is throttled now: production of the account has been exposed. */
export function throttles(scenario: Scenario, world: World, account: string): boolean {
  if (!scenario.effects.throttled) return false
  const now = world.now()
  const exposed = (site: Site) => world.exposure(site.environment).some(({ at, share }) => at <= now && share > 0)
  return world.sites.some((site) => site.account === account && isProduction(site, world.sites) && exposed(site))
}
