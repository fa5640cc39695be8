import type { Context } from '../context.ts'
import { firstLineOf } from '../core/errors.ts'
import { plural } from '../core/quantity.ts'
import type { Spooled } from '../journal/spool.ts'
import { safeText } from '../ui/text.ts'
import type { CommandResult } from './command.ts'
import { journalHome } from './journal-home.ts'
import { wouldDo } from './say.ts'
import { whatIs } from './spooled-words.ts'

/** What waits on this machine, and which journal each of it would be told to. Reads no journal and writes none. */
export async function flushDry(context: Context, forget: string | null): Promise<CommandResult> {
  const { kept } = await (await context.spool()).read()
  const lines = await Promise.all(
    kept.map(async (one) => {
      const [what, where] = [`${one.id}: ${whatIs(one)}, ${one.location}`, await wouldTell(context, one)]
      return `${safeText(what)}: ${where}${one.id === forget ? '; else it is forgotten' : ''}`
    }),
  )
  const waiting = kept.map(({ id, app, location }) => ({ id, app, location }))
  const what =
    kept.length === 0 ? 'do nothing: nothing waits to be journaled' : `tell of ${plural(kept.length, 'record')}`
  return wouldDo(what, lines, { waiting })
}

async function wouldTell(context: Context, spooled: Spooled): Promise<string> {
  const found = await journalHome(context, spooled)
  if (found.status === 'unknown')
    return `to nobody, nothing says where its launches are remembered (${firstLineOf(found.error)})`
  const { app, state } = found.home
  return spooled.app === null || spooled.app === app
    ? `to the journal of ${safeText(app)} at ${state}`
    : `to nobody, it is about ${safeText(spooled.app)}, and this is ${safeText(app)}`
}
