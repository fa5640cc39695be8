import type { Context } from '../context.ts'
import type { EpochMs } from '../core/brand.ts'
import { firstLineOf, messageOf } from '../core/errors.ts'
import type { RollbackResult } from '../core/event.ts'
import type { Spool, SpooledRollback } from '../journal/spool.ts'
import { tellJournal } from './tell-journal.ts'

export type RollbackRecord = {
  readonly result: RollbackResult
  readonly writeId: string
  readonly at: EpochMs
  readonly app: string | null
  /** The document that was turned off: `s3://bucket/key`. */
  readonly location: string
  /** Where its launches are remembered, and that bucket's region, as far as the rollback knew. */
  readonly state?: string | null
  readonly region?: string
}

/** Enough for a state store that answers; a rollback does not wait for one that does not. */
const deadlineMs = 10_000

/**
 * Tells the journal of the launch what was rolled back. The record is on disk before that is tried, and stays there when it was
 * not possible: the flag is off whether or not the journal knows. False then; `launch journal flush` tells it later.
 */
export async function journalRollback(context: Context, record: RollbackRecord): Promise<boolean> {
  const { err } = context.output
  const [spool, actor] = await Promise.all([context.spool(), context.actor()])
  // The reason is what somebody typed in a hurry: it is kept as it is shown.
  const result = { ...record.result, reason: context.output.scrub(record.result.reason) }
  const rollback: SpooledRollback = { schema: 1, id: record.writeId, actor, ...record, result }
  const unkept = await spool.keep(rollback).then(() => null, messageOf)
  // Nobody else can have told of what is not there.
  const settleUnkept: Spool['settle'] = async (about) => (await spool.settle(about)) ?? about
  try {
    // Not the command's own signal: Ctrl-C after the flag is off must not lose the record of it.
    const told = await tellJournal(
      context,
      rollback,
      unkept === null ? spool : { settle: settleUnkept },
      AbortSignal.timeout(deadlineMs),
    )
    if (told.status === 'homeless') throw told.error
    if (told.status !== 'journaled' && told.open !== null)
      err.write(`  not journaled: the open launch is about ${told.open}, rolled back was ${rollback.location}\n`)
    if (unkept === null) await spool.drop(rollback.id).catch(() => undefined)
    return true
  } catch (error) {
    err.write(`  the journal could not be told: ${firstLineOf(error)}\n`)
    if (unkept !== null) err.write(`  nor kept on this machine (${unkept}): ${JSON.stringify(rollback)}\n`)
    return false
  }
}
