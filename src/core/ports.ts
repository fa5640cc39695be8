import type { EpochMs, Sha256, Version } from './brand.ts'
import type { FlagReading, FlagState } from './flag.ts'

/** Ports: what launch needs of the world, in its own words. Every call takes a signal and has a deadline of its own. */

export type Clock = {
  now(): EpochMs
  /**
   * A business wait (bake, tick, window): virtual in the sandbox. It ends also when the time that was left has passed although
   * the clock was set back meanwhile. Rejects with the signal's reason when aborted.
   */
  sleepUntil(at: EpochMs, signal: AbortSignal): Promise<void>
  /** Real milliseconds that only grow; for measuring how long something took. */
  monotonicMs(): number
  /**
   * How far the wall clock went ahead (or, below 0, back) of the time that passed since the last call: it was set, or the
   * machine slept. A clock that nobody can set has none.
   */
  jumpedMs?(): number
}

/** Waits real milliseconds, also in the sandbox: for retries and read-backs, never for bakes. Rejects with the signal's reason when aborted. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>

export type Random = {
  /** A new sortable id: 26 characters, Crockford base 32 (ULID). */
  id(): string
}

export type ExecRequest = {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: { readonly [name: string]: string }
  readonly timeoutMs: number
  readonly onLine?: (line: string) => void
}
export type ExecResult = {
  readonly exitCode: number
  readonly timedOut: boolean
  readonly ms: number
  /** The last lines of both streams, scrubbed of secrets. */
  readonly tail: string
}
export type Exec = {
  run(request: ExecRequest, signal: AbortSignal): Promise<ExecResult>
  /** The path of the first of these executables that exists here, or null. */
  which(names: readonly string[]): Promise<string | null>
}

export type HttpResponse = {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array
  readonly ms: number
}
export type Http = {
  /** One GET without redirects; throws LaunchError UNREACHABLE when no answer came before the deadline. */
  get(
    url: string,
    options: { readonly timeoutMs: number; readonly headers?: { readonly [name: string]: string } },
    signal: AbortSignal,
  ): Promise<HttpResponse>
  /** The same for a body that need not be in memory: its hash. */
  digest?(
    url: string,
    options: { readonly timeoutMs: number },
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly sha256: Sha256 }>
}

export type HttpRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body?: string
  readonly timeoutMs: number
}
/** For services that are changed over HTTP: a flag service's own API. */
export type HttpApi = {
  /** One request without redirects, sent once; throws LaunchError UNREACHABLE when no answer came before the deadline. */
  send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse>
}

/** A parameter store: texts by name with a version that counts every write, and no compare-and-set. */
export type Parameters = {
  get(name: string, signal: AbortSignal): Promise<Parameter | null>
  /** The version written. `create`: null when it exists already, which is decided atomically. */
  put(name: string, value: string, mode: 'create' | 'overwrite', signal: AbortSignal): Promise<number | null>
  /** The versions that are still kept, oldest first. */
  history(name: string, signal: AbortSignal): Promise<readonly Parameter[]>
}
export type Parameter = { readonly value: string; readonly version: number }

/**
 * What durable files need of a disk, call by call: a process may die between any two of them. Every call rejects with an error
 * whose `code` is the system's name for it (ENOSPC, EIO …).
 */
export type Disk = {
  /** With its parents; one that is there is left as it is. `mode` for those it makes. */
  makeFolder(path: string, mode?: number): Promise<void>
  /** A new file of this user alone, whole and synced when it resolves. */
  writeNew(path: string, body: string): Promise<void>
  /** Gives a file a second name, in one step; rejects with EEXIST when the name is taken. */
  link(from: string, to: string): Promise<void>
  /** What was linked in the folder survives a power cut from then on. */
  syncFolder(path: string): Promise<void>
  /** No error when there is none. */
  remove(path: string): Promise<void>
  read(path: string): Promise<string>
  names(path: string): Promise<readonly string[]>
  isFolder(path: string): Promise<boolean>
}

/** One bucket. Keys have no leading slash. */
export type ObjectStore = {
  readonly bucket: string
  get(key: string, signal: AbortSignal): Promise<StoredObject | null>
  /** `conflict` when the condition did not hold (412) or another write got in between (409 after retries). */
  put(key: string, body: Uint8Array, options: PutOptions, signal: AbortSignal): Promise<PutResult>
  /** The same for a body that is not in memory. A store without it takes only what is. */
  putLarge?(key: string, body: LargeBody, options: PutOptions, signal: AbortSignal): Promise<PutResult>
  /** Server-side copy inside the bucket; `options` replaces the metadata. */
  copy(from: string, to: string, options: PutOptions, signal: AbortSignal): Promise<void>
  remove(keys: readonly string[], signal: AbortSignal): Promise<void>
  /** Every key under the prefix, in order. */
  list(prefix: string, signal: AbortSignal): Promise<readonly ListedKey[]>
  /** What would let others read or write the bucket, as sentences about it. A store that has no such thing is without it. */
  openings?(signal: AbortSignal): Promise<readonly string[]>
}
export type ListedKey = {
  readonly key: string
  readonly bytes: number
  readonly etag: Version
  /** When it was written last, by the store's clock; a store in memory has none. */
  readonly at?: EpochMs
}
/** A body that is read piece by piece, for what should not be in memory as a whole. */
export type LargeBody = {
  readonly bytes: number
  /** Bytes `from` (included) to `to` (not included). Throws LaunchError ARTIFACT_INVALID when they are not there any more. */
  slice(from: number, to: number): Promise<Uint8Array>
}
export type StoredObject = {
  readonly body: Uint8Array
  readonly etag: Version
  readonly contentType: string
  readonly cacheControl: string
}
export type PutOptions = {
  readonly contentType: string
  readonly cacheControl: string
  /** Sent as the object's checksum: S3 refuses the body when it differs. */
  readonly sha256?: Sha256
  /** `absent`: create once (`If-None-Match: *`); a version: replace exactly that one (`If-Match`). */
  readonly expect?: 'absent' | Version
}
export type PutResult = { readonly status: 'written'; readonly etag: Version } | { readonly status: 'conflict' }

export type Cdn = {
  /** Starts one invalidation; the same reference twice is one invalidation. `degraded` after its own retries failed. */
  invalidate(
    paths: readonly string[],
    reference: string,
    signal: AbortSignal,
  ): Promise<
    { readonly status: 'started'; readonly id: string } | { readonly status: 'degraded'; readonly why: string }
  >
  /** Whether an invalidation is done. */
  invalidated(id: string, signal: AbortSignal): Promise<boolean>
  /** What it does to errors that a deploy suffers from, in words; a CDN that does nothing to them has none. */
  traps?(signal: AbortSignal): Promise<readonly string[]>
}

export type FlagStore = {
  /** False when the store has no compare-and-set: refused in `auto`. */
  readonly cas: boolean
  /** From a write until every user sees it, worst case. */
  readonly propagationMs: number
  /** Whether HTTP caches stand between it and its users, so that their `cache-control` counts. */
  readonly isCached?: true
  /** The smallest step of `percent` it can say; 0.01 when absent. A finer percent is refused with USAGE. */
  readonly finest?: number
  /** Whether this process may write it, found out without changing anything. Absent where another probe tells (S3). */
  mayWrite?(signal: AbortSignal): Promise<{ readonly allowed: boolean; readonly detail: string }>
  readonly location: string
  read(signal: AbortSignal): Promise<FlagReading>
  /** Replaces exactly the version that was read; null creates. A conflict changes nothing. */
  write(
    flag: FlagState,
    expect: Version | null,
    signal: AbortSignal,
  ): Promise<{ readonly status: 'written'; readonly version: Version } | { readonly status: 'conflict' }>
  /** Unconditional, without reading first: for a rollback. */
  forceOff(flag: FlagState, signal: AbortSignal): Promise<Version>
  /** The flag as a user sees it, through the CDN; `headers` for diagnosis. */
  observe(
    signal: AbortSignal,
  ): Promise<{ readonly reading: FlagReading; readonly headers: { readonly [name: string]: string } }>
}

/** Small durable objects by key, for the journal. Keys are relative, segments of `[A-Za-z0-9._-]`, joined by `/`. */
export type StateStore = {
  readonly location: string
  get(key: string, signal: AbortSignal): Promise<{ readonly body: string; readonly version: Version } | null>
  /** Atomic create-once: of two creators exactly one is told `created`. */
  create(key: string, body: string, signal: AbortSignal): Promise<'created' | 'exists'>
  /** Compare-and-set; `expect: null` creates. */
  swap(
    key: string,
    body: string,
    expect: Version | null,
    signal: AbortSignal,
  ): Promise<{ readonly status: 'written'; readonly version: Version } | { readonly status: 'conflict' }>
  /** Names directly under a prefix (`a/b/` → `['c', 'd']`), sorted. */
  list(prefix: string, signal: AbortSignal): Promise<readonly string[]>
}

/** A question to the people of a launch; ids are stable across resumes. */
export type Question =
  | { readonly type: 'confirm'; readonly id: string; readonly text: string }
  | { readonly type: 'approval'; readonly id: string; readonly role: string; readonly statement: string }
  | { readonly type: 'go'; readonly id: string; readonly text: string }
  | { readonly type: 'proceed'; readonly id: string; readonly text: string; readonly danger: 'production' | 'phase' }
  /** Yes promotes what is not proven (not where a check fails: `promotable`), no rolls back, null keeps the stage as it is. */
  | {
      readonly type: 'held'
      readonly id: string
      readonly text: string
      readonly promotable: boolean
      /** What Enter alone says: the safe thing to do. */
      readonly recommended?: 'rollback' | 'wait'
    }
  /** A gate failed and production is as it was. Yes looks at it once more, null ends the run, as Enter alone does. */
  | { readonly type: 'failed'; readonly id: string; readonly gate: string; readonly text: string }
export type Answer = { readonly answer: 'yes' | 'no'; readonly by: string; readonly via: string; readonly note: string }
export type People = {
  /** Null when nobody is there to answer: the launch waits, or ends with exit 8. */
  ask(question: Question, signal: AbortSignal): Promise<Answer | null>
}

export type FileEntry = { readonly path: string; readonly bytes: number; readonly sha256: Sha256 }
/** The project folder. Paths are relative to it, with `/`. */
export type Files = {
  /** Every regular file under a folder, sorted; throws LaunchError ARTIFACT_INVALID for links, devices, dotfiles and control characters. */
  tree(folder: string): Promise<readonly FileEntry[]>
  /** Null when there is no such file. */
  read(path: string): Promise<Uint8Array | null>
  /** A file to be read piece by piece; files that are in memory anyway have none. */
  large?(path: string, bytes: number): LargeBody
  /** Atomic: the old content or the new one, never half. Makes folders. */
  write(path: string, body: string | Uint8Array): Promise<void>
  /** Throws FORBIDDEN where the machine would refuse to write this file. Changes nothing; what is in memory has none. */
  mustBeWritable?(path: string): Promise<void>
}
