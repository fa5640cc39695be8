import type { Plan, PlannedStep } from './plan.ts'
import { hasChanged, mayBeExposed, type LaunchState } from './state.ts'
import type { StepKind } from './step.ts'

export type StepKinds = (kind: string) => StepKind

/** Whether production users may already see something of this launch; a deploy that was begun counts. */
export function productionTouched(plan: Plan, state: LaunchState, kinds: StepKinds): boolean {
  if (mayBeExposed(state) || hasChanged(state, 'production')) return true
  return stepCutOff(plan, state, kinds) !== null
}

/** The step that was begun to change what production users see and is not known to have ended. */
export function stepCutOff(plan: Plan, state: LaunchState, kinds: StepKinds): PlannedStep | null {
  const steps = plan.phases.flatMap((phase) => phase.steps)
  const isCutOff = (step: PlannedStep) =>
    step.environment === 'production' && state.steps[step.id]?.status === 'intended' && changesUsers(step, kinds)
  return steps.find(isCutOff) ?? null
}

export function changesUsers(step: PlannedStep, kinds: StepKinds): boolean {
  return kinds(step.kind).changes(step.spec, step.environment) === 'users'
}
