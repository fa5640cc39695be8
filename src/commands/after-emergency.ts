import type { Context } from '../context.ts'
import type { RollbackResult } from '../core/event.ts'
import { formatDuration } from '../core/units.ts'
import type { CommandResult, Options } from './command.ts'
import { lookAgain } from './edge-again.ts'
import { addressOf } from './flag-place.ts'
import { journalRollback } from './journal-rollback.ts'
import type { TurnedOff } from './rollback-emergency.ts'
import { whatNext } from './rollback-next.ts'
import { rollbackResult } from './rollback-result.ts'
import type { RollbackTarget } from './rollback-target.ts'
import { tellPeopleOfOpen } from './tell-people.ts'
import { documentsNear } from './wrong-key.ts'

/** What follows once the flag is off: the journal and people are told, and whoever called what is so and what to do next. */
export async function afterEmergency(
  context: Context,
  options: Options,
  target: RollbackTarget,
  done: TurnedOff,
): Promise<CommandResult> {
  const { writeId, at, ports, wasEmpty } = done
  const { app, state, region } = target
  const { result, lines } = wasEmpty
    ? { result: wroteAnew(done, target), lines: [] }
    : await lookAgain(asSeen(done), ports.flag, context.signal)
  const record = { result, writeId, at, app, location: ports.flag.location, state, region }
  const journaled = await journalRollback(context, record)
  if (journaled) await tellPeopleOfOpen(context)
  const wrong = wasEmpty ? await wrongKeyLines(target, ports, context.signal) : []
  const next = await whatNext(context, options, { journaled, app, state })
  const unseen = `not looked at through the site, whose address is not known here: copies of the document live up to ${formatDuration(ports.flag.propagationMs)}`
  return rollbackResult({
    result,
    journaled,
    ...(ports.seesUsers ? {} : { users: unseen }),
    lines: [...lines, ...wrong, ...next],
  })
}

/** What was done, without what nobody has seen. */
function asSeen({ result, ports }: TurnedOff): RollbackResult {
  return ports.seesUsers ? result : { ...result, edgeMs: null, verified: false }
}

/** A rollback that made its document instead of replacing it: users most likely read another one. */
function wroteAnew(done: TurnedOff, target: RollbackTarget): RollbackResult {
  const detail = `a latch was written, but there was no document at ${addressOf(target)} before: the key may be wrong, and users then still get the new version`
  return { ...asSeen(done), outcome: 'failed', verified: false, detail }
}

/** What to do where a rollback made the document that it should have replaced. */
async function wrongKeyLines(
  target: RollbackTarget,
  { place }: TurnedOff['ports'],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const address = addressOf(target)
  return [
    `CHECK THE KEY NOW: a flag that users read has a document, and there was none at ${address}`,
    ...(await documentsNear(target, place, signal)),
    `what this wrote has to stay if the key is right; if it is wrong: aws s3 rm ${address}`,
  ]
}
