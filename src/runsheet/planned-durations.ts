import type { Environment, MetricPlan, PlannedPhase, PlannedStep } from '../core/plan.ts'
import { needsOfGate } from '../gates/judge-gate.ts'
import { stepKind } from '../steps/registry.ts'

type Named<T> = { readonly [name: string]: T }

/** The phases with how long each step is expected to take. */
export function withDurations(
  phases: readonly PlannedPhase[],
  metrics: Named<MetricPlan>,
  environments: Named<Environment>,
): readonly PlannedPhase[] {
  const planned = (step: PlannedStep) =>
    stepKind(step.kind).plannedMs(step.spec ?? undefined, settlingMs(step, metrics, environments))
  return phases.map((phase) => ({
    ...phase,
    steps: phase.steps.map((step) => ({ ...step, plannedMs: planned(step) })),
  }))
}

/** Evidence counts once its minute is closed and the metric's lag is over: the slowest metric of the gate says when. */
function settlingMs(
  { gate, phase }: PlannedStep,
  metrics: Named<MetricPlan>,
  environments: Named<Environment>,
): number {
  const environment = gate && environments[gate.environment]
  if (!environment) return 0
  const read = needsOfGate(gate, { environment, phase }).flatMap((need) =>
    need.need === 'series' ? (metrics[need.metric] ?? []) : [],
  )
  return read.reduce((slowest, { lagMs, periodMs }) => Math.max(slowest, lagMs + periodMs), 0)
}
