import { appendFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { resetWorld } from '../../src/sandbox/world-config.ts'
import { SandboxWorld, type NewObject } from '../../src/sandbox/world.ts'
import { tempDir } from '../support/temp-dir.ts'
import { config, flagDocument, startAt } from './support/sandbox.ts'

const flagKey = 'flags/status-board-v2.json'

function object(text: string, cacheControl = 'max-age=1,s-maxage=5'): NewObject {
  return {
    body: Buffer.from(text),
    etag: `e-${text.length}`,
    headers: { 'cache-control': cacheControl },
    metadata: {},
    checksums: {},
  }
}

function openWorld(dir: string) {
  const stored = resetWorld(dir, config)
  const time = { at: startAt as number }
  const now = () => epochMs(time.at)
  const worlds: SandboxWorld[] = []
  const open = () => {
    const world = new SandboxWorld(dir, stored, now)
    worlds.push(world)
    return world
  }
  return { open, time, [Symbol.dispose]: () => worlds.forEach((world) => world.close()) }
}

test('users see a flag change once the edge has let go of what it held', async () => {
  await using dir = await tempDir()
  using scene = openWorld(dir.path)
  const world = scene.open()
  expect(world.exposure('production')).toEqual([])
  world.put('sb-prod', flagKey, object(flagDocument(10)))
  scene.time.at += 60_000
  world.put('sb-prod', flagKey, object(flagDocument(30)))
  scene.time.at += 60_000
  world.put('sb-prod', flagKey, object(flagDocument(30, 'w1')))
  scene.time.at += 60_000
  world.delete('sb-prod', flagKey)
  // The first write ends an absence, which the edge holds for 10 s; the others end a document of 5 s.
  expect(world.exposure('production')).toEqual([
    { at: startAt + 10_000, share: 0.1, stage: 0.1 },
    { at: startAt + 65_000, share: 0.3, stage: 0.3 },
    { at: startAt + 125_000, share: 0, stage: 0 },
    { at: startAt + 185_000, share: 0, stage: 0 },
  ])
  expect(world.exposure('staging')).toEqual([])
})

test('release zero is older than the world; releases are the pages put since', async () => {
  await using dir = await tempDir()
  using scene = openWorld(dir.path)
  const world = scene.open()
  expect(world.releases('production')).toEqual([])
  expect(world.buckets.get('sb-prod')?.object('index.html')?.at).toBeLessThan(startAt)
  scene.time.at += 1000
  world.put('sb-prod', 'index.html', object('<p>new</p>'))
  expect(world.releases('production')).toEqual([{ at: startAt + 1000, etag: 'e-10' }])
})

test('a world opened again is the same world, also after a line was torn', async () => {
  await using dir = await tempDir()
  using scene = openWorld(dir.path)
  const before = scene.open()
  before.put('sb-prod', 'k', object('body'))
  before.put('sb-prod', 'gone', object('x'))
  before.delete('sb-prod', 'gone')
  before.createBucket('made', '222222222222', 'us-east-1')
  before.append('metric', { value: 1 })
  before.invalidate({ id: 'I1', distribution: 'E2P', reference: 'r', paths: ['/'] })
  await appendFile(dir.file('log.jsonl'), '{"type":"record","kind":"met')
  const after = scene.open()
  after.append('metric', { value: 2 })
  const again = scene.open()
  const kept = again.buckets.get('sb-prod')?.object('k')
  expect(kept && Buffer.from(again.body(kept)).toString()).toBe('body')
  expect(again.buckets.get('sb-prod')?.keys).toEqual([
    'assets/app-old123.js',
    'favicon.svg',
    'index.html',
    'k',
    'robots.txt',
  ])
  expect(again.buckets.get('made')?.account).toBe('222222222222')
  expect(again.records('metric')).toEqual([{ value: 1 }, { value: 2 }])
  expect(again.invalidations('E2P').map(({ id }) => id)).toEqual(['I1'])
})
