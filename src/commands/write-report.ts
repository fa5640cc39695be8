import { join } from 'node:path'
import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import type { LaunchEvent } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import type { ReportModel } from '../report/model.ts'
import { launchFile, projectFolder } from './launch-file.ts'

/** What the report of a launch says. Throws NOT_FOUND for an empty journal. */
export async function reportOf(plan: Plan, events: readonly LaunchEvent[]): Promise<ReportModel> {
  const [{ reportModel }, { stepWords }, { checkSignals }] = await Promise.all([
    import('../report/model.ts'),
    import('./describe-step.ts'),
    import('./describe-check.ts'),
  ])
  const model = reportModel({ plan, events, describeStep: await stepWords(), signalOf: await checkSignals() })
  if (!model) throw new LaunchError('NOT_FOUND', 'the launch has no events to report')
  return model
}

export const reportFormats = ['md', 'html', 'json'] as const
export type ReportFormat = (typeof reportFormats)[number]

/** A report in one of its forms. The JSON is the values the other two are written from. */
export async function rendered(model: ReportModel, format: ReportFormat): Promise<string> {
  switch (format) {
    case 'md':
      return (await import('../report/markdown.ts')).reportMarkdown(model)
    case 'html':
      return (await import('../report/html-page.ts')).reportHtml(model)
    case 'json':
      return `${(await import('../ui/json.ts')).safeJson({ schema: 1, ...model }, 2)}\n`
  }
}

/**
 * Writes the report of a launch, as Markdown and beside it as a page, and gives the path of the Markdown: in `report.path` of
 * the run sheet, in the sandbox below `.launch/sandbox`. Throws JOURNAL_CORRUPT for a launch or a plan that would have it elsewhere.
 */
export async function writeReport(
  context: Context,
  plan: Plan,
  state: Pick<LaunchState, 'id'>,
  events: readonly LaunchEvent[],
): Promise<string> {
  const [{ writeWhole }, model, { root }] = await Promise.all([
    import('./whole-file.ts'),
    reportOf(plan, events),
    context.project(),
  ])
  const folder = context.isSandbox ? join(context.folder, 'reports') : projectFolder(root, plan.report.path)
  const path = launchFile(folder, state.id, '.md')
  await writeWhole(pagePath(path), await rendered(model, 'html'))
  await writeWhole(path, await rendered(model, 'md'))
  return path
}

/** Where the page of a report lies whose Markdown lies there. */
export function pagePath(path: string): string {
  return path.replace(/\.md$/, '.html')
}
