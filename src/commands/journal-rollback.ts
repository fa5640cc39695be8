import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { messageOf } from '../core/errors.ts'
import type { RollbackResult } from '../core/event.ts'

export type RollbackRecord = {
  readonly result: RollbackResult
  readonly writeId: string
  readonly app: string | null
  /** The document that was turned off: `s3://bucket/key`. */
  readonly location: string
}

/** Enough for a state store that answers; a rollback does not wait for one that does not. */
const deadlineMs = 10_000

/**
 * Tells the journal of the open launch what was rolled back. False when that was not possible: the record is then kept on
 * this machine, because the flag is off whether or not the journal knows.
 */
export async function journalRollback(context: Context, record: RollbackRecord): Promise<boolean> {
  // Not the command's own signal: Ctrl-C after the flag is off must not lose the record of it.
  const signal = AbortSignal.timeout(deadlineMs)
  try {
    const { plan } = await context.project()
    const current = await (await context.launches(plan)).current(signal)
    if (!current) return true
    const about = (await context.world(current.plan)).flag('production').location
    if (about !== record.location || (record.app !== null && record.app !== current.plan.app)) {
      context.output.err.write(
        `  not journaled: the open launch is about ${about}, rolled back was ${record.location}\n`,
      )
      return true
    }
    await current.log.appendAnyway(
      { type: 'rolled-back', result: record.result, writeId: record.writeId, trigger: 'operator' },
      signal,
    )
    return true
  } catch (error) {
    context.output.err.write(`  the journal could not be told: ${messageOf(error).split('\n')[0]}\n`)
    await spool(context, record).catch((trouble: unknown) => {
      context.output.err.write(`  nor kept on this machine (${messageOf(trouble)}): ${JSON.stringify(record)}\n`)
    })
    return false
  }
}

async function spool(context: Context, record: RollbackRecord): Promise<void> {
  const folder = join(context.folder, 'spool')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, `${record.writeId}.json`), `${JSON.stringify(record)}\n`, { mode: 0o600, flush: true })
}
