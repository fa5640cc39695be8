import type { Command } from './command.ts'

export const resume: Command = {
  name: 'resume',
  group: 'launch',
  about: 'go on with the open launch, on this or another machine, wherever it stopped',
  options: [
    ['--leave-held', 'leave a canary that is held as it is (exit 8) instead of rolling it back'],
    [
      '--skip-uat-interactive',
      'as SKIP_UAT_INTERACTIVE=true: do not ask for sign-offs; recorded ones are still needed',
    ],
  ],
  examples: [
    ['launch resume', 'at a terminal: asks as interactive does'],
    ['launch resume --yes', 'in CI: goes on as auto does'],
  ],
  run: async (context, _args, options) => {
    const { drive } = await import('./drive.ts')
    return drive(context, {
      command: 'resume',
      launch: 'current',
      people: context.canAsk && !context.options.yes ? 'guided' : 'auto',
      leaveHeld: options['leaveHeld'] === true,
      goal: () => ({ type: 'all' }),
    })
  },
}
