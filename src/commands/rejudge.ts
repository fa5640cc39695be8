import { environmentOf } from '../core/environment-of.ts'
import type { EventOf, LaunchEvent } from '../core/event.ts'
import type { Retold } from '../core/judge/retold.ts'
import type { Plan, PlannedGate } from '../core/plan.ts'
import { fold } from '../core/reduce.ts'
import { rolloutAt, subjectOf } from '../engine/look.ts'
import { retellRollout } from '../gates/retell-rollout.ts'

/**
 * A stage's verdict once more, from the journal alone: the state before the event, and the evidence the event holds. Null
 * where the stage was not judged as part of a rollout.
 */
export function rejudged(
  event: EventOf<'gate-judged'>,
  gate: PlannedGate,
  plan: Plan,
  events: readonly LaunchEvent[],
): Retold | null {
  const before = fold(events.filter(({ n }) => n < event.n))
  const rollout = before && rolloutAt(event, plan, before)
  if (!rollout || subjectOf(before, environmentOf(plan, event.environment)) !== 'canary') return null
  const waived = before.waivers.filter((waiver) => waiver.gate === event.gate).map(({ check }) => check)
  return retellRollout(gate, event.evidence, event.window, rollout, waived)
}
