import { LaunchError } from '../core/errors.ts'
import type { Plan, PlannedCheck } from '../core/plan.ts'
import { beforeGate } from '../core/gate-keys.ts'
import { plannedStages } from '../core/unattended.ts'
import type { Command } from './command.ts'
import { launchFor } from './launch-for.ts'
import { dryRun, mustBeOneOf, recorded, remark, spoken } from './say.ts'

/** What stands before production changes beside the gates: waiving it lets them happen outside the window. */
const window = 'window/open'

export const waive: Command = {
  name: 'waive',
  group: 'act',
  about:
    'let a check of this launch not block, with a reason; it is shown as waived wherever it is shown, never as passed',
  args: [
    [
      '<gate/check>',
      `the gate and the check, as launch explain names them; canary@0/… for what the old version breaks before a canary, ${window} for the launch window`,
    ],
  ],
  options: [['--reason <text>', 'why; required, kept in the journal and the report']],
  examples: [
    ['launch waive verification/flow-drawer --reason "checked by hand with QA"', 'this check does not block any more'],
    [`launch waive ${window} --reason "hotfix, agreed with the captain"`, 'production may change outside the window'],
  ],
  run: async (context, args, options) => {
    const name = spoken(args, 'gate/check', 'the check')
    const reason = remark(options, 'reason')
    if (reason === '')
      throw new LaunchError('USAGE', `waiving ${name} needs a reason`, { hint: 'add --reason "why it may be waived"' })
    const { opened, plan, state } = await launchFor(context, 'unended')
    await mustBeOneOf(name, [...checksOf(plan), window], 'check')
    const dry = dryRun(context, `waive ${name}`)
    if (dry) return dry
    const { safeText } = await import('../ui/text.ts')
    const [gate = '', check = ''] = name.split('/')
    await opened.log.appendAnyway({ type: 'waived', gate, check, reason }, context.signal)
    return {
      outcome: 'succeeded',
      text: recorded(context, `${name} waived in launch ${state.id}: ${safeText(reason)}`, [
        'the next look at the gate takes it into account',
      ]),
      document: { launch: state.id, waived: { gate, check, reason } },
    }
  },
}

/** `gate/check` of every check a launch judges. */
function checksOf(plan: Plan): readonly string[] {
  const steps = plan.phases.flatMap((phase) => phase.steps)
  const gates = [...plan.phases.map((phase) => phase.gate), ...steps.map((step) => step.gate)]
  const names = gates.flatMap((gate) => (gate ? idsOf(gate.checks).map((id) => `${gate.id}/${id}`) : []))
  // What the old version breaks before its canary, as the refusal names it.
  for (const step of steps)
    if (step.gate && plannedStages(step).length > 0)
      names.push(...step.gate.checks.map(({ id }) => `${beforeGate(step.gate?.id ?? '')}/${id}`))
  return [...new Set(names)]
}

function idsOf(checks: readonly PlannedCheck[]): readonly string[] {
  return checks.flatMap((check) => [check.id, ...idsOf(check.nested)])
}
