import { epochMs } from '../core/brand.ts'
import { messageOf } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import type { Clock, Http } from '../core/ports.ts'
import { urlPath, type ReleaseFile } from '../core/release.ts'
import { eachFile, fetchesAtOnce } from './each-file.ts'

export type Served = {
  readonly verified: number
  readonly wrong: readonly { readonly path: string; readonly why: string }[]
}

const requestTimeoutMs = 10_000
/** 4 Mbit/s: a slow office line. */
const slowestBytesPerMs = 500
const largeBytes = 2 ** 20
const pollMs = 2000

/**
 * Fetches files through the CDN until each has the body its manifest names or `deadlineMs` of the clock has passed (old
 * copies have to expire first). Says which files are still wrong, and how.
 */
export async function verifyServed(
  url: string,
  files: readonly ReleaseFile[],
  ports: { readonly http: Http; readonly clock: Clock },
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Served> {
  const deadline = ports.clock.now() + deadlineMs
  let pending = files
  for (;;) {
    const wrong: { path: string; why: string; file: ReleaseFile }[] = []
    const look = async (file: ReleaseFile) => {
      const why = await difference(`${url}/${urlPath(file.path)}`, file, ports.http, signal)
      if (why !== null) wrong.push({ path: file.path, why, file })
    }
    await eachFile(pending, look, fetchesAtOnce)
    const now = ports.clock.now()
    if (wrong.length === 0 || now >= deadline) {
      return {
        verified: files.length - wrong.length,
        wrong: wrong.map(({ path, why }) => ({ path, why })).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      }
    }
    pending = wrong.map(({ file }) => file)
    await ports.clock.sleepUntil(epochMs(now + pollMs), signal)
  }
}

/** Large ones are hashed as they come; what has a body at once does so anyway. */
async function fetched(url: string, { bytes }: ReleaseFile, http: Http, signal: AbortSignal) {
  const timeoutMs = requestTimeoutMs + Math.ceil(bytes / slowestBytesPerMs)
  if (http.digest && bytes > largeBytes) return http.digest(url, { timeoutMs }, signal)
  const { status, body } = await http.get(url, { timeoutMs }, signal)
  return { status, sha256: sha256(body) }
}

/** Null when users get exactly the file. */
async function difference(url: string, file: ReleaseFile, http: Http, signal: AbortSignal): Promise<string | null> {
  try {
    const response = await fetched(url, file, http, signal)
    if (response.status !== 200) return `answers ${response.status}`
    const served = response.sha256
    return served === file.sha256 ? null : `serves ${served.slice(0, 12)} instead of ${file.sha256.slice(0, 12)}`
  } catch (error) {
    signal.throwIfAborted()
    return messageOf(error)
  }
}
