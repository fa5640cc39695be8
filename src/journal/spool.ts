import { join } from 'node:path'
import type { EpochMs, LaunchId } from '../core/brand.ts'
import type { Actor, Happening, RollbackResult } from '../core/event.ts'
import type { Disk } from '../core/ports.ts'
import { createOnce, namesIn, readWhole, removeFile } from './durable-file.ts'

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

/** What a driver did for its launch, and the verdict that led to it, which the journal may not have been told of. */
export type SpooledEvent = Pick<SpooledRollback, 'id' | 'at' | 'actor' | 'location' | 'state' | 'region'> & {
  readonly schema: 2
  readonly app: string
  readonly launch: LaunchId
  readonly happening: Extract<Happening, { type: 'gate-judged' | 'rolled-back' }>
}

export type Spooled = SpooledRollback | SpooledEvent

/** What waits for its journal on this machine: one file each, for this user alone. */
export type Spool = {
  readonly folder: string
  /** On disk when it returns; once, however often it is kept. Throws LaunchError UNREACHABLE, or what making the folder throws. */
  keep(spooled: Spooled): Promise<void>
  /**
   * From now on what is kept under this id is about one launch: told again, it is told to no other. Gives what it is about, as
   * whoever was first settled it; null when nothing is kept under the id any more, so that somebody told of it. Throws as `keep` does.
   */
  settle(spooled: SpooledEvent): Promise<SpooledEvent | null>
  /** Oldest first. A file that cannot be understood is left where it is and named in `strange`. */
  read(): Promise<{ readonly kept: readonly Spooled[]; readonly strange: readonly string[] }>
  /** Throws LaunchError UNREACHABLE. */
  drop(id: string): Promise<void>
}

/** The event a journal is to have of it. */
export function happeningOf(spooled: Spooled): SpooledEvent['happening'] {
  if (spooled.schema === 2) return spooled.happening
  const { result, writeId } = spooled
  return { type: 'rolled-back', result, writeId, trigger: 'operator' }
}

const settledMark = '.settled'

export function spoolIn(folder: string, disk: Disk): Spool {
  const pathOf = (id: string) => join(folder, `${id}.json`)
  const settledName = (id: string) => `${id}${settledMark}.json`
  return {
    folder,
    keep: async (spooled) => {
      await disk.makeFolder(folder, 0o700)
      await createOnce(pathOf(spooled.id), `${JSON.stringify(spooled)}\n`, disk)
    },
    settle: async (spooled) => {
      await disk.makeFolder(folder, 0o700)
      const path = join(folder, settledName(spooled.id))
      await createOnce(path, `${JSON.stringify(spooled)}\n`, disk)
      const first = parsed((await readWhole(path, folder, disk)) ?? '')
      // `drop` removes what was kept before what was settled: as long as that is there, so is what the first one settled.
      if ((await readWhole(pathOf(spooled.id), folder, disk)) !== null) return first?.schema === 2 ? first : spooled
      // One that is left here says nothing: `read` passes it over.
      await removeFile(path, disk).catch(() => undefined)
      return null
    },
    read: async () => {
      const all = new Set(await namesIn(folder, folder, disk))
      const names = [...all].filter((name) => name.endsWith('.json') && isNewest(name, all)).sort()
      const bodies = await Promise.all(names.map((name) => readWhole(join(folder, name), folder, disk)))
      // One that is gone by now was told of by another flush.
      const read = names.flatMap((name, n) => {
        const body = bodies[n] ?? null
        return body === null ? [] : [{ name, spooled: parsed(body) }]
      })
      return {
        kept: read.flatMap(({ spooled }) => spooled ?? []),
        strange: read.filter(({ spooled }) => spooled === null).map(({ name }) => name),
      }
    },
    drop: async (id) => {
      await removeFile(pathOf(id), disk)
      await removeFile(join(folder, settledName(id)), disk)
    },
  }
}

/** What was settled stands in for what was kept, and for nothing once that was told of and dropped. */
function isNewest(name: string, all: ReadonlySet<string>): boolean {
  const id = name.slice(0, -'.json'.length)
  return id.endsWith(settledMark)
    ? all.has(`${id.slice(0, -settledMark.length)}.json`)
    : !all.has(`${id}${settledMark}.json`)
}

function parsed(body: string): Spooled | null {
  try {
    const value: Partial<Spooled> | null = JSON.parse(body)
    if (isRollback(value)) return value
    return isEvent(value) ? value : null
  } catch {
    return null
  }
}

const always = ['id', 'at', 'actor', 'app', 'location'] as const

/** What `keep` writes has all of it, or is not this version's. */
function isRollback(value: Partial<Spooled> | null): value is SpooledRollback {
  return value?.schema === 1 && [...always, 'result', 'writeId'].every((field) => field in value)
}

function isEvent(value: Partial<Spooled> | null): value is SpooledEvent {
  if (value?.schema !== 2 || ![...always, 'launch', 'happening'].every((field) => field in value)) return false
  // One of a later version may owe more than this one can tell.
  const { happening } = value
  return happening?.type === 'rolled-back' || happening?.type === 'gate-judged'
}
