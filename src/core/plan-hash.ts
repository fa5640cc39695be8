import type { Sha256 } from './brand.ts'
import { hashOf } from './hash.ts'
import type { Plan, PlannedCheck, PlannedGate } from './plan.ts'

/** Names a plan. Where a check is written is left out: a new comment above it is no new plan. */
export function planHash(plan: Plan): Sha256 {
  return hashOf(withoutPositions(plan))
}

export function withoutPositions(plan: Plan): Plan {
  const check = (item: PlannedCheck): PlannedCheck => ({ ...item, at: null, nested: item.nested.map(check) })
  const gate = (item: PlannedGate | null) => (item === null ? null : { ...item, checks: item.checks.map(check) })
  const phases = plan.phases.map((phase) => ({
    ...phase,
    gate: gate(phase.gate),
    steps: phase.steps.map((step) => ({ ...step, gate: gate(step.gate) })),
  }))
  return { ...plan, phases }
}
