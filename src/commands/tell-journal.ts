import type { Context } from '../context.ts'
import type { LaunchId } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { JournalHome } from './journal-home.ts'
import type { OpenedLaunch } from '../journal/launches.ts'
import type { Spooled, SpooledEvent, SpooledRollback } from '../journal/spool.ts'

export type Told =
  | { readonly status: 'journaled'; readonly launch: LaunchId; readonly n: number }
  /** The flag of another environment, which launches are never about: nobody has to be told. `open`: what one is about. */
  | { readonly status: 'nobody'; readonly open: string | null }
  /** The journal is full and takes rollbacks only: a verdict is let go. */
  | { readonly status: 'full'; readonly launch: LaunchId; readonly open: null }
  /** No launch at this place was about it then: another project's, or one that is remembered elsewhere. */
  | { readonly status: 'elsewhere'; readonly open: string | null }

/**
 * Journals what waits with the launch it was about, once, however often it is told. Throws what reading the run sheet or the
 * state throws.
 */
export async function tellJournal(context: Context, spooled: Spooled, signal: AbortSignal): Promise<Told> {
  // Loaded after the flag is off: what leads to here is on the way of an emergency.
  const { journalHome } = await import('./journal-home.ts')
  const home = await journalHome(context, spooled)
  if (spooled.app !== null && spooled.app !== home.app) return { status: 'elsewhere', open: null }
  return spooled.schema === 2 ? tellLaunch(home, spooled, signal) : tellWhoeverWasOpen(context, home, spooled, signal)
}

/** What a driver did is about its launch and no other. */
async function tellLaunch(home: JournalHome, spooled: SpooledEvent, signal: AbortSignal): Promise<Told> {
  try {
    return await journaled(await home.launches.load(spooled.launch, signal), spooled, signal)
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error
    if (error.code === 'NOT_FOUND') return { status: 'elsewhere', open: null }
    if (error.code === 'REFUSED') return { status: 'full', launch: spooled.launch, open: null }
    throw error
  }
}

/** Somebody on call turned a flag off by its place: the newest launch about it then is told. */
async function tellWhoeverWasOpen(
  context: Context,
  home: JournalHome,
  rollback: SpooledRollback,
  signal: AbortSignal,
): Promise<Told> {
  const { openedBefore } = await import('../journal/opened-before.ts')
  let open: string | null = null
  for await (const opened of openedBefore(home.launches, rollback.id, signal)) {
    const about = await home.flagOf(opened.plan, 'production')
    if (about === rollback.location) {
      await settle(context, { ...rollback, app: home.app }, opened.log.launch)
      return journaled(opened, rollback, signal)
    }
    open ??= about
  }
  const { plan } = home
  const others = Object.keys(plan?.environments ?? {}).filter((environment) => environment !== 'production')
  const flags = plan ? await Promise.all(others.map((environment) => home.flagOf(plan, environment))) : []
  return { status: flags.includes(rollback.location) ? 'nobody' : 'elsewhere', open }
}

/** Whose reply was lost is told again, maybe when another launch is open: what it is about is on disk before the first try. */
async function settle(context: Context, rollback: SpooledRollback & { readonly app: string }, launch: LaunchId) {
  const { happeningOf, spoolIn } = await import('../journal/spool.ts')
  const { result: _, writeId: __, ...kept } = rollback
  await spoolIn(context.spoolFolder)
    .settle({ ...kept, schema: 2, launch, happening: happeningOf(rollback) })
    .catch(() => undefined)
}

async function journaled({ log }: OpenedLaunch, spooled: Spooled, signal: AbortSignal): Promise<Told> {
  const { happeningOf } = await import('../journal/spool.ts')
  const event = await log.appendLate(happeningOf(spooled), spooled, signal)
  return { status: 'journaled', launch: log.launch, n: event.n }
}
