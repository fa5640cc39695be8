import type { Project } from '../compose/project.ts'
import type { Context } from '../context.ts'
import type { CommandResult } from './command.ts'
import { stepWords } from './describe-step.ts'
import type { DriveOrder } from './drive.ts'
import { placeholderLine } from './placeholders.ts'

/** What the command would go through, from the plan alone: nothing is opened, asked or journaled. */
export async function dryRun(context: Context, order: DriveOrder, project: Project): Promise<CommandResult> {
  const { plan } = project
  const [{ planLines }, describeStep] = await Promise.all([import('../report/plan-text.ts'), stepWords()])
  const goal = order.goal(plan)
  const aim =
    goal.type === 'all' ? 'every phase' : goal.type === 'step' ? `up to ${goal.step}` : `the gate of ${goal.phase}`
  const lines = [
    `dry run of launch ${order.command}: ${aim}; nothing was done`,
    '',
    ...planLines(plan, describeStep, context.output.out.theme),
    ...[placeholderLine(project)].filter((line) => line !== null),
  ]
  return {
    outcome: 'succeeded',
    text: lines.join('\n'),
    document: { dryRun: true, goal, placeholders: project.placeholders },
  }
}
