import { hash } from 'node:crypto'
import { version, type Version } from '../../src/core/brand.ts'
import type { PutOptions, PutResult, StoredObject } from '../../src/core/ports.ts'

/** A change of a bucket at the moment it came true. */
export type Applied = {
  readonly bucket: string
  readonly key: string
  readonly by: string
  readonly before: StoredObject | null
  readonly after: StoredObject | null
  /** For a copy: where it was taken from. */
  readonly from: string | null
}

/** The objects themselves. Like S3, the ETag is that of the content; every call here happens at once. */
export type Bucket = {
  readonly name: string
  readonly objects: ReadonlyMap<string, StoredObject>
  put(by: string, key: string, body: Uint8Array, options: PutOptions): PutResult | 'bad digest'
  copy(by: string, from: string, to: string, options: PutOptions): 'copied' | 'absent'
  remove(by: string, key: string): void
}

export function bucket(name: string, onApplied: (applied: Applied) => void): Bucket {
  const objects = new Map<string, StoredObject>()
  const holds = (key: string, expect: PutOptions['expect']) => {
    if (expect === undefined) return true
    const found = objects.get(key)
    return expect === 'absent' ? found === undefined : found?.etag === expect
  }
  const store = (by: string, key: string, body: Uint8Array, options: PutOptions, from: string | null): Version => {
    const { contentType, cacheControl } = options
    const etag = version(hash('md5', body))
    const before = objects.get(key) ?? null
    const after = { body, etag, contentType, cacheControl }
    objects.set(key, after)
    onApplied({ bucket: name, key, by, before, after, from })
    return etag
  }
  return {
    name,
    objects,
    put: (by, key, body, options) => {
      if (options.sha256 !== undefined && options.sha256 !== hash('sha256', body)) return 'bad digest'
      if (!holds(key, options.expect)) return { status: 'conflict' }
      return { status: 'written', etag: store(by, key, body, options, null) }
    },
    copy: (by, from, to, options) => {
      const found = objects.get(from)
      if (!found) return 'absent'
      store(by, to, found.body, options, from)
      return 'copied'
    },
    remove: (by, key) => {
      const before = objects.get(key) ?? null
      if (objects.delete(key)) onApplied({ bucket: name, key, by, before, after: null, from: null })
    },
  }
}
