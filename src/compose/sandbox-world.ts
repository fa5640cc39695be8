import { epochMs } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import { plannedGates } from '../core/planned-gates.ts'
import { scopeOf } from '../engine/look.ts'
import { needsOfGate } from '../gates/judge-gate.ts'
import { parseStateLocation } from '../journal/state-location.ts'
import { attachTo, openSandbox, type Sandbox } from '../sandbox/attach.ts'
import { playedFlag, playedFlagPath } from '../flags/played.ts'
import { parseScenario } from '../sandbox/scenario.ts'
import type { SandboxConfig } from '../sandbox/world-config.ts'

export type SandboxOrder = {
  readonly plan: Plan
  /** `.launch/sandbox/world` of the project. */
  readonly dir: string
  /** A host to attach to instead: LAUNCH_SANDBOX_URL. */
  readonly url: string | null
  readonly scenario: string
  /** The scenario was asked for by name: an existing world that plays another one is not it. */
  readonly scenarioNamed: boolean
  readonly seed: number
  /** Where launches are remembered, by the run sheet and by --state: S3 buckets among them exist in the world. */
  readonly states: readonly string[]
  readonly fresh: boolean
  readonly driver: boolean
  readonly speed?: number | null
}

/** A fresh clock starts this long before the launch window opens: the paper begins at T-45. */
const leadMs = 45 * 60_000

/** Opens the world that plays this plan. Throws USAGE for an unknown scenario, or when another one plays in the world that is kept. */
export async function openWorld(order: SandboxOrder): Promise<Sandbox> {
  const { url, driver, dir, fresh, speed } = order
  const scenario = parseScenario(order.scenario).text
  const world = url
    ? await attachTo(url, { driver })
    : await openSandbox(
        { dir, config: configOf(order, scenario), driver, ...(speed === undefined ? {} : { speed }) },
        fresh ? 'fresh' : 'attach',
      )
  if (order.scenarioNamed && world.config.scenario !== scenario) {
    const playing = world.config.scenario
    await world.close()
    throw new LaunchError('USAGE', `the sandbox plays ${playing}, not ${scenario}`, {
      hint: 'launch sandbox reset, or leave --scenario out',
    })
  }
  return world
}

function configOf(order: SandboxOrder, scenario: string): SandboxConfig {
  const { plan, seed } = order
  const { store } = playedFlag(plan.flag)
  const flagPath = 'path' in store && typeof store.path === 'string' ? store.path : playedFlagPath
  // Environments that name no account share the one of production: keys that name none are of it, too.
  const home = plan.environments['production']?.account ?? '111111111111'
  const sites = Object.values(plan.environments).map((environment, i) => ({
    environment: environment.name,
    account: environment.account ?? home,
    region: environment.region,
    bucket: environment.bucket,
    distribution: environment.distribution ?? `E${i}`,
    url: environment.url,
    flagPath,
  }))
  const opensAt = plan.window?.opensAt
  return {
    sites,
    metrics: plan.metrics,
    alarms: alarmNames(plan),
    scenario,
    seed,
    startAt: epochMs(opensAt === undefined ? Date.now() : opensAt - leadMs),
    buckets: order.states.flatMap(bucketOf),
  }
}

function bucketOf(state: string): readonly { readonly name: string; readonly account: null }[] {
  const location = parseStateLocation(state)
  return location.kind === 's3' ? [{ name: location.bucket, account: null }] : []
}

/** Every alarm that some gate of the plan asks for. */
function alarmNames(plan: Plan): readonly string[] {
  const names = plannedGates(plan).flatMap((gate) => {
    const environment = plan.environments[gate.environment]
    if (!environment) return []
    return needsOfGate(gate, scopeOf(environment, '')).flatMap((need) => (need.need === 'alarms' ? need.names : []))
  })
  return [...new Set(names)]
}
