import { isNothingThere } from '../aws/first-look.ts'
import type { SignedOptions } from '../aws/signed-request.ts'
import type { ObjectStore } from '../core/ports.ts'

/** The place of a flag's document as a place, for one that somebody typed. */
export type DocumentPlace = {
  /** Whether there is certainly no document; false where that is not answered. Throws what reading throws. */
  isEmpty(signal: AbortSignal): Promise<boolean>
  /** Keys of the JSON documents beside it, and of those where launch keeps flags by default. Throws what listing throws. */
  beside(signal: AbortSignal): Promise<readonly string[]>
}

/** `flag.store.path` of the example and of the run sheet that `launch init` writes. */
const usualFolder = 'flags/'

/** `fast`: keys that are there at once, so that a look does not wait for the SDK; null where only that can ask. */
export function documentPlace(objects: ObjectStore, key: string, fast: SignedOptions | null): DocumentPlace {
  const folder = key.slice(0, key.lastIndexOf('/') + 1)
  const documentsIn = async (prefix: string, signal: AbortSignal) => {
    const listed = await objects.list(prefix, signal)
    const names = listed.map((one) => one.key).filter((one) => one.endsWith('.json') && one !== key)
    return names.filter((one) => !one.slice(prefix.length).includes('/'))
  }
  return {
    isEmpty: async (signal) =>
      fast === null
        ? (await objects.get(key, signal)) === null
        : (await isNothingThere(objects.bucket, key, fast, signal)) === true,
    beside: async (signal) => {
      const folders = [...new Set([folder, usualFolder])]
      // One that is long may not be read to its end in time: what the other holds is worth having.
      const found = await Promise.allSettled(folders.map((one) => documentsIn(one, signal)))
      const listed = found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      if (listed.length === 0) throw found.find((one) => one.status === 'rejected')?.reason
      return [...new Set(listed.flat())]
    },
  }
}
