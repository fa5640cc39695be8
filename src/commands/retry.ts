import { LaunchError } from '../core/errors.ts'
import type { Command } from './command.ts'
import { mustHaveWorld } from './launch-for.ts'
import { openLaunch, readLaunch } from './open-launch.ts'

export const retry: Command = {
  name: 'retry',
  group: 'launch',
  about: 'launch the same commit again after a rollback: a new launch with new sign-offs, over the latch',
  examples: [
    ['launch retry --yes', 'once the cause was outside this release and is mended'],
    ['launch retry --sandbox', 'after launch auto --scenario error-spike@30: rolled back again, in the same world'],
  ],
  run: async (context) => {
    await mustHaveWorld(context)
    const before = await readLaunch(await openLaunch(context, { launch: 'current' }), context.signal)
    const wasRolledBack =
      before.ended?.outcome === 'rolled-back' || before.rollbacks.length > 0 || before.found !== null
    if (!wasRolledBack) {
      throw new LaunchError('USAGE', `launch ${before.id} was not rolled back, there is nothing to retry`, {
        hint: before.ended ? 'launch auto starts a new one' : 'launch resume goes on with it',
      })
    }
    const { commit } = await context.release((await context.project()).plan)
    if (commit !== before.commit) {
      throw new LaunchError(
        'USAGE',
        `this is commit ${commit.slice(0, 10)}, rolled back was ${before.commit.slice(0, 10)}`,
        {
          hint: 'check out the commit that was rolled back, or launch auto --ack-rollback for this one',
        },
      )
    }
    const { drive } = await import('./drive.ts')
    return drive(context, {
      command: 'retry',
      ackRollback: true,
      people: context.canAsk && !context.options.yes ? 'guided' : 'auto',
      goal: () => ({ type: 'all' }),
    })
  },
}
