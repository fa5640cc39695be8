import type { Http, ObjectStore } from '../../src/core/ports.ts'

/** Serves buckets as sites without a cache between: `{ 'https://sb.example': bucket }`. Paths in `answers` come from elsewhere. */
export function siteHttp(
  sites: { readonly [url: string]: ObjectStore },
  answers: { readonly [path: string]: () => number } = {},
): Http {
  return {
    get: async (url, _options, signal) => {
      signal.throwIfAborted()
      const { origin, pathname } = new URL(url)
      const answer = answers[pathname]
      const empty = { headers: {}, body: new Uint8Array(), ms: 3 }
      if (answer) return { status: answer(), ...empty }
      const key = decodeURIComponent(pathname).slice(1)
      const found = await sites[origin]?.get(key === '' ? 'index.html' : key, signal)
      if (!found) return { status: 404, ...empty }
      return { status: 200, headers: { etag: found.etag }, body: found.body, ms: 3 }
    },
  }
}
