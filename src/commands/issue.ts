import { LaunchError } from '../core/errors.ts'
import { text, type Command } from './command.ts'
import { launchFor } from './launch-for.ts'
import { dryRun, mustBeOneOf, recorded, spoken } from './say.ts'

const priorities = ['P0', 'P1', 'P2', 'P3', 'P4'] as const

export const issue: Command = {
  name: 'issue',
  group: 'act',
  about: 'note an issue of this launch; the closeout gate asks for zero P0 and P1',
  args: [['<text>', 'what happened']],
  options: [['--severity <priority>', 'P0 (worst) to P4; required']],
  examples: [
    ['launch issue "board blank for clinic 12" --severity P1', 'the closeout gate fails'],
    ['launch issue "tooltip cut off on Safari" --severity P3', 'in the report, blocks nothing'],
  ],
  run: async (context, args, options) => {
    const what = spoken(args, 'text', 'the issue')
    const severity = text(options, 'severity')?.toUpperCase()
    if (severity === undefined)
      throw new LaunchError('USAGE', 'an issue needs its priority', { hint: 'add --severity P0, P1, P2, P3 or P4' })
    await mustBeOneOf(severity, priorities, 'priority')
    const dry = dryRun(context, `note a ${severity} issue`)
    if (dry) return dry
    const { opened, state } = await launchFor(context, 'newest')
    await opened.log.appendAnyway({ type: 'issue-noted', severity, text: what }, context.signal)
    await (await import('./tell-people.ts')).tellPeople(context, opened)
    return {
      outcome: 'succeeded',
      text: recorded(context, `${severity} issue noted in launch ${state.id}`, []),
      document: { launch: state.id, issue: { severity, text: what } },
    }
  },
}
