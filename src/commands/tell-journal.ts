import type { Context } from '../context.ts'
import type { LaunchError } from '../core/errors.ts'
import type { Spooled } from '../journal/spool.ts'
import type { SpoolHome, ToldLaunch } from '../journal/tell-spooled.ts'
import type { JournalHome } from './journal-home.ts'

export type Told =
  | ToldLaunch
  /** The flag of another environment, which launches are never about: nobody has to be told. `open`: what one is about. */
  | { readonly status: 'nobody'; readonly open: string | null }
  /** It is not known where launches of this flag are remembered: it waits until somebody says. */
  | { readonly status: 'homeless'; readonly error: LaunchError }

/** Journals what waits with the launch it was about, once, however often it is told. Throws what reading the state throws. */
export async function tellJournal(
  context: Context,
  spooled: Spooled,
  spool: SpoolHome['spool'],
  signal: AbortSignal,
): Promise<Told> {
  // Loaded after the flag is off: what leads to here is on the way of an emergency.
  const [{ journalHome }, { tellSpooled }] = await Promise.all([
    import('./journal-home.ts'),
    import('../journal/tell-spooled.ts'),
  ])
  const found = await journalHome(context, spooled)
  if (found.status === 'unknown') return { status: 'homeless', error: found.error }
  const { home } = found
  if (spooled.app !== null && spooled.app !== home.app) return { status: 'elsewhere', open: null }
  const told = await tellSpooled({ ...home, spool, flagOf: (plan) => home.flagOf(plan, 'production') }, spooled, signal)
  const isNobodys = told.status === 'elsewhere' && spooled.schema === 1 && (await isAnotherFlag(home, spooled.location))
  return isNobodys ? { ...told, status: 'nobody' } : told
}

/** Whether a flag is that of an environment before production. */
async function isAnotherFlag(home: JournalHome, location: string): Promise<boolean> {
  const { plan } = home
  if (plan === null) return false
  const others = Object.keys(plan.environments).filter((environment) => environment !== 'production')
  return (await Promise.all(others.map((environment) => home.flagOf(plan, environment)))).includes(location)
}
