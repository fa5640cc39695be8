import { version, type Version } from '../../src/core/brand.ts'
import { LaunchError } from '../../src/core/errors.ts'
import { etagOf } from '../../src/core/etag.ts'
import { sha256 } from '../../src/core/hash.ts'
import type { ObjectStore, PutOptions, StoredObject } from '../../src/core/ports.ts'

/** A bucket in memory. Like S3, the ETag is that of the content: equal bytes, equal ETag. */
export function memoryObjectStore(bucket = 'memory'): ObjectStore {
  const objects = new Map<string, StoredObject>()
  const holds = (key: string, expect: PutOptions['expect']) => {
    if (expect === undefined) return true
    const found = objects.get(key)
    return expect === 'absent' ? found === undefined : found?.etag === expect
  }
  const store = (key: string, body: Uint8Array, { contentType, cacheControl }: PutOptions): Version => {
    const etag = version(`"${etagOf(body)}"`)
    objects.set(key, { body: body.slice(), etag, contentType, cacheControl })
    return etag
  }
  return {
    bucket,
    get: async (key, signal) => {
      signal.throwIfAborted()
      return objects.get(key) ?? null
    },
    put: async (key, body, options, signal) => {
      signal.throwIfAborted()
      if (options.sha256 !== undefined && options.sha256 !== sha256(body)) {
        throw new LaunchError('ARTIFACT_INVALID', `the bytes of ${key} are not the bytes that were hashed`)
      }
      if (!holds(key, options.expect)) return { status: 'conflict' }
      return { status: 'written', etag: store(key, body, options) }
    },
    copy: async (from, to, options, signal) => {
      signal.throwIfAborted()
      const found = objects.get(from)
      if (!found) throw new LaunchError('NOT_FOUND', `no object ${from}`)
      store(to, found.body, options)
    },
    remove: async (keys, signal) => {
      signal.throwIfAborted()
      for (const key of keys) objects.delete(key)
    },
    list: async (prefix, signal) => {
      signal.throwIfAborted()
      return [...objects]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, { body, etag }]) => ({ key, bytes: body.byteLength, etag }))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
    },
  }
}
