import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import { ofAnotherCommit } from '../journal/launches.ts'
import type { DriveOrder } from './drive.ts'
import { readLaunch } from './open-launch.ts'

/** Without a terminal somebody has to have said yes to changing production; found out before anything is touched. */
export function mustBeConfirmable(context: Context, order: DriveOrder): void {
  const { options, isSandbox } = context
  if (order.people === 'guided' && !context.canAsk) {
    throw new LaunchError('USAGE', `launch ${order.command} asks a person, and nobody is at a terminal here`, {
      hint: 'launch auto --yes changes production without asking',
    })
  }
  if (isSandbox || options.yes || order.people !== 'auto') return
  throw new LaunchError('CONFIRMATION_NEEDED', `launch ${order.command} changes production without asking`)
}

/** A fresh sandbox world would make an unfinished launch impossible to resume. */
export async function mustBeFinished(context: Context, plan: Plan): Promise<void> {
  const there = await context.sandboxLaunch(plan)
  const state = there && (await readLaunch(there, context.signal))
  if (!state || state.ended) return
  throw new LaunchError('UNFINISHED', `launch ${state.id} in the sandbox is not finished`, {
    hint: 'launch resume --sandbox goes on with it; launch sandbox reset throws it away',
  })
}

/**
 * A build takes what is checked out here, and the launch ships it as its own commit. Throws UNFINISHED, as opening a launch
 * does, while the build is still to be done and this is another commit; what is built is known by its hash.
 */
export async function mustBeItsCommit(context: Context, plan: Plan, state: LaunchState): Promise<void> {
  if (!buildIsToCome(plan, state)) return
  const here = await context.checkedOut()
  if (here !== null && here !== state.commit) throw ofAnotherCommit(state, here)
}

/** Not of a launch that is over or ends now: a rollback and a no-go need no checkout. */
function buildIsToCome({ phases }: Plan, state: LaunchState): boolean {
  const { ended, rollingBack, rollbacks, found, go } = state
  if (ended || rollingBack || rollbacks.length > 0 || found || go?.decision === 'no-go') return false
  const builds = phases.flatMap(({ steps }) => steps.filter(({ kind }) => kind === 'build'))
  return builds.some(({ id }) => state.steps[id]?.status !== 'done')
}
