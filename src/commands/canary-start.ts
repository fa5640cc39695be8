import type { Command } from './command.ts'
import { canaryStep } from './plan-lookup.ts'

export const canaryStart: Command = {
  name: 'canary start',
  group: 'launch',
  about:
    'show the new version to more and more users, stage by stage, each behind its gate; goes on from where it stands',
  options: [['--leave-held', 'leave a canary that is held as it is (exit 8) instead of rolling it back']],
  examples: [
    ['launch canary start --yes', '10 → 30 → 50 → 100 %, rolled back by itself when a gate fails'],
    ['launch canary start --sandbox', 'the same in the sandbox'],
  ],
  run: async (context, _args, options) => {
    const { drive } = await import('./drive.ts')
    return drive(context, {
      command: 'canary start',
      launch: 'current',
      leaveHeld: options['leaveHeld'] === true,
      goal: (plan) => ({ type: 'step', step: canaryStep(plan).id }),
    })
  },
}
