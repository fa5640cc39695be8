import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import { latchedSince } from '../core/flag-guard.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import { ofAnotherCommit } from '../journal/launches.ts'
import type { CommandResult } from './command.ts'
import type { DriveOrder } from './drive.ts'
import { seeFlag } from './flag-reading.ts'
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

/**
 * A latch that the launch does not go over stops it before production changes, which is behind its build and its staging: said
 * before either. Null where nothing is in the way, where the flag cannot be read, and where the launch ends over it by itself.
 */
export async function stoppedByLatch(
  context: Context,
  order: Pick<DriveOrder, 'launch' | 'supersede'>,
  plan: Plan,
): Promise<CommandResult | null> {
  const { signal, isSandbox } = context
  const seen = await seeFlag(await context.world(plan), 'production', signal)
  if (seen.status !== 'present' || !seen.flag.latched) return null
  const { key, writeId, percent, latched, serial } = seen.flag
  // The rollback may have been done from here, and its launch not know of it yet.
  await (await import('./flush-spool.ts')).flushQuietly(context)
  const opened = order.supersede ? null : await (await context.launches(plan)).current(signal)
  const state = opened && (await readLaunch(opened, signal))
  const goesOn = opened && state && !state.ended
  if (goesOn ? await goesOver(opened.plan, state, writeId) : order.launch === 'current') return null
  return {
    outcome: 'superseded',
    why: `${latchedSince(seen.flag)}; nothing was begun`,
    error: {
      code: 'LATCHED',
      hint: `mend the cause, then launch ${isSandbox ? 'auto --sandbox --keep' : 'auto'} --ack-rollback`,
    },
    document: { flag: { key, percent, latched, serial } },
  }
}

/** Or ends over it, as rolled back where production users may have seen something of it. */
async function goesOver(plan: Plan, state: LaunchState, latch: string): Promise<boolean> {
  if (state.acks.includes(latch) || endsNow(state)) return true
  const [{ productionTouched }, { stepKind }] = await Promise.all([
    import('../core/touched.ts'),
    import('../steps/registry.ts'),
  ])
  return productionTouched(plan, state, stepKind)
}

/** A launch that is over, or ends as soon as it is driven. */
function endsNow({ ended, rollingBack, rollbacks, found, go }: LaunchState): boolean {
  return Boolean(ended ?? rollingBack ?? found) || rollbacks.length > 0 || go?.decision === 'no-go'
}

/** A rollback and a no-go need no checkout. */
function buildIsToCome({ phases }: Plan, state: LaunchState): boolean {
  if (endsNow(state)) return false
  const builds = phases.flatMap(({ steps }) => steps.filter(({ kind }) => kind === 'build'))
  return builds.some(({ id }) => state.steps[id]?.status !== 'done')
}
