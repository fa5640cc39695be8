import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import { fold } from '../core/reduce.ts'
import type { LaunchState } from '../core/state.ts'
import type { OpenedLaunch } from '../journal/launches.ts'
import { mustHoldTexts } from './checked-events.ts'

export type WhichLaunch = {
  /** `open`: attach to the open one of this commit, or open one. `current`: only the open one. */
  readonly launch: 'open' | 'current'
  readonly supersede?: boolean
  readonly acks?: readonly string[]
  /** Nothing is written, not even what waits for the journal on this machine. */
  readonly looksOnly?: boolean
  /** What would be released now, when that was asked already. */
  readonly release?: ReturnType<Context['release']>
}

/** The launch a command is about. Throws NO_LAUNCH, or UNFINISHED when another commit's launch is open. */
export async function openLaunch(context: Context, which: WhichLaunch): Promise<OpenedLaunch> {
  const { signal, options } = context
  const { plan } = await context.project()
  const launches = await context.launches(plan)
  if (which.looksOnly !== true) await (await import('./flush-spool.ts')).flushQuietly(context)
  if (which.launch === 'current') {
    const current = await launches.current(signal)
    if (current) return current
    throw new LaunchError('NO_LAUNCH', `no launch of ${plan.app} is open`)
  }
  const { commit, version } = await (which.release ?? context.release(plan))
  return launches.open(
    { plan, commit, version, fresh: which.supersede ?? false, acks: which.acks ?? [], sandbox: options.scenario },
    signal,
  )
}

/** A launch with its journal folded. Throws NOT_FOUND when its journal is empty, JOURNAL_CORRUPT when it is another launch's. */
export async function readLaunch(opened: OpenedLaunch, signal: AbortSignal): Promise<LaunchState> {
  const events = await opened.log.read(signal)
  mustHoldTexts(events, opened.log.launch)
  const state = fold(events)
  if (!state) throw new LaunchError('NOT_FOUND', `launch ${opened.log.launch} has no events`)
  return state
}
