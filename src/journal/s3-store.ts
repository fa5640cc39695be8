import { LaunchError } from '../core/errors.ts'
import type { ObjectStore, PutOptions, PutResult, StateStore, Wait } from '../core/ports.ts'
import { assertStateKey, assertStatePrefix } from './state-key.ts'

/** Attempts and real waits of a write whose outcome is not known; about 4 s in all. */
const attempts = 5
const firstWaitMs = 250

type Expected = NonNullable<PutOptions['expect']>

/** State in a bucket (any ObjectStore with conditional writes) under a prefix. `unit`, in [0, 1), spreads the retries of many writers. */
export function s3Store(objects: ObjectStore, prefix: string, wait: Wait, unit: () => number = () => 1): StateStore {
  const root = prefix === '' ? '' : `${prefix}/`
  const objectKey = (key: string) => {
    assertStateKey(key)
    return root + key
  }
  const jittered: Wait = (ms, signal) => wait(ms * (0.5 + unit() / 2), signal)
  const write = (key: string, body: string, expect: Expected, signal: AbortSignal) =>
    putUntilKnown(objects, objectKey(key), body, expect, jittered, signal)
  return {
    location: `s3://${objects.bucket}/${prefix}`.replace(/\/$/, ''),
    get: async (key, signal) => {
      const found = await objects.get(objectKey(key), signal)
      return found === null ? null : { body: new TextDecoder().decode(found.body), version: found.etag }
    },
    create: async (key, body, signal) => {
      const result = await write(key, body, 'absent', signal)
      return result.status === 'written' ? 'created' : 'exists'
    },
    swap: async (key, body, expect, signal) => {
      const result = await write(key, body, expect ?? 'absent', signal)
      return result.status === 'written' ? { status: 'written', version: result.etag } : result
    },
    list: async (under, signal) => {
      assertStatePrefix(under)
      const listed = await objects.list(root + under, signal)
      const names = listed.map(({ key }) => key.slice(root.length + under.length).split('/', 1)[0] ?? '')
      return [...new Set(names)].filter((name) => name !== '').sort()
    },
  }
}

/**
 * A conditional write whose answer was lost may have been applied: it is sent again, and a conflict after that is believed
 * only when what is there is not what was sent.
 */
async function putUntilKnown(
  objects: ObjectStore,
  key: string,
  body: string,
  expect: Expected,
  wait: Wait,
  signal: AbortSignal,
): Promise<PutResult> {
  const bytes = new TextEncoder().encode(body)
  const options = { contentType: 'application/json', cacheControl: 'no-store', expect }
  for (let attempt = 1, doubtful = false; ; attempt += 1) {
    try {
      const result = await objects.put(key, bytes, options, signal)
      return result.status === 'conflict' && doubtful ? await ownWrite(objects, key, body, signal) : result
    } catch (error) {
      const unknown = error instanceof LaunchError && error.code === 'UNREACHABLE'
      if (!unknown || attempt >= attempts) throw error
      doubtful = true
      await wait(firstWaitMs * 2 ** (attempt - 1), signal)
    }
  }
}

async function ownWrite(objects: ObjectStore, key: string, body: string, signal: AbortSignal): Promise<PutResult> {
  const found = await objects.get(key, signal)
  const own = found !== null && new TextDecoder().decode(found.body) === body
  return own ? { status: 'written', etag: found.etag } : { status: 'conflict' }
}
