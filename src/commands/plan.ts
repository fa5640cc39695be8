import { LaunchError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import { text, type Command } from './command.ts'
import { stepWords } from './describe-step.ts'
import { lookAtPlaceholders, placeholderLine } from './placeholders.ts'
import { rowsFor } from './say.ts'
import { sayWarnings } from './warnings.ts'

export const plan: Command = {
  name: 'plan',
  group: 'look',
  about:
    "what a launch will do: phases, steps, gates with their limits, who signs, what changes, and what a canary can find out at today's traffic; changes nothing",
  options: [
    ['--markdown', 'as a checklist to print, with boxes to tick'],
    ['--rpm <number>', "requests a minute to plan a canary with, instead of today's"],
  ],
  examples: [
    ['launch plan', 'on screen'],
    ['launch plan --rpm 120', 'what a canary can find out at 120 requests a minute'],
    ['launch plan --markdown > run-sheet.md', 'the paper run sheet, filled in'],
  ],
  run: async (context, _args, options) => {
    const [project, describeStep] = await Promise.all([context.project(), stepWords()])
    sayWarnings(context, project)
    if (options['markdown'] === true) {
      const { checklistMarkdown } = await import('../report/checklist.ts')
      const markdown = checklistMarkdown(project.plan, describeStep)
      await lookAtPlaceholders(context, project, false)
      return { outcome: 'succeeded', text: markdown, document: { plan: project.hash, markdown } }
    }
    const rpm = perMinute(text(options, 'rpm'))
    const [{ planLines }, { planStatisticsLines }, { changeLines }, { planStatistics }] = await Promise.all([
      import('../report/plan-text.ts'),
      import('../ui/plan-statistics.ts'),
      import('../report/plan-changes-text.ts'),
      import('./plan-statistics.ts'),
    ])
    const canaries = await planStatistics(context, project.plan, rpm)
    const { theme } = context.output.out
    const titles = titlesOf(project.plan)
    return {
      outcome: 'succeeded',
      text: await rowsFor(context, [
        ...planLines(project.plan, describeStep, theme),
        '',
        ...changeLines(project.plan, describeStep, theme),
        ...canaries.flatMap((canary) => ['', ...planStatisticsLines(canary, titles, theme)]),
        ...[placeholderLine(project)].filter((line) => line !== null),
      ]),
      document: { hash: project.hash, plan: project.plan, placeholders: project.placeholders, canaries },
    }
  },
}

/** Throws USAGE. */
function perMinute(given: string | null): number | null {
  if (given === null) return null
  const value = Number(given)
  if (Number.isFinite(value) && value > 0) return value
  throw new LaunchError('USAGE', `--rpm is ${given}, which is no number of requests above 0`, {
    hint: 'write requests a minute of all users: --rpm 120',
  })
}

function titlesOf(plan: Plan): { readonly [check: string]: string } {
  const steps = plan.phases.flatMap(({ steps: all }) => all)
  return Object.fromEntries(steps.flatMap(({ gate }) => gate?.checks ?? []).map(({ id, title }) => [id, title]))
}
