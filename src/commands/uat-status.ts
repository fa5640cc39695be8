import { bindingApprovals } from '../core/state.ts'
import { text, type Command } from './command.ts'
import { viewLaunch } from './launch-for.ts'
import { launchOption } from './launch-option.ts'
import { linesFor } from './say.ts'

export const uatStatus: Command = {
  name: 'uat status',
  group: 'look',
  about: 'who signed off for what, what is missing, and the blockers',
  options: [launchOption],
  examples: [
    ['launch uat status', 'of the launch opened last'],
    ['launch uat status --json', 'as data'],
  ],
  run: async (context, _args, options) => {
    const { plan, state } = await viewLaunch(context, text(options, 'launch'))
    const { uatLines } = await import('../ui/uat.ts')
    const binding = new Set(bindingApprovals(state).map(({ role }) => role))
    const missing = plan.approvals.map(({ role }) => role).filter((role) => !binding.has(role))
    const signed = state.approvals.map((approval) => ({ ...approval, binds: binding.has(approval.role) }))
    return {
      outcome: 'succeeded',
      text: linesFor(context, uatLines(plan, state, context.output.out.theme)),
      document: { launch: state.id, signed, missing, blockers: state.blockers },
    }
  },
}
