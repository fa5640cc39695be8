import type { Command } from './command.ts'

export const interactive: Command = {
  name: 'interactive',
  group: 'launch',
  about: 'the whole launch with you: shows each phase and gate, asks before every production change',
  options: [
    ['--ack-rollback', 'go over the latch that an earlier rollback left in the flag'],
    ['--new', 'supersede the launch that is open'],
    [
      '--skip-uat-interactive',
      'as SKIP_UAT_INTERACTIVE=true: do not ask for sign-offs; recorded ones are still needed',
    ],
  ],
  examples: [
    ['launch interactive', 'walk through the run sheet; Ctrl-C at any prompt, launch resume goes on'],
    ['launch interactive --sandbox', 'try it with nothing real at stake'],
  ],
  run: async (context, _args, options) => {
    const { drive } = await import('./drive.ts')
    return drive(context, {
      command: 'interactive',
      fresh: true,
      supersede: options['new'] === true,
      ackRollback: options['ackRollback'] === true,
      people: 'guided',
      goal: () => ({ type: 'all' }),
    })
  },
}
