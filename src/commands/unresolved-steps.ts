import { mustBeResolved } from '../core/decide.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import { stepKind } from '../steps/registry.ts'
import type { StatusView } from '../ui/status.ts'

type Launch = { readonly plan: Plan; readonly state: LaunchState }

/** What `launch resolve` is for. A rollback does not wait for it. */
export function unresolvedSteps({ plan, state }: Launch): NonNullable<StatusView['launch']>['unresolved'] {
  if (state.ended || state.rollingBack) return []
  return plan.phases.flatMap(({ steps }) =>
    steps.flatMap(({ id, kind }) => {
      const begun = state.steps[id]
      return mustBeResolved(begun, stepKind(kind), plan) ? [{ step: id, at: begun.at }] : []
    }),
  )
}
