import { plannedStages, unattended } from '../core/unattended.ts'
import { text, type Command } from './command.ts'
import { seeFlag } from './flag-reading.ts'
import { viewLaunch } from './launch-for.ts'
import { launchOption } from './launch-option.ts'
import { canaryStep } from './plan-lookup.ts'
import { linesFor } from './say.ts'
import { unattendedLines } from './unattended-line.ts'

export const canaryStatus: Command = {
  name: 'canary status',
  group: 'look',
  about: 'the flag, every stage with its verdict, the numbers of the stage under way, and what happens next',
  options: [launchOption],
  examples: [
    ['launch canary status', 'from any machine; changes nothing'],
    ['launch canary status --json', 'as data'],
  ],
  run: async (context, _args, options) => {
    const named = text(options, 'launch')
    const { plan, state, events, world } = await viewLaunch(context, named)
    const step = canaryStep(plan)
    const [{ canaryStatusLines }, { flagLine }] = await Promise.all([
      import('../ui/canary-status.ts'),
      import('../ui/status.ts'),
    ])
    const flag = await seeFlag(world, step.environment, context.signal)
    const view = { plan, state, step: step.id, planned: plannedStages(step), now: world.clock.now() }
    const lines = canaryStatusLines(view, context.output.out.theme)
    return {
      outcome: 'succeeded',
      text: linesFor(context, [
        flagLine({ flag, flagKey: plan.flag.key }),
        '',
        ...lines,
        ...unattendedLines(plan, state, events, view.now),
      ]),
      document: {
        launch: state.id,
        flag: flag.status === 'present' ? flag.flag : null,
        stages: state.stages[step.id] ?? [],
        planned: view.planned,
        gates: Object.fromEntries(Object.entries(state.gates).filter(([key]) => key.startsWith(`${step.id}@`))),
        ask: state.ask,
        unattended: unattended(plan, state, events, view.now),
      },
    }
  },
}
