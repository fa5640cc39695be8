import { documentFlagStore } from '../../src/flags/document-store.ts'
import type { Http, ObjectStore } from '../../src/core/ports.ts'

/** A document flag store over a bucket that users read directly, without a CDN between. */
export function documentStoreOver(objects: ObjectStore, objectKey = 'flags/board.json') {
  const http: Http = {
    get: async (_url, _options, signal) => {
      const found = await objects.get(objectKey, signal)
      if (found === null) return { status: 404, headers: {}, body: new Uint8Array(), ms: 1 }
      return {
        status: 200,
        headers: { etag: found.etag, 'cache-control': found.cacheControl },
        body: found.body,
        ms: 1,
      }
    },
  }
  return {
    open: () =>
      documentFlagStore({
        objects,
        http,
        flagKey: 'board',
        objectKey,
        url: 'https://sb.example/flags/board.json',
        ttlMs: 5000,
      }),
    async spoil(text: string) {
      await objects.put(
        objectKey,
        new TextEncoder().encode(text),
        { contentType: 'application/json', cacheControl: 'no-store' },
        new AbortController().signal,
      )
    },
  }
}
