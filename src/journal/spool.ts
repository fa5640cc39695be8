import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EpochMs } from '../core/brand.ts'
import type { Actor, RollbackResult } from '../core/event.ts'
import { createOnce, namesIn, readWhole } from './durable-file.ts'

/** A rollback that the journal has not been told of yet. `id` is the id its event will have; ids sort by real time. */
export type SpooledRollback = {
  readonly schema: 1
  readonly id: string
  readonly at: EpochMs
  readonly actor: Actor
  readonly result: RollbackResult
  readonly writeId: string
  /** Null when only the document was named. */
  readonly app: string | null
  /** The document that was turned off: `s3://bucket/key`. */
  readonly location: string
  /** Where its launches are remembered, and that bucket's region: for a machine whose run sheet is gone. */
  readonly state?: string | null
  readonly region?: string
}

/** Rollbacks that wait for their journal on this machine: one file each, for this user alone. */
export type Spool = {
  readonly folder: string
  /** On disk when it returns. Throws LaunchError UNREACHABLE, or what making the folder throws. */
  keep(rollback: SpooledRollback): Promise<void>
  /** Oldest first. A file that cannot be understood is left where it is and named in `strange`. */
  read(): Promise<{ readonly kept: readonly SpooledRollback[]; readonly strange: readonly string[] }>
  drop(id: string): Promise<void>
}

export function spoolIn(folder: string): Spool {
  const pathOf = (id: string) => join(folder, `${id}.json`)
  return {
    folder,
    keep: async (rollback) => {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await createOnce(pathOf(rollback.id), `${JSON.stringify(rollback)}\n`)
    },
    read: async () => {
      const names = (await namesIn(folder, folder)).filter((name) => name.endsWith('.json')).sort()
      const bodies = await Promise.all(names.map((name) => readWhole(join(folder, name), folder)))
      // One that is gone by now was told of by another flush.
      const read = names.flatMap((name, n) => {
        const body = bodies[n] ?? null
        return body === null ? [] : [{ name, rollback: parsed(body) }]
      })
      return {
        kept: read.flatMap(({ rollback }) => rollback ?? []),
        strange: read.filter(({ rollback }) => rollback === null).map(({ name }) => name),
      }
    },
    drop: (id) => rm(pathOf(id), { force: true }),
  }
}

function parsed(body: string): SpooledRollback | null {
  try {
    const value: Partial<SpooledRollback> | null = JSON.parse(body)
    return isSpooled(value) ? value : null
  } catch {
    return null
  }
}

/** What `keep` writes has all of it, or is not this version's. */
function isSpooled(value: Partial<SpooledRollback> | null): value is SpooledRollback {
  if (value?.schema !== 1) return false
  return ['id', 'at', 'actor', 'result', 'writeId', 'app', 'location'].every((field) => field in value)
}
