import { version, type Version } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { FlagReading, FlagState } from '../core/flag.ts'
import { sha256 } from '../core/hash.ts'
import type { FlagStore, Http, HttpResponse, ObjectStore, PutOptions } from '../core/ports.ts'
import { writeFlagDocument } from './document.ts'
import { documentReading } from './read-document.ts'

export type DocumentStoreOptions = {
  readonly objects: ObjectStore
  readonly http: Http
  readonly flagKey: string
  /** Key of the document in the bucket. */
  readonly objectKey: string
  /** Where users read it. */
  readonly url: string
  /** How long the CDN and browsers may keep a copy. */
  readonly ttlMs: number
}

/** How long one look through the CDN may take. */
const observeTimeoutMs = 5000

/** A flag as one document in a bucket, replaced by compare-and-set on its ETag, read by users through the CDN. Free of zod. */
export function documentFlagStore(options: DocumentStoreOptions): FlagStore {
  const { objects, http, flagKey, objectKey, url, ttlMs } = options
  const seconds = Math.max(0, Math.floor(ttlMs / 1000))
  const put = (flag: FlagState) => ({
    body: new TextEncoder().encode(writeFlagDocument({ ...flag, key: flagKey })),
    headers: { contentType: 'application/json', cacheControl: `public, max-age=${seconds}, s-maxage=${seconds}` },
  })
  return {
    cas: true,
    // `Age` keeps the CDN's and the browser's copy from adding up, but both round to whole seconds: counted twice to be sure.
    propagationMs: 2 * ttlMs,
    isCached: true,
    location: `s3://${objects.bucket}/${objectKey}`,
    read: async (signal) => {
      const found = await objects.get(objectKey, signal)
      return found === null
        ? { status: 'absent' }
        : documentReading(new TextDecoder().decode(found.body), found.etag, flagKey)
    },
    write: async (flag, expect, signal) => {
      const { body, headers } = put(flag)
      const result = await objects.put(objectKey, body, { ...headers, expect: expect ?? 'absent' }, signal)
      return result.status === 'written' ? { status: 'written', version: result.etag } : result
    },
    forceOff: async (flag, signal) => {
      const { body, headers } = put({ ...flag, percent: 0, latched: true })
      try {
        const result = await objects.put(objectKey, body, headers, signal)
        if (result.status === 'written') return result.etag
      } catch (error) {
        if (!(error instanceof LaunchError) || error.code !== 'FORBIDDEN') throw error
        return await replaceWhateverIsThere(objects, objectKey, body, headers, signal).catch((second: unknown) => {
          // Not even that: what is missing is the right to write, not the one to read.
          throw second instanceof LaunchError && second.code === 'FORBIDDEN' ? error : second
        })
      }
      throw new LaunchError('UNREACHABLE', `an unconditional write of s3://${objects.bucket}/${objectKey} was refused`)
    },
    observe: async (signal) => {
      const answer = await http.get(url, { timeoutMs: observeTimeoutMs }, signal)
      return { reading: observed(answer, url, flagKey), headers: answer.headers }
    },
  }
}

/** Writers of one flag are few: whoever loses this often in a row is not losing to writers. */
const replacements = 20

/** Off for a role that may only replace the version it read (`launch iam print --role ci`): read, compare-and-set, again. */
async function replaceWhateverIsThere(
  objects: ObjectStore,
  key: string,
  body: Uint8Array,
  headers: Pick<PutOptions, 'contentType' | 'cacheControl'>,
  signal: AbortSignal,
): Promise<Version> {
  for (let attempt = 1; attempt <= replacements; attempt += 1) {
    const there = await objects.get(key, signal)
    const result = await objects.put(key, body, { ...headers, expect: there?.etag ?? 'absent' }, signal)
    if (result.status === 'written') return result.etag
  }
  throw new LaunchError(
    'UNREACHABLE',
    `s3://${objects.bucket}/${key} changed ${replacements} times while it was turned off`,
  )
}

/** S3 behind a CDN answers 403 for a missing key when the CDN may not list the bucket. */
function observed(answer: HttpResponse, url: string, flagKey: string): FlagReading {
  if (answer.status === 404 || answer.status === 403) return { status: 'absent' }
  if (answer.status !== 200) {
    throw new LaunchError('UNREACHABLE', `${url} answers ${answer.status}`, { hint: 'check the CDN and its origin' })
  }
  const text = new TextDecoder().decode(answer.body)
  return documentReading(text, version(answer.headers['etag'] ?? sha256(text)), flagKey)
}
