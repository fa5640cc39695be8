import { LaunchError } from '../../src/core/errors.ts'
import { documentFlagStore } from '../../src/flags/document-store.ts'
import type { Http, ObjectStore } from '../../src/core/ports.ts'
import type { Trouble } from '../contract/flag-store.contract.ts'
import { never } from './real-time.ts'

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
  const open = (over: ObjectStore = objects) =>
    documentFlagStore({
      objects: over,
      http,
      flagKey: 'board',
      objectKey,
      url: 'https://sb.example/flags/board.json',
      ttlMs: 5000,
    })
  const spoil = async (text: string) => {
    const options = { contentType: 'application/json', cacheControl: 'no-store' }
    await objects.put(objectKey, new TextEncoder().encode(text), options, never)
  }
  return {
    open: () => open(),
    spoil,
    edit: async () => {
      const found = await objects.get(objectKey, never)
      await spoil(edited(new TextDecoder().decode(found?.body)))
    },
    troubled: (kind: Trouble) => open(inTrouble(objects, kind)),
  }
}

/** The document with 77 % in its targeting, and what launch says of itself as it was. */
export function edited(document: string): string {
  const parsed: unknown = JSON.parse(document)
  const text = JSON.stringify(parsed)
  return text.replace(/\["on",\d+\],\["off",\d+\]/, '["on",7700],["off",2300]')
}

function inTrouble(objects: ObjectStore, kind: Trouble): ObjectStore {
  const fails = async () => {
    throw new LaunchError(kind === 'forbidden' ? 'FORBIDDEN' : 'UNREACHABLE', `s3 is ${kind}`)
  }
  return { ...objects, get: fails, ...(kind === 'blind' ? {} : { put: fails }) }
}
