import type { LogEntry, StoredObject } from './world-log.ts'

/** One state of a key over time; null from `at` on: deleted. */
export type KeyVersion = { readonly at: number; readonly object: StoredObject | null; readonly seeded: boolean }

export type Bucket = {
  readonly name: string
  /** The account that owns it; null: every account may use it (a shared state bucket with a bucket policy). */
  readonly account: string | null
  readonly region: string
  readonly createdAt: number
  /** Live keys in order. */
  readonly keys: readonly string[]
  object(key: string): StoredObject | null
  /** Everything that happened to a key, oldest first. */
  history(key: string): readonly KeyVersion[]
}

/** The buckets of a world, folded from its log. */
export class Buckets {
  readonly #buckets = new Map<string, OneBucket>()

  get(name: string): Bucket | null {
    return this.#buckets.get(name) ?? null
  }

  all(): readonly Bucket[] {
    return [...this.#buckets.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  apply(entry: LogEntry): void {
    switch (entry.type) {
      case 'bucket':
        this.#buckets.set(entry.bucket, new OneBucket(entry))
        return
      case 'put':
        this.#buckets
          .get(entry.bucket)
          ?.put(entry.key, { at: entry.object.at, object: entry.object, seeded: entry.seeded ?? false })
        return
      case 'delete':
        this.#buckets.get(entry.bucket)?.delete(entry.key, entry.at)
        return
      case 'invalidation':
      case 'record':
    }
  }
}

class OneBucket implements Bucket {
  readonly name: string
  readonly account: string | null
  readonly region: string
  readonly createdAt: number
  readonly #objects = new Map<string, StoredObject>()
  readonly #histories = new Map<string, KeyVersion[]>()
  readonly #keys: string[] = []

  constructor(entry: LogEntry & { readonly type: 'bucket' }) {
    this.name = entry.bucket
    this.account = entry.account
    this.region = entry.region
    this.createdAt = entry.at
  }

  get keys(): readonly string[] {
    return this.#keys
  }

  object(key: string): StoredObject | null {
    return this.#objects.get(key) ?? null
  }

  history(key: string): readonly KeyVersion[] {
    return this.#histories.get(key) ?? []
  }

  put(key: string, version: KeyVersion & { readonly object: StoredObject }): void {
    if (!this.#objects.has(key)) this.#keys.splice(position(this.#keys, key), 0, key)
    this.#objects.set(key, version.object)
    this.#remember(key, version)
  }

  delete(key: string, at: number): void {
    if (!this.#objects.delete(key)) return
    this.#keys.splice(position(this.#keys, key), 1)
    this.#remember(key, { at, object: null, seeded: false })
  }

  #remember(key: string, version: KeyVersion): void {
    const history = this.#histories.get(key)
    if (history) history.push(version)
    else this.#histories.set(key, [version])
  }
}

/** Where `key` is in the sorted keys, or belongs. */
export function position(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] ?? '') < key) low = middle + 1
    else high = middle
  }
  return low
}
