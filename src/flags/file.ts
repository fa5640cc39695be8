import { z } from 'zod'
import { version } from '../core/brand.ts'
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
 * What a person made of the copy in an editor is read from the copy: nobody else leaves one there that contradicts itself.
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
  const swap = async (flag: FlagState, expect: Parameters<StateStore['swap']>[2], signal: AbortSignal) => {
    const result = await versions.swap(key, writeFlagDocument({ ...flag, key: flagKey }), expect, signal)
    if (result.status === 'written') await publish(signal)
    return result
  }
  const readFile = async (): Promise<FlagReading> => {
    const bytes = await files.read(path)
    return bytes === null
      ? { status: 'absent' }
      : documentReading(new TextDecoder().decode(bytes), version(`file ${sha256(bytes)}`), flagKey)
  }
  const reading = (newest: Awaited<ReturnType<StateStore['get']>>, served: FlagReading) =>
    newest === null || served.status === 'malformed' ? served : documentReading(newest.body, newest.version, flagKey)
  return {
    cas: true,
    propagationMs,
    location: `file:${path}`,
    read: async (signal) => reading(await versions.get(key, signal), await readFile()),
    write: async (flag, expect, signal) => {
      await mustBeWritable()
      const newest = await versions.get(key, signal)
      const seen = reading(newest, await readFile())
      if ((seen.status === 'absent' ? null : seen.version) !== expect) return { status: 'conflict' }
      return swap(flag, newest?.version ?? null, signal)
    },
    forceOff: async (flag, signal) => {
      for (;;) {
        const newest = await versions.get(key, signal)
        const result = await swap({ ...flag, percent: 0, latched: true }, newest?.version ?? null, signal)
        // Another writer took the number: whatever it wrote, this one comes after it.
        if (result.status === 'written') return result.version
      }
    },
    mayWrite: (signal) => mayWrite(mustBeWritable, path, signal),
    observe: async (signal) => {
      signal.throwIfAborted()
      return { reading: await readFile(), headers: {} }
    },
  }
}
