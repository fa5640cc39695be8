import { LaunchError } from '../core/errors.ts'
import type { Plan, PlannedPhase, PlannedStep } from '../core/plan.ts'

/** The step of a kind in an environment. Throws USAGE when the run sheet has none. */
export function findStep(plan: Plan, kind: string, environment: string | null): PlannedStep {
  const steps = plan.phases.flatMap((phase) => phase.steps).filter((step) => step.kind === kind)
  const found = steps.find((step) => environment === null || step.environment === environment)
  if (found) return found
  const where = environment === null ? '' : ` for ${environment}`
  const there = steps.map((step) => step.environment)
  throw new LaunchError('USAGE', `the run sheet has no ${kind} step${where}`, {
    hint: there.length > 0 ? `it has one for ${there.join(', ')}` : `add ${kind} to the run: of a phase`,
  })
}

/** The phase whose gate stands before production changes (or that ends the work in another environment). Throws USAGE. */
export function gatePhase(plan: Plan, environment: string): PlannedPhase {
  const changing = plan.phases.findIndex((phase) =>
    phase.steps.some((step) => step.environment === 'production' && (step.kind === 'deploy' || step.kind === 'canary')),
  )
  const before = changing === -1 ? plan.phases : plan.phases.slice(0, changing)
  const found = before.findLast((phase) => phase.environment === environment && phase.gate !== null)
  if (found) return found
  throw new LaunchError('USAGE', `the run sheet has no gate for ${environment} before production changes`, {
    hint: 'give one of its phases a gate:',
  })
}

/** The canary step of a plan. Throws USAGE when it has none. */
export function canaryStep(plan: Plan): PlannedStep {
  return findStep(plan, 'canary', null)
}
