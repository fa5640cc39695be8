import { join } from 'node:path'
import { version, type Version } from '../core/brand.ts'
import type { Disk, StateStore } from '../core/ports.ts'
import { createOnce, holdsFile, namesIn, readWhole } from './durable-file.ts'
import { assertStateKey, assertStatePrefix } from './state-key.ts'

/**
 * State in a folder. A key is a file; what replaces it are further files `key@1`, `key@2` …, each created once with
 * link(2), so that a compare-and-set is atomic between processes without a lock. Nothing is ever replaced or deleted.
 */
export function directoryStore(root: string, disk: Disk): StateStore {
  const pathOf = (key: string, generation: number) => {
    assertStateKey(key)
    return generation === 0 ? join(root, key) : `${join(root, key)}${generationMark}${generation}`
  }
  const create = async (key: string, body: string, signal: AbortSignal) => {
    signal.throwIfAborted()
    return createOnce(pathOf(key, 0), body, disk)
  }
  const get: StateStore['get'] = async (key, signal) => {
    signal.throwIfAborted()
    for (let found = null, generation = 0; ; generation += 1) {
      const body = await readWhole(pathOf(key, generation), root, disk)
      if (body === null) return found
      found = { body, version: generationVersion(generation) }
    }
  }
  return {
    location: `file:${root}`,
    get,
    create,
    swap: async (key, body, expect, signal) => {
      if (expect === null) {
        const created = await create(key, body, signal)
        return created === 'created' ? { status: 'written', version: generationVersion(0) } : { status: 'conflict' }
      }
      signal.throwIfAborted()
      const generation = generationOf(expect)
      if (generation === null || (await readWhole(pathOf(key, generation), root, disk)) === null)
        return { status: 'conflict' }
      const created = await createOnce(pathOf(key, generation + 1), body, disk)
      return created === 'created'
        ? { status: 'written', version: generationVersion(generation + 1) }
        : { status: 'conflict' }
    },
    list: async (prefix, signal) => {
      signal.throwIfAborted()
      assertStatePrefix(prefix)
      const names = (await namesIn(join(root, prefix), root, disk)).filter((name) => !name.includes(generationMark))
      const isKept = await Promise.all(names.map((name) => holdsFile(join(root, prefix, name), disk)))
      return names.filter((_, i) => isKept[i]).sort()
    },
  }
}

/** No key has it. */
const generationMark = '@'

function generationVersion(generation: number): Version {
  return version(`generation-${generation}`)
}

/** Null for a version of another store. */
function generationOf(version: Version): number | null {
  const match = /^generation-(\d+)$/.exec(version)
  return match ? Number(match[1]) : null
}
