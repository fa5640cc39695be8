import { isoTime, type EpochMs } from '../core/brand.ts'
import type { LaunchEvent } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import { unattended } from '../core/unattended.ts'

/** What a command that only looks says of a canary that nobody drives; it acts on none. */
export function unattendedLines(
  plan: Plan,
  state: LaunchState,
  events: readonly LaunchEvent[],
  now: EpochMs,
): readonly string[] {
  const found = unattended(plan, state, events, now)
  if (state.leftHeld && !state.ended && !found)
    return [`left at this percent on purpose since ${isoTime(state.leftHeld.at)}; launch resume goes on`]
  if (!found?.overdue || state.rollingBack) return []
  const asked = found.aborted ? `, abort asked for by ${found.by}` : ''
  const next = found.aborted ? 'launch resume or launch reap rolls' : 'launch resume goes on, launch reap rolls'
  return [`UNATTENDED at ${found.percent} % since ${isoTime(found.since)}${asked}: ${next} back`]
}
