import type { Happening } from '../core/event.ts'
import { findingOf, type Evidence, type Finding, type Need, type NeedOf, type Series } from '../core/evidence.ts'
import { exposedPercent } from '../core/audience.ts'
import { epochMs } from '../core/brand.ts'
import { environmentOf } from '../core/environment-of.ts'
import type { GateLook } from '../core/move.ts'
import type { Environment, Plan, PlannedGate } from '../core/plan.ts'
import { settledMinutes, settledWindow } from '../core/settled.ts'
import { rolloutOf, type Rollout } from '../core/rollout.ts'
import { beforeGate, isBeforeLook, stageKey } from '../core/gate-keys.ts'
import { bindingApprovals, type GateState, type LaunchState } from '../core/state.ts'
import type { LaunchFacts, Look, NeedScope } from '../core/check.ts'
import type { Window } from '../core/verdict.ts'
import { judgeGate, needsOfGate } from '../gates/judge-gate.ts'
import { RolloutMemory } from '../gates/rollout-memory.ts'
import { checkKind } from '../gates/registry.ts'
import { stepKind } from '../steps/registry.ts'
import { gather } from './gather.ts'
import type { EnginePorts } from './ports.ts'

/** What a process keeps between looks. */
export type LookMemory = {
  /** Commands that ended well before, by need. */
  readonly ranWell: Map<string, Finding>
  readonly rollouts: RolloutMemory
}

export type GateJudged = Extract<Happening, { type: 'gate-judged' }>

/** Gathers a gate's needs and judges them: what would be journaled. */
export async function lookAt(
  look: GateLook,
  plan: Plan,
  state: LaunchState,
  ports: EnginePorts,
  signal: AbortSignal,
  memory: LookMemory = { ranWell: new Map(), rollouts: new RolloutMemory() },
): Promise<GateJudged> {
  const environment = environmentOf(plan, look.gate.environment)
  const needs = needsOfLook(look, plan, state)
  const found = await gather(
    needs,
    { plan, state, environment, window: look.window, ranWell: memory.ranWell },
    ports,
    signal,
  )
  return judgedLook(look, plan, state, found, memory.rollouts)
}

/** What a look asks for. */
export function needsOfLook(look: GateLook, plan: Plan, state: LaunchState): readonly Need[] {
  const { gate, scope } = lookedAt(look, plan, state)
  return needsOfGate(gate, scope)
}

/** Judges a look on what was gathered for it, just now or long ago. Pure: a verdict can be had again from its event. */
export function judgedLook(
  look: GateLook,
  plan: Plan,
  state: LaunchState,
  found: Evidence,
  memory?: RolloutMemory,
): GateJudged {
  const { environment, gate, scope } = lookedAt(look, plan, state)
  // Judged is what is journaled, no more. The window is the one that was asked for.
  const evidence = withinWindow(found, look.window)
  const subject = subjectOf(state, environment)
  const context = {
    now: look.window.to,
    window: look.window,
    subject,
    launch: factsOf(plan, state, environment),
    scope,
    waivers: waiversOf(state, look),
  }
  const judged = judgeGate(gate, evidence, context, memory)
  return {
    type: 'gate-judged',
    gate: look.gate.id,
    key: look.key,
    phase: look.phase,
    environment: environment.name,
    artifact: state.artifact?.hash ?? null,
    stage: look.stage,
    window: look.window,
    verdict: judged.verdict,
    checks: judged.checks(),
    bakedMs: bakedMs(needsOfGate(gate, scope), evidence, subject, look.window),
    evidence,
    ...(judged.saying && { saying: judged.saying }),
  }
}

/** Where a look is, what may be asked there, and which checks it takes. */
function lookedAt(look: GateLook, plan: Plan, state: LaunchState) {
  const environment = environmentOf(plan, look.gate.environment)
  const rollout = rolloutAt(look, plan, state)
  const scope = {
    ...scopeOf(environment, look.phase),
    ...(rollout && { rollout }),
    ...(look.stage !== null && { percent: exposedPercent(look.stage, plan.flag.audience) }),
    ...(isBeforeLook(look) && { before: true as const }),
  }
  return { environment, scope, gate: look.watch ? watchable(look.gate, scope) : look.gate }
}

/** The rollout a look belongs to: that of a canary whose stages are judged as one, else null. */
export function rolloutAt(
  { key, stage }: Pick<GateLook, 'key' | 'stage'>,
  plan: Plan,
  state: LaunchState,
): Rollout | null {
  if (stage === null) return null
  const step = plan.phases.flatMap(({ steps }) => steps).find((one) => stageKey(one, stage) === key)
  const rules = step && stepKind(step.kind).rollout(step.spec)
  return rules ? rolloutOf(rules, step, stage, state, plan.flag.audience) : null
}

/** Whether a look says anything that the journal does not hold yet: another verdict, or another closed period. */
export function isNews(judged: GateJudged, before: GateState | undefined): boolean {
  if (
    !before ||
    before.verdict !== judged.verdict ||
    before.saying !== judged.saying ||
    before.bakedMs !== judged.bakedMs
  )
    return true
  const verdicts = (checks: GateJudged['checks']) =>
    checks.map((check) => `${check.id}:${check.judgement.verdict}`).join()
  return verdicts(before.checks) !== verdicts(judged.checks) || judged.window.to - before.at >= 60_000
}

/** The new version is judged where it serves; before that, the old one. */
export function subjectOf(state: LaunchState, environment: Environment): Look['subject'] {
  if (environment.name !== 'production') return 'canary'
  return state.flag !== null && state.flag.percent > 0 && state.rollbacks.length === 0 ? 'canary' : 'control'
}

/** What a check may know of the launch without asking anybody. */
export function factsOf(plan: Plan, state: LaunchState, environment: Environment): LaunchFacts {
  return {
    commit: state.commit,
    artifact: state.artifact?.hash ?? null,
    environment: environment.name,
    openedAt: state.openedAt,
    approvals: bindingApprovals(state),
    blockers: state.blockers,
    baseline: state.baseline && baselineFacts(state.baseline),
    baselineMissing: state.baseline?.missing ?? {},
    issues: state.issues,
  }
}

function baselineFacts(baseline: NonNullable<LaunchState['baseline']>): LaunchFacts['baseline'] {
  return Object.fromEntries(
    Object.entries(baseline.metrics).map(([metric, { count, sum, spreads }]) => [
      metric,
      { window: baseline.window, count, sum, ...(spreads && { spreads }) },
    ]),
  )
}

export function scopeOf(environment: Environment, phase: string): NeedScope {
  return { environment, phase }
}

/** The checks that can be looked at again and again without asking a person or running a program. */
function watchable(gate: PlannedGate, scope: NeedScope): PlannedGate {
  const quiet = (check: PlannedGate['checks'][number]) => {
    const needs = needsOfGate({ ...gate, checks: [check] }, scope)
    return (
      needs.length > 0 &&
      !(scope.before && checkKind(check.kind).comparesOnly) &&
      needs.every(({ need }) => need === 'series' || need === 'window' || need === 'alarms' || need === 'http')
    )
  }
  return { ...gate, checks: gate.checks.filter(quiet) }
}

/** What was waived for a look before a canary is waived there alone. */
function waiversOf(state: LaunchState, look: GateLook) {
  const names = [look.gate.id, ...(isBeforeLook(look) ? [beforeGate(look.gate.id)] : [])]
  return Object.fromEntries(
    state.waivers.filter(({ gate }) => names.includes(gate)).map(({ check, reason, by }) => [check, { reason, by }]),
  )
}

/**
 * How much settled evidence stands behind every metric of the gate: the settled time of the window less the minutes without
 * data among those that were read (a check may read only the last few). A gate without metrics bakes by the clock.
 */
function bakedMs(needs: readonly Need[], evidence: Evidence, subject: Look['subject'], window: Window): number {
  const baked = needs.filter(isSeriesNeed).map((need) => {
    const finding = findingOf(need, evidence)
    if (finding?.status !== 'seen') return 0
    const series = finding.value
    const from =
      need.lookbackMs === undefined ? window.from : Math.max(window.from, window.to - series.lagMs - need.lookbackMs)
    const whole = settledWindow(window, series.periodMs, series.lagMs)
    const read = settledMinutes(series, subject, { from: epochMs(from), to: window.to })
    return whole.to - whole.from - (read.expected - read.minutes.length) * series.periodMs
  })
  return baked.length === 0 ? window.to - window.from : Math.min(...baked)
}

function isSeriesNeed(need: Need): need is NeedOf<'series'> {
  return need.need === 'series'
}

/** The journal keeps the evidence of the window, not what was read around it. */
function withinWindow(evidence: Evidence, window: Window): Evidence {
  return Object.fromEntries(
    Object.entries(evidence).map(([key, finding]) => {
      // A check that looks back further than the gate keeps what it saw.
      if (finding.status === 'missing' || !isSeries(key) || key.includes('["lookbackMs",')) return [key, finding]
      // As above: the key names the kind of the value.
      const series = finding.value as Series
      const inside = (start: number) => start >= epochMs(window.from - series.periodMs)
      const minutes = Object.fromEntries(
        Object.entries(series.minutes).map(([variant, list]) => [
          variant,
          list.filter((minute) => inside(minute.start)),
        ]),
      )
      return [key, { status: 'seen', value: { ...series, minutes, alive: series.alive?.filter(inside) ?? null } }]
    }),
  )
}

function isSeries(key: string): boolean {
  return key.includes('["need","series"]')
}
