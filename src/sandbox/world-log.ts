import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import type { ChecksumAlgorithm } from './s3-checksum.ts'

/** An object as it was put. Its body is the blob of that sha256. */
export type StoredObject = {
  /** Virtual time of the write, epoch ms. */
  readonly at: number
  readonly sha256: string
  /** Without quotes: MD5 in hex, `…-N` for N parts. */
  readonly etag: string
  readonly bytes: number
  /** Entity headers that come back on a read: `content-type`, `cache-control`, `content-encoding` … */
  readonly headers: { readonly [name: string]: string }
  readonly metadata: { readonly [name: string]: string }
  readonly checksums: { readonly [A in ChecksumAlgorithm]?: string }
}

export type Invalidation = {
  readonly at: number
  readonly id: string
  readonly distribution: string
  readonly reference: string
  readonly paths: readonly string[]
}

export type LogEntry =
  | {
      readonly type: 'bucket'
      readonly at: number
      readonly bucket: string
      readonly account: string | null
      readonly region: string
    }
  | {
      readonly type: 'put'
      readonly bucket: string
      readonly key: string
      readonly object: StoredObject
      readonly seeded?: boolean
    }
  | { readonly type: 'delete'; readonly at: number; readonly bucket: string; readonly key: string }
  | { readonly type: 'invalidation'; readonly invalidation: Invalidation }
  | { readonly type: 'record'; readonly at: number; readonly kind: string; readonly record: unknown }

/**
 * The world on disk: one JSON line per thing that happened, bodies as files named by their hash. A line is written
 * after its body, in one write; a process killed in between leaves a blob nobody names. A torn last line is cut off.
 */
export class WorldLog {
  readonly #file: number
  readonly #blobs: string
  readonly #bodies = new Map<string, Uint8Array>()
  readonly #onDisk = new Set<string>()

  constructor(dir: string) {
    this.#blobs = join(dir, 'blobs')
    mkdirSync(this.#blobs, { recursive: true })
    this.#file = openSync(join(dir, 'log.jsonl'), 'a')
  }

  append(entry: LogEntry): void {
    writeSync(this.#file, `${JSON.stringify(entry)}\n`)
  }

  /** Stores a body and returns its sha256 in hex. */
  store(body: Uint8Array): string {
    const sha256 = createHash('sha256').update(body).digest('hex')
    if (!this.#onDisk.has(sha256)) {
      writeFileSync(join(this.#blobs, sha256), body)
      this.#onDisk.add(sha256)
      this.#bodies.set(sha256, body)
    }
    return sha256
  }

  /** Says that a line of the log names this blob, so it is complete on disk. */
  known(sha256: string): void {
    this.#onDisk.add(sha256)
  }

  body(sha256: string): Uint8Array {
    const cached = this.#bodies.get(sha256)
    if (cached) return cached
    const body = readFileSync(join(this.#blobs, sha256))
    this.#bodies.set(sha256, body)
    return body
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** Every entry of a world's log, oldest first; cuts off a line that was torn by a kill. */
export function readLog(dir: string): readonly LogEntry[] {
  const path = join(dir, 'log.jsonl')
  if (!existsSync(path)) return []
  const bytes = readFileSync(path)
  const end = bytes.lastIndexOf(0x0a) + 1
  if (end < bytes.length) truncateSync(path, end)
  const lines = bytes.toString('utf8', 0, end).split('\n')
  // Whole lines of this file are only ever written by WorldLog.append.
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as LogEntry)
}
