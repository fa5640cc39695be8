import type { EpochMs } from '../core/brand.ts'
import type { Plan } from '../core/plan.ts'
import type { DescribeStep } from '../ui/words.ts'
import { changesProduction } from './production-change.ts'

/** How long a launch that was opened then was to take (ms): its steps, and the wait for its window where it was early. */
export function plannedDuration(plan: Plan, openedAt: EpochMs, describeStep: DescribeStep): number {
  const steps = plan.phases.flatMap((phase) => phase.steps)
  const first = steps.findIndex((step) => changesProduction(step, describeStep))
  if (!plan.window || first === -1) return plan.plannedMs
  const before = steps.slice(0, first).reduce((total, { plannedMs = 0 }) => total + plannedMs, 0)
  return plan.plannedMs + Math.max(0, plan.window.opensAt - (openedAt + before))
}
