import type { Command } from './command.ts'
import { findStep } from './plan-lookup.ts'

export const build: Command = {
  name: 'build',
  group: 'launch',
  about: 'build the artifact of this launch; what was built and is still there unchanged is kept',
  options: [
    [
      '--rebuild',
      'build again even so; a different result has to pass staging and sign-offs again. Refused while users get what was built',
    ],
  ],
  examples: [
    ['launch build', 'build, or say that it is built'],
    ['launch build --rebuild', 'build again from the same commit'],
  ],
  run: async (context, _args, options) => {
    const { drive } = await import('./drive.ts')
    return drive(context, {
      command: 'build',
      goal: (plan) => ({ type: 'step', step: findStep(plan, 'build', null).id, again: options['rebuild'] === true }),
    })
  },
}
