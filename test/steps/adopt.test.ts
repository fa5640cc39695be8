import { expect, test } from 'vitest'
import { adopt } from '../../src/steps/adopt.ts'
import type { ObjectStore } from '../../src/core/ports.ts'
import { listKeys } from '../../src/steps/compare.ts'
import { driftedFiles } from '../../src/steps/drift.ts'
import { readLive, readManifest } from '../../src/steps/releases.ts'
import { fill } from '../support/launch-world.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { never } from '../support/real-time.ts'

const random = { id: () => 'id' }
const adopted = (bucket: ObjectStore) => adopt(bucket, ['assets/**'], 'flags/f.json', random, never)

test('a site that was there before becomes release zero, as it is served, without the flag', async () => {
  const bucket = memoryObjectStore()
  await fill(bucket, { 'index.html': 'old', 'assets/a.js': 'a', 'flags/f.json': '{}' })
  const live = await adopted(bucket)
  expect(live?.current).toMatchObject({
    release: expect.stringMatching(/^zero-[0-9a-f]{12}$/),
    previous: null,
    restored: false,
  })
  const manifest = await readManifest(bucket, live?.current.release ?? '', never)
  expect(
    manifest.files.map(({ path, class: c, contentType, cacheControl }) => [path, c, contentType, cacheControl]),
  ).toEqual([
    ['assets/a.js', 'immutable', 'text/plain', 'no-store'],
    ['index.html', 'html', 'text/plain', 'no-store'],
  ])
  // Adopted once; from then on it is simply there.
  expect(await readLive(bucket, never)).toEqual(live)
  expect(driftedFiles(manifest.files, [], manifest, await listKeys(bucket, never))).toEqual([])
  await fill(bucket, { 'index.html': 'by hand' })
  const drifted = driftedFiles(manifest.files, [], manifest, await listKeys(bucket, never))
  expect(drifted.map(({ path }) => path)).toEqual(['index.html'])
})

test('an empty bucket has no release, and half of a first deploy is none either', async () => {
  const bucket = memoryObjectStore()
  expect(await adopted(bucket)).toBeNull()
  await fill(bucket, { '.launch/releases/r-1/manifest.json': '{}', 'assets/a.js': 'a' })
  expect(await adopted(bucket)).toBeNull()
})

test('of a large site no more is in memory than may be, and every file of it is kept', async () => {
  const bucket = memoryObjectStore()
  for (let n = 0; n < 12; n += 1) await fill(bucket, { [`part-${n}.bin`]: `${n}` })
  let [underWay, most] = [0, 0]
  const objects: ObjectStore = {
    ...bucket,
    list: async (...args) => (await bucket.list(...args)).map((one) => ({ ...one, bytes: 8 * 2 ** 20 })),
    get: async (...args) => {
      underWay += 1
      most = Math.max(most, underWay)
      await new Promise((resolve) => setImmediate(resolve))
      underWay -= 1
      return bucket.get(...args)
    },
  }
  const live = await adopted(objects)
  expect(most).toBe(4)
  const kept = (await bucket.list(`.launch/releases/${live?.current.release}/files/`, never)).length
  expect([live?.manifest.files.length, kept]).toEqual([12, 12])
})

test('a site that changes while it is adopted is adopted by whoever asks again', async () => {
  const bucket = memoryObjectStore()
  await fill(bucket, { 'index.html': 'old' })
  let asked = 0
  const objects: ObjectStore = {
    ...bucket,
    get: async (...args) => {
      asked += 1
      if (asked === 2) await fill(bucket, { 'index.html': 'newer' })
      return bucket.get(...args)
    },
  }
  await expect(adopted(objects)).rejects.toMatchObject({
    code: 'SUPERSEDED',
    message: 'somebody changed /index.html of s3://memory while it was adopted',
  })
  expect((await adopted(bucket))?.manifest.files).toMatchObject([{ path: 'index.html', bytes: 5 }])
})
