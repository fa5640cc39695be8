import { createHash, hash } from 'node:crypto'
import type { LargeBody } from './ports.ts'

/** S3 takes parts of 5 MiB to 5 GiB, at most 10,000 of them. */
const usualPartBytes = 8 * 2 ** 20
const mostParts = 10_000

/** In parts of how many bytes a body of that size is sent. */
export function partBytes(bytes: number): number {
  return Math.max(usualPartBytes, Math.ceil(bytes / mostParts))
}

/** The ETag, without quotes, that S3 gives an object that was sent in one PUT and is encrypted with S3's own keys or not at all. */
export function etagOf(body: Uint8Array): string {
  return hash('md5', body, 'hex')
}

/** The same for one that was sent in parts: the MD5 of the parts' MD5s, and their number. */
export async function etagInParts(body: LargeBody): Promise<string> {
  const size = partBytes(body.bytes)
  const whole = createHash('md5')
  let parts = 0
  for (let from = 0; from < body.bytes; from += size, parts += 1) {
    whole.update(
      createHash('md5')
        .update(await body.slice(from, Math.min(body.bytes, from + size)))
        .digest(),
    )
  }
  return `${whole.digest('hex')}-${parts}`
}
