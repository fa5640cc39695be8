import type { Command } from './command.ts'
import { launchFor } from './launch-for.ts'
import { dryRun, recorded, spoken } from './say.ts'

export const note: Command = {
  name: 'note',
  group: 'act',
  about: 'note a lesson for the report, during the launch or after it',
  args: [['<text>', 'what was learned']],
  examples: [
    ['launch note "the CDN took 40 s at 10 %, start the window earlier"', 'under lessons learned'],
    ['launch report', 'shows it'],
  ],
  run: async (context, args) => {
    const text = spoken(args, 'text', 'the note')
    const dry = dryRun(context, 'note it')
    if (dry) return dry
    const { opened, state } = await launchFor(context, 'newest')
    await opened.log.appendAnyway({ type: 'noted', text }, context.signal)
    return {
      outcome: 'succeeded',
      text: recorded(context, `noted in launch ${state.id}`, []),
      document: { launch: state.id, note: text },
    }
  },
}
