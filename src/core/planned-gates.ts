import type { Plan, PlannedGate } from './plan.ts'

/** Every gate of a plan, phase by phase: the phase's own, then those of its steps. */
export function plannedGates({ phases }: Pick<Plan, 'phases'>): readonly PlannedGate[] {
  return phases.flatMap(({ gate, steps }) => [gate, ...steps.map((step) => step.gate)]).filter((gate) => gate !== null)
}
