import { z } from 'zod'
import { version, type Version } from '../core/brand.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { FlagReading, FlagState } from '../core/flag.ts'
import { sha256 } from '../core/hash.ts'
import type { FlagStore, Files, StateStore } from '../core/ports.ts'
import { defineFlagStore } from './define.ts'
import { writeFlagDocument } from './document.ts'
import { mayWrite } from './may-write.ts'
import { documentReading } from './read-document.ts'

export const file = defineFlagStore({
  kind: 'file',
  about: 'one flagd document in a local file, for a server or a flagd on this machine',
  example: '{ kind: file, path: public/flags/status-board-v2.json }',
  cas: true,
  dealtBy: 'flagd',
  shape: {
    path: z.string().min(1).describe('path of the document, from the folder of the run sheet'),
  },
  open: (spec, flagKey, ports) => fileFlagStore(spec.path, flagKey, ports.files, ports.versions),
})

/** A server on this machine reads the file on its next request. */
const propagationMs = 1000

/**
 * The truth is a row of versions created once each, so that compare-and-set holds between processes; the file that is
 * served is a copy of the newest. Whoever publishes looks again afterwards: a slow writer cannot leave an older copy behind.
 * Two things are read from the copy all the same: a latch, which is put there before the row is even looked at, and what a
 * person made of it in an editor, for nobody else leaves one there that contradicts itself.
 */
export function fileFlagStore(path: string, flagKey: string, files: Files, versions: StateStore): FlagStore {
  const key = `flag-${path.replaceAll(/[^A-Za-z0-9._-]/g, '-')}`
  const mustBeWritable = async () => files.mustBeWritable?.(path)
  const refused = async (cause: unknown) => {
    if (cause instanceof LaunchError) throw cause
    await mustBeWritable()
    // The disk is full, or was busy: a rollback tries again.
    throw new LaunchError('UNREACHABLE', `${path} could not be written: ${messageOf(cause)}`, { cause })
  }
  const publish = async (signal: AbortSignal) => {
    for (let published: string | null = null; ;) {
      const newest = await versions.get(key, signal)
      if (newest === null || newest.version === published) return
      await files.write(path, newest.body).catch(refused)
      published = newest.version
    }
  }
  const documentOf = (flag: FlagState) => writeFlagDocument({ ...flag, key: flagKey })
  const swap = async (flag: FlagState, expect: Parameters<StateStore['swap']>[2], signal: AbortSignal) => {
    const result = await versions.swap(key, documentOf(flag), expect, signal)
    if (result.status === 'written') await publish(signal)
    return result
  }
  const readFile = async (): Promise<FlagReading> => {
    const bytes = await files.read(path)
    return bytes === null
      ? { status: 'absent' }
      : documentReading(new TextDecoder().decode(bytes), servedVersion(bytes), flagKey)
  }
  const reading = (newest: Awaited<ReturnType<StateStore['get']>>, served: FlagReading): FlagReading => {
    if (newest === null || served.status === 'malformed') return served
    const stored = documentReading(newest.body, newest.version, flagKey)
    return holdsOver(served, stored) ? served : stored
  }
  /** A row that cannot be read takes nothing from a latch that is served. */
  const newestBehind = async (served: FlagReading, signal: AbortSignal) => {
    try {
      return await versions.get(key, signal)
    } catch (error) {
      signal.throwIfAborted()
      if (served.status === 'present' && served.flag.latched) return null
      throw error
    }
  }
  /** After whatever is newest by then. */
  const appended = async (flag: FlagState, signal: AbortSignal): Promise<Version> => {
    for (;;) {
      const newest = await versions.get(key, signal)
      const result = await swap(flag, newest?.version ?? null, signal)
      // Another writer took the number: whatever it wrote, this one comes after it.
      if (result.status === 'written') return result.version
    }
  }
  return {
    cas: true,
    propagationMs,
    location: `file:${path}`,
    read: async (signal) => {
      const served = await readFile()
      return reading(await newestBehind(served, signal), served)
    },
    write: async (flag, expect, signal) => {
      await mustBeWritable()
      const newest = await versions.get(key, signal)
      const seen = reading(newest, await readFile())
      if ((seen.status === 'absent' ? null : seen.version) !== expect) return { status: 'conflict' }
      return swap(flag, newest?.version ?? null, signal)
    },
    forceOff: async (flag, signal) => {
      const off = { ...flag, percent: 0, latched: true }
      const document = documentOf(off)
      await files.write(path, document).catch(refused)
      try {
        return await appended(off, signal)
      } catch (error) {
        signal.throwIfAborted()
        // Users are off and the latch is read from the file: a row that is out of reach does not make that undone.
        if (error instanceof LaunchError && error.code === 'UNREACHABLE') return servedVersion(document)
        throw error
      }
    },
    mayWrite: (signal) => mayWrite(mustBeWritable, path, signal),
    observe: async (signal) => {
      signal.throwIfAborted()
      return { reading: await readFile(), headers: {} }
    },
  }
}

/** Of two, a latch counts until the other one is a latch, too, or acknowledges it. */
function holdsOver(served: FlagReading, stored: FlagReading): boolean {
  if (served.status !== 'present' || !served.flag.latched) return false
  return stored.status !== 'present' || !(stored.flag.latched || stored.flag.acks.includes(served.flag.writeId))
}

function servedVersion(document: string | Uint8Array): Version {
  return version(`file ${sha256(document)}`)
}
