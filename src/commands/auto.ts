import type { Command } from './command.ts'

export const auto: Command = {
  name: 'auto',
  group: 'launch',
  about: 'the whole launch without asking: every phase of the run sheet, its gates, the canary',
  options: [
    ['--leave-held', 'leave a canary that is held as it is (exit 8) instead of rolling it back'],
    ['--ack-rollback', 'go over the latch that an earlier rollback left in the flag'],
    ['--new', 'supersede the launch that is open'],
    [
      '--skip-uat-interactive',
      'as SKIP_UAT_INTERACTIVE=true: do not ask for sign-offs; recorded ones are still needed',
    ],
  ],
  examples: [
    ['launch auto --sandbox', 'a whole launch on this machine, nothing real is touched'],
    ['launch auto --scenario error-spike@30', 'the same launch, rolled back by itself at 30 %'],
    ['AUTO_CONFIRM=true launch auto', 'in CI: changes production without asking'],
  ],
  run: async (context, _args, options) => {
    const [{ drive }, { mustCompareAndSet }] = await Promise.all([import('./drive.ts'), import('./alone-flag.ts')])
    await mustCompareAndSet((await context.project()).plan)
    return drive(context, {
      command: 'auto',
      fresh: true,
      supersede: options['new'] === true,
      ackRollback: options['ackRollback'] === true,
      people: 'auto',
      leaveHeld: options['leaveHeld'] === true,
      goal: () => ({ type: 'all' }),
    })
  },
}
