import type { GateLook } from '../core/move.ts'
import type { PlannedStep } from '../core/plan.ts'
import { stageKey } from '../core/gate-keys.ts'
import { stageNow, type LaunchState } from '../core/state.ts'
import type { Session } from './session.ts'

/**
 * The gate of the newest canary stage, for evidence since users were shown it; null while nobody is, and once the phase of the
 * canary has passed: what comes then has gates of its own.
 */
export function exposedLook(
  { plan, ports }: Session,
  state: LaunchState,
): (GateLook & { readonly step: PlannedStep }) | null {
  const from = state.flag?.confirmedAt
  if (!from || !state.flag || state.flag.percent === 0) return null
  for (const step of plan.phases.flatMap((phase) => phase.steps)) {
    const stage = stageNow(state, step.id)
    if (!stage || !step.gate || stage.percent !== state.flag.percent) continue
    if (state.phases[step.phase]?.status === 'ended') continue
    return {
      step,
      gate: step.gate,
      key: stageKey(step, stage.percent),
      phase: step.phase,
      window: { from, to: ports.clock.now() },
      stage: stage.percent,
      watch: true,
    }
  }
  return null
}
