import { LaunchError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'

/**
 * Nobody watches an automatic canary, so its flag must be one whose raises cannot go over a rollback. Throws USAGE for a store
 * without compare-and-set.
 */
export async function mustCompareAndSet(plan: Plan): Promise<void> {
  if (!plan.phases.some(({ steps }) => steps.some(({ kind }) => kind === 'canary'))) return
  const { flagStoreKind } = await import('../flags/registry.ts')
  const { kind, cas } = flagStoreKind(plan.flag)
  if (cas) return
  throw new LaunchError('USAGE', `a flag in ${kind} has no compare-and-set: a raise could go over a rollback`, {
    hint: 'launch interactive, with a person at the canary; or keep the flag in s3, file or launchdarkly',
  })
}
