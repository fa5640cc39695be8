import type { Environment, Plan } from './plan.ts'

/** Throws for a name the plan does not have: a plan names only environments its run sheet declares. */
export function environmentOf(plan: Plan, name: string): Environment {
  const environment = plan.environments[name]
  if (!environment) throw new Error(`the plan has no environment "${name}"`)
  return environment
}
