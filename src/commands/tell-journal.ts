import type { Context } from '../context.ts'
import { epochMs, type LaunchId } from '../core/brand.ts'
import { fold } from '../core/reduce.ts'
import type { Launches, OpenedLaunch } from '../journal/launches.ts'
import type { SpooledRollback } from '../journal/spool.ts'

export type Told =
  | { readonly status: 'journaled'; readonly launch: LaunchId; readonly n: number }
  /** The flag of another environment, which launches are never about: nobody has to be told. `open`: what one is about. */
  | { readonly status: 'nobody'; readonly open: string | null }
  /** No launch at this place was about it then: another project's, or one that is remembered elsewhere. */
  | { readonly status: 'elsewhere'; readonly open: string | null }

/**
 * Journals a rollback with the launch it was about, once, however often it is told. Throws what reading the run sheet or the
 * state throws.
 */
export async function tellJournal(context: Context, rollback: SpooledRollback, signal: AbortSignal): Promise<Told> {
  // Loaded after the flag is off: what leads to here is on the way of an emergency.
  const { journalHome } = await import('./journal-home.ts')
  const home = await journalHome(context, rollback)
  if (rollback.app !== null && rollback.app !== home.app) return { status: 'elsewhere', open: null }
  let open: string | null = null
  for (const id of await launchesBefore(home.launches, rollback, signal)) {
    const opened = await home.launches.load(id, signal)
    const about = await home.flagOf(opened.plan, 'production')
    if (about === rollback.location) return journaled(opened, rollback, signal)
    open ??= about
  }
  const { plan } = home
  const others = Object.keys(plan?.environments ?? {}).filter((environment) => environment !== 'production')
  const flags = plan ? await Promise.all(others.map((environment) => home.flagOf(plan, environment))) : []
  return { status: flags.includes(rollback.location) ? 'nobody' : 'elsewhere', open }
}

/** Launches that were opened before the rollback, newest first: a launch opened since goes over it and is not rolled back by it. */
async function launchesBefore(
  launches: Launches,
  { id }: SpooledRollback,
  signal: AbortSignal,
): Promise<readonly LaunchId[]> {
  const current = await launches.current(signal)
  if (current === null) return []
  // The usual case needs no right to list.
  if (current.log.launch < id) return [current.log.launch]
  return (await launches.list(signal)).filter((launch) => launch < id).reverse()
}

async function journaled(
  { log }: OpenedLaunch,
  { id, at, actor, result, writeId }: SpooledRollback,
  signal: AbortSignal,
): Promise<Told> {
  // In the order they happened: a reader takes the newest event's time for now.
  const last = fold(await log.read(signal))?.last.at ?? at
  const then = { id, at: epochMs(Math.max(at, last)), actor }
  const event = await log.appendLate({ type: 'rolled-back', result, writeId, trigger: 'operator' }, then, signal)
  return { status: 'journaled', launch: log.launch, n: event.n }
}
