import { epochMs, launchId, type EpochMs } from '../core/brand.ts'
import { environmentOf } from '../core/environment-of.ts'
import type { NeedOf } from '../core/evidence.ts'
import { planHash } from '../core/plan-hash.ts'
import type { Plan, PlannedCheck, PlannedGate, PlannedStep } from '../core/plan.ts'
import { minuteAt, recordedCuts, type RecordedMetrics } from '../core/recorded.ts'
import { reduce } from '../core/reduce.ts'
import { settledWindow } from '../core/settled.ts'
import { stageKey } from '../core/gate-keys.ts'
import { startState, type LaunchState } from '../core/state.ts'
import { checkKind } from '../gates/registry.ts'
import { needsOfGate } from '../gates/judge-gate.ts'
import { stepKind } from '../steps/registry.ts'
import { needsOfLook, scopeOf } from './look.ts'
import { withGate } from './limit-sweep.ts'

/** How much of the time before a launch is what later gates compare with, as a live one captures it. */
export const beforeMs = 30 * 60_000

export type Quantiles = { readonly [metric: string]: readonly number[] }

/** A plan whose canary asks for metrics alone, and the checks that were left out: there is no past of what they look at. */
export function replayable(
  plan: Plan,
  step: PlannedStep,
): { readonly plan: Plan; readonly step: PlannedStep; readonly leftOut: readonly PlannedCheck[] } {
  const scope = scopeOf(environmentOf(plan, step.environment), step.phase)
  const isPast = (gate: PlannedGate, check: PlannedCheck) => {
    const needs = needsOfGate({ ...gate, checks: [check] }, scope)
    return needs.length > 0 && needs.every(({ need }) => need === 'series' || need === 'window')
  }
  const leftOut = step.gate?.checks.filter((check) => step.gate && !isPast(step.gate, check)) ?? []
  const kept = withGate(plan, step, (gate) => ({ ...gate, checks: gate.checks.filter((one) => isPast(gate, one)) }))
  return { plan: kept, step: stepOf(kept, step.id) ?? step, leftOut }
}

export function stepOf(plan: Plan, id: string): PlannedStep | null {
  return plan.phases.flatMap(({ steps }) => steps).find((step) => step.id === id) ?? null
}

/** Metrics whose samples a check counts or weighs: latencies, not counters of events. */
export function sampledMetrics(gate: PlannedGate | null): ReadonlySet<string> {
  const checks = (gate?.checks ?? []).flatMap((check) => [check, ...check.nested])
  return new Set(
    checks.flatMap(({ kind, spec }) => {
      const source = checkKind(kind).signal(spec)
      return source && source.of !== 'share' ? [source.metric] : []
    }),
  )
}

/** The metric of all events beside one of bad events, where a check divides them; null otherwise. */
export function eventsOf(gate: PlannedGate | null, bad: string): string | null {
  for (const { kind, spec } of gate?.checks ?? []) {
    const source = checkKind(kind).signal(spec)
    if (source?.of === 'share' && source.bad === bad) return source.all
  }
  return null
}

/** Minutes that the looks at a canary ask for at any of its stages: every metric with every cut. */
export function seriesNeeds(plan: Plan, step: PlannedStep, before: LaunchState): readonly NeedOf<'series'>[] {
  const percent = stepKind(step.kind).rollout(step.spec)?.stages[0] ?? 100
  if (!step.gate) return []
  const look = {
    gate: step.gate,
    key: stageKey(step, percent),
    phase: step.phase,
    window: { from: before.openedAt, to: before.openedAt },
    stage: percent,
    watch: false,
  }
  const asked = needsOfLook(look, plan, before).filter((need) => need.need === 'series')
  const beats = asked.flatMap(({ metric }) => plan.metrics[metric]?.sparse ?? [])
  return [...asked, ...beats.map((metric) => ({ need: 'series', metric }) as const)]
}

/** A launch that never was, about to raise its flag: with what its metrics did before as its baseline. */
export function imaginedLaunch(plan: Plan, metrics: RecordedMetrics, at: EpochMs, quantiles: Quantiles): LaunchState {
  const head = {
    schema: 1,
    launch: launchId('backtest'),
    at,
    actor: { name: 'launch backtest', host: '', run: null },
    prev: null,
  } as const
  const opened = startState({
    ...head,
    n: 1,
    id: 'replay-1',
    type: 'launch-opened',
    plan: planHash(plan),
    commit: '',
    version: '',
    supersedes: null,
    acks: [],
    sandbox: null,
  })
  const window = { from: epochMs(at - beforeMs - slowest(plan)), to: at }
  const known = Object.entries(metrics).flatMap(([id, metric]) => {
    const { periodMs = 60_000, lagMs = 0 } = plan.metrics[id] ?? {}
    const settled = settledWindow(window, periodMs, lagMs)
    const starts = Array.from({ length: (settled.to - settled.from) / periodMs }, (_, i) => settled.from + i * periodMs)
    const minutes = starts.map((start) => minuteAt(metric, epochMs(start))).filter((minute) => minute !== null)
    if (minutes.length === 0) return []
    const total = (field: 'count' | 'sum') => minutes.reduce((sum, minute) => sum + minute[field], 0)
    const usual = quantiles[id]
    return [[id, { count: total('count'), sum: total('sum'), ...(usual && { quantiles: usual }) }] as const]
  })
  // Cut points hold also where nothing was measured before: they only say what was counted.
  const bare = Object.entries(quantiles).flatMap(([id, usual]) =>
    known.some(([other]) => other === id) ? [] : [[id, { count: 0, sum: 0, quantiles: usual }] as const],
  )
  return reduce(opened, {
    ...head,
    n: 2,
    id: 'replay-2',
    type: 'baseline-captured',
    window,
    metrics: Object.fromEntries([...known, ...bare]),
  })
}

export function slowest(plan: Plan): number {
  return Math.max(0, ...Object.values(plan.metrics).map(({ lagMs }) => lagMs))
}

/** The cut points that recorded minutes can be compared above, besides a limit's own: as many as a live launch has. */
export function recordedQuantiles(metrics: RecordedMetrics, sampled: ReadonlySet<string>): Quantiles {
  return Object.fromEntries(
    [...sampled].flatMap((id) => {
      const metric = metrics[id]
      // The judge compares above three digits of a cut point.
      const cuts = metric ? recordedCuts(metric).filter((cut) => cut === Number(cut.toPrecision(3))) : []
      return cuts.length > 0 ? [[id, cuts] as const] : []
    }),
  )
}
