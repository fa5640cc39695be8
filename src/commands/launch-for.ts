import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { OutsideWorld } from '../compose/world.ts'
import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import type { LaunchEvent } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import type { OpenedLaunch } from '../journal/launches.ts'
import { openLaunch, readLaunch } from './open-launch.ts'

export type LaunchAtHand = {
  readonly opened: OpenedLaunch
  readonly plan: Plan
  readonly state: LaunchState
  readonly events: readonly LaunchEvent[]
  readonly world: OutsideWorld
}

/**
 * The launch somebody says something about. `open`: the open one of this commit, or a new one; `unended`: the one that is
 * open; `newest`: the one opened last, also when it has ended. Never a driver: time in the sandbox does not wait for it.
 *
 * Throws NO_LAUNCH, NOT_FOUND for a sandbox that is not there, or UNFINISHED when another commit's launch is open.
 */
export async function launchFor(
  context: Context,
  which: 'open' | 'unended' | 'newest',
  { looksOnly = false }: { readonly looksOnly?: boolean } = {},
): Promise<LaunchAtHand> {
  const { plan } = await context.project()
  if (which !== 'open') await mustHaveWorld(context)
  const world = await context.world(plan, { driver: false })
  const opened = await openLaunch(context, { launch: which === 'open' ? 'open' : 'current', looksOnly })
  const state = await readLaunch(opened, context.signal)
  if (which === 'unended' && state.ended)
    throw new LaunchError('NO_LAUNCH', `no launch is open: ${state.id} has ended (${state.ended.outcome})`)
  return { opened, plan: opened.plan, state, events: await opened.log.read(context.signal), world }
}

/**
 * The launch that is looked at: the named one (a unique beginning of its id is enough), else the one opened last.
 * Throws NO_LAUNCH, or NOT_FOUND for an id that is not there.
 */
export async function viewLaunch(context: Context, named: string | null): Promise<LaunchAtHand> {
  if (named === null) return launchFor(context, 'newest', { looksOnly: true })
  const { signal } = context
  const { plan } = await context.project()
  await mustHaveWorld(context)
  const world = await context.world(plan, { driver: false })
  const launches = await context.launches(plan)
  const ids = await launches.list(signal)
  const [found, another] = ids.filter((id) => id.startsWith(named.toUpperCase()))
  if (found === undefined) throw new LaunchError('NOT_FOUND', `there is no launch "${named}"`)
  if (another !== undefined) {
    throw new LaunchError('NOT_FOUND', `"${named}" is the beginning of more than one launch`, {
      hint: `write more of it: ${found} or ${another}`,
    })
  }
  const opened = await launches.load(found, signal)
  const state = await readLaunch(opened, signal)
  return { opened, plan: opened.plan, state, events: await opened.log.read(signal), world }
}

/** A command that only looks must not make the sandbox it looks for. Throws NOT_FOUND. */
export async function mustHaveWorld(context: Context): Promise<void> {
  if (!(await hasWorld(context))) {
    throw new LaunchError('NOT_FOUND', 'there is no sandbox in this folder', {
      hint: 'launch auto --sandbox makes one',
    })
  }
}

export async function hasWorld({ isSandbox, env, folder }: Context): Promise<boolean> {
  if (!isSandbox || env['LAUNCH_SANDBOX_URL']) return true
  return access(join(folder, 'world', 'world.json')).then(
    () => true,
    () => false,
  )
}
