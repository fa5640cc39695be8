import type { Command } from './command.ts'
import { stepWords } from './describe-step.ts'
import { lookAtPlaceholders, placeholderLine } from './placeholders.ts'
import { linesFor } from './say.ts'

export const plan: Command = {
  name: 'plan',
  group: 'look',
  about:
    'what a launch will do: phases, steps, gates with their limits, who signs; reads the run sheet and nothing else',
  options: [['--markdown', 'as a checklist to print, with boxes to tick']],
  examples: [
    ['launch plan', 'on screen'],
    ['launch plan --markdown > run-sheet.md', 'the paper run sheet, filled in'],
  ],
  run: async (context, _args, options) => {
    const [project, describeStep] = await Promise.all([context.project(), stepWords()])
    if (options['markdown'] === true) {
      const { checklistMarkdown } = await import('../report/checklist.ts')
      const markdown = checklistMarkdown(project.plan, describeStep)
      await lookAtPlaceholders(context, project, false)
      return { outcome: 'succeeded', text: markdown, document: { plan: project.hash, markdown } }
    }
    const { planLines } = await import('../report/plan-text.ts')
    return {
      outcome: 'succeeded',
      text: linesFor(context, [
        ...planLines(project.plan, describeStep, context.output.out.theme),
        ...[placeholderLine(project)].filter((line) => line !== null),
      ]),
      document: { hash: project.hash, plan: project.plan, placeholders: project.placeholders },
    }
  },
}
