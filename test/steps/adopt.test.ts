import { expect, test } from 'vitest'
import { currentOrAdopted } from '../../src/steps/adopt.ts'
import { listKeys } from '../../src/steps/compare.ts'
import { driftedFiles } from '../../src/steps/drift.ts'
import { readManifest } from '../../src/steps/releases.ts'
import { fill } from '../support/launch-world.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { never } from '../support/real-time.ts'

const random = { id: () => 'id' }
const adopt = (bucket: ReturnType<typeof memoryObjectStore>) =>
  currentOrAdopted(bucket, ['assets/**'], 'flags/f.json', random, never)

test('a site that was there before becomes release zero, as it is served, without the flag', async () => {
  const bucket = memoryObjectStore()
  await fill(bucket, { 'index.html': 'old', 'assets/a.js': 'a', 'flags/f.json': '{}' })
  const live = await adopt(bucket)
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
  // Adopted once; asked again it is simply there.
  expect(await adopt(bucket)).toEqual(live)
  expect(driftedFiles(manifest.files, [], manifest, await listKeys(bucket, never))).toEqual([])
  await fill(bucket, { 'index.html': 'by hand' })
  const drifted = driftedFiles(manifest.files, [], manifest, await listKeys(bucket, never))
  expect(drifted.map(({ path }) => path)).toEqual(['index.html'])
})

test('an empty bucket has no release, and half of a first deploy is none either', async () => {
  const bucket = memoryObjectStore()
  expect(await adopt(bucket)).toBeNull()
  await fill(bucket, { '.launch/releases/r-1/manifest.json': '{}', 'assets/a.js': 'a' })
  expect(await adopt(bucket)).toBeNull()
})
