import { createHash } from 'node:crypto'
import { version } from '../core/brand.ts'
import type { ObjectStore, PutOptions, PutResult } from '../core/ports.ts'
import { placeOf, signedRequest, type SignedOptions } from './signed-request.ts'

/**
 * A bucket whose first unconditional write does not wait for the SDK to load, which takes longer than the write itself. Whatever
 * is not an ordinary bucket of the commercial regions, and whatever is not answered with 200, goes to the SDK: the same bytes
 * once more, which changes nothing when the first ones did arrive.
 */
export function firstPutFast(objects: ObjectStore, options: SignedOptions): ObjectStore {
  let first = true
  return {
    ...objects,
    put: async (key, body, put, signal) => {
      const fast = first && put.expect === undefined
      first = false
      const etag = fast ? await quickPut(objects.bucket, key, { body, put }, options, signal) : null
      return etag === null
        ? objects.put(key, body, put, signal)
        : ({ status: 'written', etag: version(etag) } satisfies PutResult)
    },
  }
}

/** The ETag, or null when this is not for here or did not work. Throws the signal's reason and ENDPOINT_REFUSED. */
async function quickPut(
  bucket: string,
  key: string,
  { body, put }: { readonly body: Uint8Array; readonly put: PutOptions },
  options: SignedOptions,
  signal: AbortSignal,
): Promise<string | null> {
  const place = placeOf(bucket, key, options.access)
  if (place === null) return null
  const sha256 = createHash('sha256').update(body)
  const bodySha256 = sha256.copy().digest('hex')
  const headers = {
    'cache-control': put.cacheControl,
    'content-length': String(body.byteLength),
    'content-type': put.contentType,
    'x-amz-checksum-sha256': sha256.digest('base64'),
  }
  try {
    const answer = await signedRequest(place, { method: 'PUT', headers, body, bodySha256 }, options, signal)
    return answer.status === 200 ? (answer.headers.etag ?? '') : null
  } catch {
    signal.throwIfAborted()
    return null // the SDK meets the same trouble and says which
  }
}
