import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { sha256 } from '../../src/core/hash.ts'
import { keys, type ReleaseFile } from '../../src/core/release.ts'
import { eachFile } from '../../src/steps/each-file.ts'
import { putOnce, readCurrent, readManifest, writeCurrent } from '../../src/steps/releases.ts'
import { fill } from '../support/launch-world.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { never } from '../support/real-time.ts'

const current = { schema: 1, release: 'r-1', previous: null, writeId: 'w1', restored: false } as const
const lost = () => new LaunchError('UNREACHABLE', 'ECONNRESET')
const create = { contentType: 'text/plain', cacheControl: '', expect: 'absent' } as const

test('the pointer moves only from where it was read, and says who was faster', async () => {
  const bucket = memoryObjectStore()
  await writeCurrent(bucket, current, null, never)
  const live = await readCurrent(bucket, never)
  await writeCurrent(bucket, { ...current, release: 'r-2', writeId: 'w2' }, live?.etag ?? null, never)
  await expect(
    writeCurrent(bucket, { ...current, release: 'r-3', writeId: 'w3' }, live?.etag ?? null, never),
  ).rejects.toMatchObject({ code: 'SUPERSEDED', message: expect.stringContaining('r-2') })
  // Our own write, sent again after its reply was lost.
  await writeCurrent(bucket, { ...current, release: 'r-2', writeId: 'w2' }, live?.etag ?? null, never)
  expect((await readCurrent(bucket, never))?.current.release).toBe('r-2')
})

test('a conditional write whose reply was lost is resolved by looking, one that never got through is sent again', async () => {
  for (const applied of [true, false]) {
    const bucket = memoryObjectStore()
    let calls = 0
    const put: typeof bucket.put = async (...args) => {
      calls += 1
      if (calls > 1) return bucket.put(...args)
      if (applied) await bucket.put(...args)
      throw lost()
    }
    expect(await putOnce({ ...bucket, put }, 'k', new Uint8Array([1]), create, never)).toBe('written')
    expect(calls).toBe(applied ? 1 : 2)
  }
})

test('a store that stays away is given up after a few tries; a conflict with other content is one', async () => {
  const bucket = memoryObjectStore()
  await expect(
    putOnce({ ...bucket, put: () => Promise.reject(lost()) }, 'k', new Uint8Array([1]), create, never),
  ).rejects.toMatchObject({ code: 'UNREACHABLE' })
  await fill(bucket, { k: 'other' })
  expect(await putOnce(bucket, 'k', new Uint8Array([1]), create, never)).toBe('conflict')
})

test('what launch did not write is refused by name', async () => {
  const bucket = memoryObjectStore()
  await expect(readManifest(bucket, 'r-9', never)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('r-9'),
  })
  for (const text of ['{"schema":2}', 'x', 'null']) {
    await fill(bucket, { [keys.current]: text })
    await expect(readCurrent(bucket, never)).rejects.toMatchObject({ code: 'REFUSED' })
  }
})

const files = Array.from({ length: 60 }, (_, i): ReleaseFile => ({
  path: `f${i}`,
  bytes: 1,
  sha256: sha256(''),
  class: 'mutable',
  contentType: '',
  cacheControl: '',
}))

test('files go a few at a time, every one of them', async () => {
  let [now, most, all] = [0, 0, 0]
  await eachFile(files, async () => {
    most = Math.max(most, (now += 1))
    await Promise.resolve()
    now -= 1
    all += 1
  })
  expect([most <= 16, all]).toEqual([true, 60])
})

test('when one file fails nothing is under way any more and nothing is begun after', async () => {
  let [begun, ended] = [0, 0]
  const work = async (file: ReleaseFile) => {
    begun += 1
    await Promise.resolve()
    if (file.path === 'f3') throw lost()
    await new Promise((resolve) => setImmediate(resolve))
    ended += 1
  }
  await expect(eachFile(files, work)).rejects.toMatchObject({ code: 'UNREACHABLE' })
  expect(ended).toBe(begun - 1)
  expect(begun).toBeLessThan(20)
})
