import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import type { RollbackResult } from '../core/event.ts'

export type RollbackRecord = { readonly result: RollbackResult; readonly writeId: string; readonly app: string | null }

/** Enough for a state store that answers; a rollback does not wait for one that does not. */
const deadlineMs = 10_000

/**
 * Tells the journal of the open launch what was rolled back. False when that was not possible: the record is then kept on
 * this machine, because the flag is off whether or not the journal knows.
 */
export async function journalRollback(context: Context, record: RollbackRecord): Promise<boolean> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(deadlineMs)])
  try {
    const { plan } = await context.project()
    const current = await (await context.launches(plan)).current(signal)
    if (!current) return true
    await current.log.appendAnyway(
      { type: 'rolled-back', result: record.result, writeId: record.writeId, trigger: 'operator' },
      signal,
    )
    return true
  } catch (error) {
    context.output.err.write(
      `  the journal could not be told: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}\n`,
    )
    await spool(context, record)
    return false
  }
}

async function spool(context: Context, record: RollbackRecord): Promise<void> {
  const folder = join(context.folder, 'spool')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, `${record.writeId}.json`), `${JSON.stringify(record)}\n`, { mode: 0o600, flush: true })
}
