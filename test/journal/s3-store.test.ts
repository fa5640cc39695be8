import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import type { ObjectStore } from '../../src/core/ports.ts'
import { s3Store } from '../../src/journal/s3-store.ts'
import { stateStoreContract } from '../contract/state-store.contract.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { never, noWait } from '../support/real-time.ts'

stateStoreContract('bucket in memory', async () => {
  const objects = memoryObjectStore()
  return { open: () => s3Store(objects, 'launches', noWait) }
})

const lost = () => new LaunchError('UNREACHABLE', 's3 PutObject: ECONNRESET')

/** The bucket, where each put first does what `trouble` says: it may fail before or after the write. */
function troubled(
  objects: ObjectStore,
  trouble: (call: number, put: () => Promise<unknown>) => Promise<void>,
): ObjectStore {
  let calls = 0
  return {
    ...objects,
    put: async (...args) => {
      await trouble((calls += 1), () => objects.put(...args))
      return objects.put(...args)
    },
  }
}

test('a create whose answer was lost is its own when it is read back', async () => {
  const objects = troubled(memoryObjectStore(), async (call, put) => {
    if (call > 1) return
    await put()
    throw lost()
  })
  const state = s3Store(objects, '', noWait)
  expect(await state.create('events/00000001.json', '{"id":"mine"}', never)).toBe('created')
})

test('a create that was lost to another writer is not taken for its own', async () => {
  const bucket = memoryObjectStore()
  const rival = s3Store(bucket, '', noWait)
  const objects = troubled(bucket, async (call) => {
    if (call > 1) return
    await rival.create('events/00000001.json', '{"id":"theirs"}', never)
    throw lost()
  })
  expect(await s3Store(objects, '', noWait).create('events/00000001.json', '{"id":"mine"}', never)).toBe('exists')
})

test('a swap whose answer was lost gives the version it wrote', async () => {
  const bucket = memoryObjectStore()
  const state = s3Store(bucket, '', noWait)
  const first = await state.swap('active.json', 'a', null, never)
  const objects = troubled(bucket, async (call, put) => {
    if (call > 1) return
    await put()
    throw lost()
  })
  const swapped = await s3Store(objects, '', noWait).swap(
    'active.json',
    'b',
    first.status === 'written' ? first.version : null,
    never,
  )
  expect(swapped).toEqual({ status: 'written', version: (await state.get('active.json', never))?.version })
})

test('a bucket that stays away is an error, not an answer', async () => {
  let calls = 0
  const objects = troubled(memoryObjectStore(), async () => {
    calls += 1
    throw lost()
  })
  await expect(s3Store(objects, '', noWait).create('x', 'y', never)).rejects.toMatchObject({ code: 'UNREACHABLE' })
  expect(calls).toBe(5)
})
