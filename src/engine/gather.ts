import { messageOf } from '../core/errors.ts'
import {
  missing,
  needKey,
  seen,
  type Evidence,
  type Finding,
  type Need,
  type NeedKind,
  type NeedOf,
} from '../core/evidence.ts'
import type { Environment, Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import type { Window } from '../core/verdict.ts'
import { artifactEvidence } from './artifact-evidence.ts'
import { flagEvidence } from './flag-evidence.ts'
import type { EnginePorts, MetricNeed } from './ports.ts'

export type GatherRequest = {
  readonly plan: Plan
  readonly state: LaunchState
  readonly environment: Environment
  readonly window: Window
  /** Commands that ended well before, by need: a browser flow that passed for these files is not run at every look. */
  readonly ranWell: Map<string, Finding>
}

type SingleNeed = Exclude<NeedKind, MetricNeed['need']>
type Gather<K extends SingleNeed> = (
  need: NeedOf<K>,
  request: GatherRequest,
  ports: EnginePorts,
  signal: AbortSignal,
) => Promise<Finding>

/** One gatherer per need. A gatherer that throws makes its finding missing, with the reason. */
const gatherers: { readonly [K in SingleNeed]: Gather<K> } = {
  http: async (need, _request, ports, signal) => {
    const response = await ports.http.get(need.url, { timeoutMs: need.timeoutMs }, signal)
    return seen({
      status: response.status,
      ms: response.ms,
      bodyStart: new TextDecoder().decode(response.body.slice(0, 200)),
    })
  },
  command: async (need, request, ports, signal) => {
    if (need.anyOf.length > 0 && (await ports.exec.which(need.anyOf)) === null) {
      return seen({ ran: false, absent: `none of ${need.anyOf.join(', ')} is installed` })
    }
    const { environment, state, ranWell } = request
    const memo = `${environment.name} ${state.artifact?.hash ?? ''} ${needKey(need)}`
    const before = ranWell.get(memo)
    if (before) return before
    const env = ports.childEnv(environment.name)
    const result = await ports.exec.run(
      { argv: need.run, cwd: need.cwd ?? '.', env, timeoutMs: need.timeoutMs },
      signal,
    )
    const ran = seen({ ran: true, exitCode: result.timedOut ? 124 : result.exitCode, ms: result.ms, tail: result.tail })
    if (result.exitCode === 0) ranWell.set(memo, ran)
    return ran
  },
  git: async (_need, _request, ports, signal) => seen(await ports.git(signal)),
  identity: async (_need, request, ports, signal) => seen(await ports.identity(request.environment, signal)),
  artifact: async (need, request, ports) => artifactEvidence(request.plan, request.state, ports, need.texts),
  flag: async (_need, request, ports, signal) => {
    const store = ports.flag(request.environment.name)
    const [reading, edge] = await Promise.all([store.read(signal), store.observe(signal)])
    return seen(flagEvidence(store, reading, edge, request.state))
  },
  // Asked before the look, so that the answer is journaled once and not asked for at every look.
  answer: async (need, request) => {
    const recorded = request.state.answers[need.id]
    return recorded ? seen(recorded) : missing(`nobody answered "${need.ask}"`)
  },
}

/** Gathers every need of a gate at once. Never throws for a need that could not be met, only for an abort. */
export async function gather(
  needs: readonly Need[],
  request: GatherRequest,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<Evidence> {
  const metricNeeds = needs.filter(isMetricNeed)
  const others = needs.filter((need): need is Exclude<Need, MetricNeed> => !isMetricNeed(need))
  const [metricFindings, ...findings] = await Promise.all([
    metrics(metricNeeds, request, ports, signal),
    // Commands and questions share a terminal and a machine: one after the other.
    inTurn(others, (need) => settle(single(need, request, ports, signal), signal)),
  ])
  const pairs: [string, Finding][] = [
    ...metricNeeds.map((need, i): [string, Finding] => [
      needKey(need),
      metricFindings[i] ?? missing('the provider did not answer this query'),
    ]),
    ...others.map((need, i): [string, Finding] => [needKey(need), findings[0]?.[i] ?? missing('not gathered')]),
  ]
  return Object.fromEntries(pairs)
}

function isMetricNeed(need: Need): need is MetricNeed {
  return need.need === 'series' || need.need === 'window' || need.need === 'alarms'
}

async function metrics(
  needs: readonly MetricNeed[],
  request: GatherRequest,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (needs.length === 0) return []
  try {
    return await ports.metrics(needs, request.environment, request.window, signal)
  } catch (error) {
    signal.throwIfAborted()
    return needs.map(() => missing(messageOf(error)))
  }
}

function single(
  need: Exclude<Need, MetricNeed>,
  request: GatherRequest,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<Finding> {
  // The table's key is the need's own kind, so the gatherer takes exactly this need.
  const gatherer = gatherers[need.need] as Gather<SingleNeed>
  return gatherer(need, request, ports, signal)
}

async function settle(finding: Promise<Finding>, signal: AbortSignal): Promise<Finding> {
  try {
    return await finding
  } catch (error) {
    signal.throwIfAborted()
    return missing(messageOf(error))
  }
}

async function inTurn<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  for (const item of items) results.push(await run(item))
  return results
}
