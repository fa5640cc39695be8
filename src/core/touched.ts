import type { Plan, PlannedStep } from './plan.ts'
import { hasChanged, mayBeExposed, type LaunchState } from './state.ts'
import type { StepKind } from './step.ts'

export type StepKinds = (kind: string) => StepKind

/** Whether production users may already see something of this launch; a deploy that was begun counts. */
export function productionTouched(plan: Plan, state: LaunchState, kinds: StepKinds): boolean {
  if (mayBeExposed(state) || hasChanged(state, 'production')) return true
  return plan.phases.some(({ steps }) =>
    steps.some(
      (step) =>
        step.environment === 'production' && state.steps[step.id]?.status === 'intended' && changesUsers(step, kinds),
    ),
  )
}

export function changesUsers(step: PlannedStep, kinds: StepKinds): boolean {
  return kinds(step.kind).changes(step.spec, step.environment) === 'users'
}
