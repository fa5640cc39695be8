import type { LaunchId } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import type { Launches, OpenedLaunch } from './launches.ts'
import { openedBefore } from './opened-before.ts'
import { happeningOf, type Spool, type Spooled, type SpooledEvent, type SpooledRollback } from './spool.ts'

/** Where what waits may belong. */
export type SpoolHome = {
  readonly app: string
  readonly launches: Launches
  readonly spool: Pick<Spool, 'settle'>
  /** The flag document of a plan's production, as a rollback names it. */
  flagOf(plan: Plan): Promise<string>
}

export type ToldLaunch =
  | { readonly status: 'journaled'; readonly launch: LaunchId; readonly n: number }
  /** The journal is full and takes rollbacks only: a verdict is let go. */
  | { readonly status: 'full'; readonly launch: LaunchId; readonly open: null }
  /** Another process of this machine told of it, and dropped it. */
  | { readonly status: 'told'; readonly open: null }
  /** No launch at this place was about it then: another project's, or one that is remembered elsewhere. `open`: what one is about. */
  | { readonly status: 'elsewhere'; readonly open: string | null }

/** Journals what waits with the launch it was about, once, however often it is told. Throws what the state store throws. */
export async function tellSpooled(home: SpoolHome, spooled: Spooled, signal: AbortSignal): Promise<ToldLaunch> {
  return spooled.schema === 2 ? tellLaunch(home, spooled, signal) : tellWhoeverWasOpen(home, spooled, signal)
}

/** What a driver did is about its launch and no other. */
async function tellLaunch({ launches }: SpoolHome, spooled: SpooledEvent, signal: AbortSignal): Promise<ToldLaunch> {
  try {
    return await journaled(await launches.load(spooled.launch, signal), spooled, signal)
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error
    if (error.code === 'NOT_FOUND') return { status: 'elsewhere', open: null }
    if (error.code === 'REFUSED') return { status: 'full', launch: spooled.launch, open: null }
    throw error
  }
}

/** Somebody on call turned a flag off by its place: the newest launch about it then is told. */
async function tellWhoeverWasOpen(
  home: SpoolHome,
  rollback: SpooledRollback,
  signal: AbortSignal,
): Promise<ToldLaunch> {
  let open: string | null = null
  for await (const opened of openedBefore(home.launches, rollback.id, signal)) {
    const about = await home.flagOf(opened.plan)
    if (about === rollback.location) {
      const settled = await settle(home.spool, { ...rollback, app: home.app }, opened.log.launch)
      if (settled === null) return { status: 'told', open: null }
      return settled.launch === opened.log.launch
        ? journaled(opened, settled, signal)
        : tellLaunch(home, settled, signal)
    }
    open ??= about
  }
  return { status: 'elsewhere', open }
}

/**
 * Whose reply was lost is told again, maybe when another launch is open: what it is about is on disk before the first try. Null: told
 * of by another process. A disk that refuses keeps nothing from being told.
 */
async function settle(
  spool: SpoolHome['spool'],
  rollback: SpooledRollback & { readonly app: string },
  launch: LaunchId,
): Promise<SpooledEvent | null> {
  const { result: _, writeId: __, ...kept } = rollback
  const about: SpooledEvent = { ...kept, schema: 2, launch, happening: happeningOf(rollback) }
  return spool.settle(about).catch(() => about)
}

async function journaled({ log }: OpenedLaunch, spooled: Spooled, signal: AbortSignal): Promise<ToldLaunch> {
  const event = await log.appendLate(happeningOf(spooled), spooled, signal)
  return { status: 'journaled', launch: log.launch, n: event.n }
}
