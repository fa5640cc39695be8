import type { Http, HttpResponse, StoredObject } from '../../src/core/ports.ts'
import type { Bucket } from './bucket.ts'
import type { Process } from './process.ts'
import { unreachable } from './wire.ts'
import type { Scheduler } from './scheduler.ts'

/** The CDN in front of both sites: it keeps a copy as long as the copy says, all processes and users see the same one. */
export type Edge = { httpOf(process: Process): Http }

export function edge(sites: { readonly [origin: string]: Bucket }, scheduler: Scheduler): Edge {
  const copies = new Map<string, { readonly until: number; readonly object: StoredObject | null }>()
  const fetched = (url: URL): StoredObject | null => {
    const key = decodeURI(url.pathname).slice(1)
    const found = copies.get(url.href)
    if (found && scheduler.nowMs < found.until) return found.object
    const object = sites[url.origin]?.objects.get(key === '' ? 'index.html' : key) ?? null
    copies.set(url.href, { object, until: scheduler.nowMs + 1000 * maxAge(object) })
    return object
  }
  return {
    httpOf: (process) => ({
      get: async (address, _options, signal) => {
        const url = new URL(address)
        const serve = () => (url.pathname === '/api/health' ? healthy : answer(fetched(url)))
        try {
          return await process.call('edge', `GET ${url.hostname}${url.pathname}`, 'read', serve, signal)
        } catch (error) {
          throw unreachable(error)
        }
      },
    }),
  }
}

const nothing = { headers: {}, body: new Uint8Array(), ms: 3 }
const healthy: HttpResponse = { status: 200, ...nothing }

function answer(object: StoredObject | null): HttpResponse {
  if (!object) return { status: 404, ...nothing }
  return { status: 200, headers: { etag: object.etag }, body: object.body, ms: 3 }
}

/** Seconds; what is not there is asked for again every second. */
function maxAge(object: StoredObject | null): number {
  return Number(/s-maxage=(\d+)/.exec(object?.cacheControl ?? '')?.[1] ?? 1)
}
