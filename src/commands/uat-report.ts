import { text, type Command } from './command.ts'
import { viewLaunch } from './launch-for.ts'
import { launchOption } from './launch-option.ts'

export const uatReport: Command = {
  name: 'uat report',
  group: 'look',
  about: 'sign-offs and blockers of a launch as Markdown',
  options: [launchOption],
  examples: [
    ['launch uat report', 'on stdout'],
    ['launch uat report > uat.md', 'as a file to attach'],
  ],
  run: async (context, _args, options) => {
    const { plan, state, world } = await viewLaunch(context, text(options, 'launch'))
    const { uatMarkdown } = await import('../report/uat.ts')
    const markdown = uatMarkdown(plan, state, world.clock.now())
    return { outcome: 'succeeded', text: markdown, document: { launch: state.id, markdown } }
  },
}
