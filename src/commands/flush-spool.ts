import type { Context } from '../context.ts'
import { firstLineOf, type LaunchError } from '../core/errors.ts'
import { plural } from '../core/quantity.ts'
import type { Spooled } from '../journal/spool.ts'
import type { Told } from './tell-journal.ts'

/** What became of a record that does not wait any more. */
export type Done = Exclude<Told, { status: 'elsewhere' | 'homeless' }>

export type Flushed = {
  readonly told: readonly (readonly [Spooled, Done])[]
  /** About launches that are not remembered here: they wait for a command where those are. */
  readonly elsewhere: readonly Spooled[]
  /** About launches of which nobody says where they are remembered, and why the run sheet does not. */
  readonly homeless: readonly (readonly [Spooled, LaunchError])[]
  /** Files of the spool that cannot be understood. */
  readonly strange: readonly string[]
}

/** Tells the journal what waits for it on this machine, and forgets what was told. Throws what `tellJournal` throws. */
export async function flushSpool(context: Context, signal: AbortSignal): Promise<Flushed> {
  const spool = await context.spool()
  const { kept, strange } = await spool.read()
  const told: (readonly [Spooled, Done])[] = []
  const elsewhere: Spooled[] = []
  const homeless: (readonly [Spooled, LaunchError])[] = []
  if (kept.length > 0) {
    const { tellJournal } = await import('./tell-journal.ts')
    for (const spooled of kept) {
      const answer = await tellJournal(context, spooled, spool, signal)
      if (answer.status === 'elsewhere') elsewhere.push(spooled)
      else if (answer.status === 'homeless') homeless.push([spooled, answer.error])
      else {
        await spool.drop(spooled.id)
        told.push([spooled, answer])
      }
    }
  }
  return { told, elsewhere, homeless, strange }
}

/** The same in passing, before a command writes into a journal itself: trouble with it is said and stops nothing. */
export async function flushQuietly(context: Context): Promise<void> {
  if (context.options.dryRun) return
  try {
    const { told } = await flushSpool(context, context.signal)
    if (told.length > 0 && !context.options.quiet)
      context.output.err.write(`  ${plural(told.length, 'record')} of earlier told to the journal\n`)
  } catch (error) {
    context.signal.throwIfAborted()
    context.output.err.write(
      `  the records below ${context.spoolFolder} are not yet journaled: ${firstLineOf(error)}\n`,
    )
  }
}

/** What waits on this machine for the journal of an app. Never throws: a screen shows what it can. */
export async function waitingFor(context: Context, app: string): Promise<readonly Spooled[]> {
  try {
    const { kept } = await (await context.spool()).read()
    return kept.filter((spooled) => spooled.app === null || spooled.app === app)
  } catch {
    return []
  }
}
