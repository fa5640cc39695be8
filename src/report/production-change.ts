import type { Plan, PlannedPhase, PlannedStep } from '../core/plan.ts'
import type { DescribeStep } from '../ui/words.ts'

/** Whether users of production may see something of a step. */
export function changesProduction(step: PlannedStep, describeStep: DescribeStep): boolean {
  return step.environment === 'production' && describeStep(step).changes === 'users'
}

/** What a phase does when its gate fails: until production has changed there is nothing to roll back. */
export function reactionOf(plan: Plan, phase: PlannedPhase, describeStep: DescribeStep): PlannedPhase['onFail'] {
  const until = plan.phases.slice(0, plan.phases.indexOf(phase) + 1)
  return until.some(({ steps }) => steps.some((step) => changesProduction(step, describeStep))) ? phase.onFail : 'stop'
}
