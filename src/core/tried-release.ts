import { errorCodes, isErrorCode } from './error-codes.ts'
import type { Release } from './event.ts'
import type { Plan } from './plan.ts'
import { releaseId } from './release.ts'
import type { LaunchState } from './state.ts'

/**
 * The release whose deploy to an environment was begun and did not come to its end, or broke what users see; null when none
 * was, or when it is deployed. What was served before it is not known from the journal: `previous` is null.
 */
export function triedRelease(plan: Plan, state: LaunchState, environment: string): Release | null {
  if (!state.artifact || state.deployments[environment]) return null
  const tried = plan.phases.some(({ steps }) =>
    steps.some((step) => {
      const progress = state.steps[step.id]
      if (step.kind !== 'deploy' || step.environment !== environment || !progress) return false
      if (progress.status === 'failed')
        return isErrorCode(progress.code) && errorCodes[progress.code].outcome === 'failed'
      return progress.status === 'intended'
    }),
  )
  if (!tried) return null
  return { id: releaseId(state.artifact.hash), version: state.version, commit: state.commit, previous: null }
}
