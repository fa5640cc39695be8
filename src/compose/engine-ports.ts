import { epochMs } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { EvidenceByNeed } from '../core/evidence.ts'
import { hashOf } from '../core/hash.ts'
import { lateLine } from '../core/late-metrics.ts'
import type { Environment, FlagPlan, Plan } from '../core/plan.ts'
import type { People } from '../core/ports.ts'
import type { EnginePorts, MetricNeed } from '../engine/ports.ts'
import { gitFacts } from '../host/git.ts'
import { playedFlag } from '../flags/played.ts'
import type { OutsideWorld } from './world.ts'

type Env = { readonly [name: string]: string | undefined }

export type EngineOptions = {
  readonly plan: Plan
  readonly root: string
  readonly env: Env
  readonly world: OutsideWorld
  readonly people: People
  readonly actorName: string
  readonly spool: NonNullable<EnginePorts['spool']>
  readonly sandbox: boolean
  readonly log: (line: string) => void
  readonly waitForInvalidation?: boolean
  /** A line for whoever sits before this machine, whether or not they asked for more. */
  readonly warn: (line: string) => void
  readonly report: () => Promise<string>
}

/** The engine's ports, from the outside world and who is there. */
export function enginePorts(options: EngineOptions): EnginePorts {
  const { plan, world, people, actorName, spool, log, warn, report } = options
  const { clock, random, wait, http, exec, files, objects, cdn, flag, childEnv } = world
  const saidLate = new Set<string>()
  return {
    clock,
    random,
    wait,
    http,
    exec,
    files,
    objects,
    cdn,
    flag,
    childEnv,
    people,
    actorName,
    spool,
    log,
    waitForInvalidation: options.waitForInvalidation ?? false,
    report,
    git: (signal) => release(options, signal),
    metrics: async (needs, environment, window, signal) => {
      const gatherer = await world.aws(environment).metrics()
      const series = needs.filter((need) => need.need !== 'alarms')
      const scope = { metrics: plan.metrics, environment: environment.name, window, now: window.to }
      const [findings, alarms] = await Promise.all([
        gatherer.gather(series, scope, signal),
        Promise.all(needs.filter(isAlarms).map(({ names }) => gatherer.alarms(names, signal))),
      ])
      for (const [index, finding] of findings.entries()) {
        const metric = series[index]?.metric ?? ''
        const value = finding.status === 'seen' && 'minutes' in finding.value ? finding.value : null
        if (value?.unsettledMs === undefined || saidLate.has(metric)) continue
        saidLate.add(metric)
        warn(lateLine({ metric, unsettledMs: value.unsettledMs, lagMs: value.lagMs }))
      }
      const left = { metrics: findings.values(), alarms: alarms.values() }
      return needs.map((need) => {
        const next = need.need === 'alarms' ? left.alarms.next() : left.metrics.next()
        if (next.done) throw new Error('the metrics adapter gave fewer findings than needs')
        return next.value
      })
    },
    identity: async (environment, signal) => {
      const finding = await world
        .aws(environment)
        .identity(probeOf(options.sandbox ? playedFlag(plan.flag) : plan.flag, environment, clock.now()), signal)
      if (finding.status === 'missing') throw new LaunchError('CREDENTIALS', finding.why)
      const probed = await world.flag(environment.name).mayWrite?.(signal)
      const rights = probed === undefined ? [] : [{ right: 'rollback', ...probed }]
      return { ...finding.value, rights: [...finding.value.rights, ...rights] }
    },
  }
}

function isAlarms(need: MetricNeed): need is Extract<MetricNeed, { need: 'alarms' }> {
  return need.need === 'alarms'
}

function probeOf({ store }: FlagPlan, environment: Environment, now: number) {
  const path = 'path' in store && typeof store.path === 'string' && store.kind === 's3' ? store.path : null
  const bucket = 'bucket' in store && typeof store.bucket === 'string' ? store.bucket : environment.bucket
  return {
    bucket: environment.bucket,
    siteKey: 'index.html',
    distribution: environment.distribution,
    flag: path === null ? null : { bucket, key: path.replace(/^\//, '') },
    now: epochMs(now),
  }
}

/**
 * What is being released. In the sandbox, a folder that is no clean checkout of a release branch or tag is played as one,
 * and marked as played.
 */
export async function release(
  options: Pick<EngineOptions, 'root' | 'env' | 'sandbox'>,
  signal: AbortSignal,
): Promise<EvidenceByNeed['git']> {
  const facts = await gitFacts(options.root, options.env, signal)
  if (!options.sandbox) {
    if (facts) return facts
    throw new LaunchError('USAGE', `${options.root} is no git checkout`, {
      hint: 'a launch releases a commit: run it in a clone of the repository',
    })
  }
  const frozen = facts !== null && facts.clean && (facts.tags.length > 0 || (facts.branch ?? '').startsWith('release/'))
  if (facts && frozen) return facts
  const commit = facts?.commit ?? hashOf('played').slice(0, 40)
  return { commit, branch: 'release/played', tags: [], clean: true, played: true }
}
