import type { Binding } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import type { Command } from './command.ts'
import { productionLatch } from './flag-reading.ts'
import { launchFor } from './launch-for.ts'
import { readLaunch } from './open-launch.ts'
import { dryRun, mustBeOneOf, recorded, remark, spoken } from './say.ts'

export const approve: Command = {
  name: 'approve',
  group: 'act',
  about: 'sign off as a role of the run sheet, for this commit, artifact and plan',
  args: [['<role>', 'who signs: a role under approvals: in the run sheet']],
  options: [['--note <text>', 'what the sign-off rests on; kept in the journal and the report']],
  examples: [
    ['launch approve qa-lead', 'opens a launch of this commit when none is open'],
    ['launch approve sre-lead --note "runbook RB-12 rehearsed"', 'with what it rests on'],
  ],
  run: async (context, args, options) => {
    const role = spoken(args, 'role', 'the role')
    const note = remark(options, 'note')
    const { plan: sheet, hash } = await context.project()
    await mustBeOneOf(role, rolesOf(sheet), 'role')
    const dry = dryRun(context, `sign off as ${role}`)
    if (dry) return dry
    const { opened, plan, state, world } = await launchFor(context, 'open')
    // A launch keeps the plan it was opened with: a role that was added to the sheet since is none of its roles.
    await mustBeOneOf(role, rolesOf(plan), 'role')
    const binding: Binding = { commit: state.commit, artifact: state.artifact?.hash ?? null, plan: state.planHash }
    const [by, latch] = await Promise.all([
      context.signer(plan),
      context.world(plan).then((there) => productionLatch(there, context.signal)),
    ])
    const [{ short, who }, { nextActions }] = await Promise.all([
      import('../ui/format.ts'),
      import('../ui/next-action.ts'),
    ])
    await opened.log.appendAnyway({ type: 'approved', role, note, binding }, context.signal, by)
    const after = await readLaunch(opened, context.signal)
    const artifact = binding.artifact === null ? 'before a build' : `artifact ${short(binding.artifact)}`
    const what = `${role} signed by ${who(by)} for commit ${short(binding.commit)}, ${artifact} (launch ${state.id}${opened.opened ? ', opened now' : ''})`
    const changed =
      hash === opened.planHash
        ? []
        : ['the run sheet has changed since this launch was opened; the sign-off is for the plan it was opened with']
    return {
      outcome: 'succeeded',
      text: recorded(context, what, nextActions(plan, after, world.clock.now(), latch), changed),
      document: { launch: state.id, opened: opened.opened, role, by, note, binding },
    }
  },
}

function rolesOf(plan: Plan): readonly string[] {
  return plan.approvals.map(({ role }) => role)
}
