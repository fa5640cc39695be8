import { join, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import type { LaunchEvent } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'

/** The report of a launch as Markdown. Throws NOT_FOUND for an empty journal. */
export async function reportText(plan: Plan, events: readonly LaunchEvent[]): Promise<string> {
  const [{ reportModel }, { reportMarkdown }, { stepWords }] = await Promise.all([
    import('../report/model.ts'),
    import('../report/markdown.ts'),
    import('./describe-step.ts'),
  ])
  const model = reportModel({ plan, events, describeStep: await stepWords() })
  if (!model) throw new LaunchError('NOT_FOUND', 'the launch has no events to report')
  return reportMarkdown(model)
}

/** Writes the report of a launch and gives its path: `report.path` of the run sheet, in the sandbox below `.launch/sandbox`. */
export async function writeReport(
  context: Context,
  plan: Plan,
  state: Pick<LaunchState, 'id'>,
  events: readonly LaunchEvent[],
): Promise<string> {
  const [{ writeWhole }, markdown, { root }] = await Promise.all([
    import('./whole-file.ts'),
    reportText(plan, events),
    context.project(),
  ])
  const folder = context.isSandbox ? join(context.folder, 'reports') : resolve(root, plan.report.path)
  const path = join(folder, `${state.id}.md`)
  await writeWhole(path, markdown)
  return path
}
