import { epochMs, type EpochMs } from '../core/brand.ts'
import { edgeTtl, edgeTtlMs } from './cache-control.ts'
import { Buckets, type Bucket } from './buckets.ts'
import { exposedBy, wholly } from './flag-exposure.ts'
import { seedFiles, seedAgeMs } from './seed.ts'
import type { Exposure, Site, World } from './types.ts'
import type { StoredConfig } from './world-config.ts'
import { readLog, WorldLog, type Invalidation, type LogEntry, type StoredObject } from './world-log.ts'
import { md5Hex } from './s3-checksum.ts'

/** What is needed to put an object, apart from what the world adds. */
export type NewObject = Omit<StoredObject, 'at' | 'sha256' | 'bytes'> & { readonly body: Uint8Array }

/** The world of a sandbox: everything in it is a fold of its log, so a killed host loses nothing. */
export class SandboxWorld implements World {
  readonly config: StoredConfig
  readonly buckets = new Buckets()
  readonly #log: WorldLog
  readonly #now: () => EpochMs
  readonly #invalidations: Invalidation[] = []
  readonly #records = new Map<string, unknown[]>()
  readonly #exposures = new Map<string, { readonly versions: number; readonly exposure: readonly Exposure[] }>()

  /** Opens the world in `dir`; a world without a log is seeded with an older site. */
  constructor(dir: string, config: StoredConfig, now: () => EpochMs) {
    this.config = config
    this.#now = now
    const entries = readLog(dir)
    this.#log = new WorldLog(dir)
    for (const entry of entries) this.#apply(entry)
    if (this.records('seeded').length === 0) this.#seed()
  }

  get seed(): number {
    return this.config.seed
  }
  get scenario(): string {
    return this.config.scenario
  }
  get sites(): readonly Site[] {
    return this.config.sites
  }
  get metrics(): World['metrics'] {
    return this.config.metrics
  }
  get alarms(): readonly string[] {
    return this.config.alarms
  }
  get startedAt(): EpochMs {
    return this.config.startAt
  }

  now(): EpochMs {
    return this.#now()
  }

  exposure(environment: string): readonly Exposure[] {
    const site = this.#site(environment)
    const history = site ? (this.#bucketOf(site)?.history(site.flagPath.replace(/^\//, '')) ?? []) : []
    const known = this.#exposures.get(environment)
    if (known?.versions === history.length) return known.exposure
    const exposure: Exposure[] = []
    let staleMs: number = edgeTtl.errorMs
    for (const version of history) {
      const exposed = version.object ? exposedBy(Buffer.from(this.body(version.object)).toString('utf8')) : wholly(0)
      // What the edge held before may be served until its own time to live has passed.
      const at = Math.max(version.at + staleMs, exposure.at(-1)?.at ?? 0)
      exposure.push({ at: epochMs(at), ...exposed })
      staleMs = version.object ? edgeTtlMs(version.object.headers['cache-control'] ?? null) : edgeTtl.errorMs
    }
    this.#exposures.set(environment, { versions: history.length, exposure })
    return exposure
  }

  /** Release zero is not among them: it was not put by a release. */
  releases(environment: string): readonly { readonly at: EpochMs; readonly etag: string }[] {
    const site = this.#site(environment)
    const history = site ? (this.#bucketOf(site)?.history('index.html') ?? []) : []
    return history.flatMap(({ object, seeded }) =>
      object && !seeded ? [{ at: epochMs(object.at), etag: object.etag }] : [],
    )
  }

  append(kind: string, record: unknown): void {
    this.#write({ type: 'record', at: this.now(), kind, record })
  }

  records(kind: string): readonly unknown[] {
    return this.#records.get(kind) ?? []
  }

  invalidations(distribution: string): readonly Invalidation[] {
    return this.#invalidations.filter((invalidation) => invalidation.distribution === distribution)
  }

  invalidate(invalidation: Omit<Invalidation, 'at'>): Invalidation {
    const started = { ...invalidation, at: this.now() }
    this.#write({ type: 'invalidation', invalidation: started })
    return started
  }

  createBucket(bucket: string, account: string | null, region: string): void {
    this.#write({ type: 'bucket', at: this.now(), bucket, account, region })
  }

  put(bucket: string, key: string, object: NewObject): StoredObject {
    return this.#put(bucket, key, object, this.now(), false)
  }

  delete(bucket: string, key: string): void {
    this.#write({ type: 'delete', at: this.now(), bucket, key })
  }

  body(object: StoredObject): Uint8Array {
    return this.#log.body(object.sha256)
  }

  close(): void {
    this.#log.close()
  }

  #put(bucket: string, key: string, { body, ...rest }: NewObject, at: number, seeded: boolean): StoredObject {
    const object: StoredObject = { ...rest, at, sha256: this.#log.store(body), bytes: body.length }
    this.#write({ type: 'put', bucket, key, object, ...(seeded && { seeded }) })
    return object
  }

  #seed(): void {
    const at = this.startedAt - seedAgeMs
    for (const site of this.sites) {
      if (!this.buckets.get(site.bucket))
        this.#write({ type: 'bucket', at, bucket: site.bucket, account: site.account, region: site.region })
      for (const { key, body, headers } of seedFiles(site)) {
        this.#put(site.bucket, key, { body, etag: md5Hex(body), headers, metadata: {}, checksums: {} }, at, true)
      }
    }
    for (const { name, account } of this.config.buckets ?? []) {
      if (!this.buckets.get(name))
        this.#write({ type: 'bucket', at, bucket: name, account, region: this.sites[0]?.region ?? 'us-east-1' })
    }
    this.append('seeded', {})
  }

  #write(entry: LogEntry): void {
    this.#log.append(entry)
    this.#apply(entry)
  }

  #apply(entry: LogEntry): void {
    this.buckets.apply(entry)
    if (entry.type === 'put') this.#log.known(entry.object.sha256)
    if (entry.type === 'invalidation') this.#invalidations.push(entry.invalidation)
    if (entry.type !== 'record') return
    const records = this.#records.get(entry.kind)
    if (records) records.push(entry.record)
    else this.#records.set(entry.kind, [entry.record])
  }

  #site(environment: string): Site | null {
    return this.sites.find((site) => site.environment === environment) ?? null
  }

  #bucketOf(site: Site): Bucket | null {
    return this.buckets.get(site.bucket)
  }
}
