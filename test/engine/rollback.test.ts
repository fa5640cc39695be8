import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { rollBack, type RollbackPorts } from '../../src/engine/rollback.ts'
import { readCurrent, writeManifest } from '../../src/steps/releases.ts'
import { artifactHash, keys } from '../../src/core/release.ts'
import { launchWorld, served, type LaunchWorld } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { perform } from '../support/step-world.ts'

const request = {
  reason: 'errors',
  by: 'on-call',
  launch: null,
  flagKey: 'new-board',
  target: { to: null, awayFrom: null },
}

function portsOf(world: LaunchWorld, more: Partial<RollbackPorts> = {}): RollbackPorts {
  const { clock, random, wait, http, flag } = world.ports()
  const site = { url: 'https://tiny.example', objects: world.production, cdn: null, http }
  return { flag: flag('production'), clock, random, wait, site, ...more }
}

test('a deploy that ends while the files are restored does not win: the restore begins again', async () => {
  const world = await launchWorld()
  await perform(world, 'rollout/deploy')
  const bucket = world.production
  let raced = false
  const objects: typeof bucket = {
    ...bucket,
    put: async (...args) => {
      if (args[0] === keys.current && !raced) {
        raced = true
        const previous = (await readCurrent(bucket, never))?.current.previous ?? null
        const about = { id: 'r-late', version: '2', commit: 'c', previous, artifact: artifactHash([]), files: [] }
        await writeManifest(bucket, { schema: 1, ...about }, never)
        const late = { schema: 1, release: 'r-late', previous, writeId: 'late', restored: false }
        await bucket.put(
          args[0],
          new TextEncoder().encode(JSON.stringify(late)),
          { contentType: '', cacheControl: '' },
          never,
        )
      }
      return bucket.put(...args)
    },
  }
  const { http } = world.ports()
  const site = { url: 'https://tiny.example', objects, cdn: null, http }
  const { result } = await rollBack({ ...request, kind: 'full' }, portsOf(world, { site }), never)

  expect(raced).toBe(true)
  expect(result).toMatchObject({ outcome: 'restored', verified: true })
  expect(await served(bucket)).toMatchObject({ 'index.html': '<html>old</html>' })
  expect((await readCurrent(bucket, never))?.current).toMatchObject({
    restored: true,
    release: expect.stringMatching(/^zero-/),
  })
})

test('the time to the edge is the world’s where that goes faster, and never less than the time to the write', async () => {
  const world = await launchWorld()
  const { clock, ...ports } = portsOf(world)
  let virtual = clock.now()
  let real = 0
  const observe = (signal: AbortSignal) => ports.flag.observe(signal)
  const flag: typeof ports.flag = {
    ...ports.flag,
    forceOff: async (...args) => ((real += 40), ports.flag.forceOff(...args)),
    // Cached copies live on for a second look; in a sandbox the wait for it takes no real time at all.
    observe: async (signal) =>
      virtual > clock.now() + 400 ? observe(signal) : { reading: { status: 'absent' }, headers: {} },
  }
  const jumping = {
    now: () => virtual,
    monotonicMs: () => real,
    sleepUntil: async (at: typeof virtual) => void (virtual = at),
  }
  const inSandbox = await rollBack({ ...request, kind: 'emergency' }, { ...ports, flag, clock: jumping }, never)
  expect(inSandbox.result).toMatchObject({ ackedMs: 40, edgeMs: 500 })

  const still = { now: () => clock.now(), monotonicMs: () => real, sleepUntil: async () => {} }
  const atOnce = await rollBack(
    { ...request, kind: 'emergency' },
    { ...ports, flag: { ...flag, observe }, clock: still },
    never,
  )
  expect(atOnce.result).toMatchObject({ ackedMs: 40, edgeMs: 40 })
})

/** A full rollback of the release that is deployed, where this part of the site behaves like that. */
async function restoring(
  changed: (world: LaunchWorld) => Partial<NonNullable<RollbackPorts['site']>>,
  more: (world: LaunchWorld) => Partial<RollbackPorts> = () => ({}),
  signal = never,
) {
  const world = await launchWorld()
  await perform(world, 'rollout/deploy')
  const ports = portsOf(world, more(world))
  if (!ports.site) throw new Error('no site')
  const site = { ...ports.site, ...changed(world) }
  const { result } = await rollBack({ ...request, kind: 'full' }, { ...ports, site }, signal)
  expect(await world.flag()).toMatchObject({ percent: 0, latched: true })
  return result
}

test('files that are back but not invalidated are restored with a remark: old copies live on for a while', async () => {
  const cdn = {
    invalidate: async () => ({ status: 'degraded', why: 'throttled' }) as const,
    invalidated: async () => true,
  }
  expect(await restoring(() => ({ cdn }))).toMatchObject({
    outcome: 'degraded',
    verified: true,
    detail: expect.stringMatching(/^r-\w+ → zero-\w+, \d+ files verified; the invalidation failed: throttled$/),
  })
})

test('files that were put back but are not what users get are a failure, and one of them is named', async () => {
  const broken = (world: LaunchWorld) => {
    const http = world.ports().http
    const get: typeof http.get = async (url, ...more) =>
      url.endsWith('/robots.txt') ? { status: 503, headers: {}, body: new Uint8Array(), ms: 1 } : http.get(url, ...more)
    return { http: { get } }
  }
  expect(await restoring(broken)).toMatchObject({
    outcome: 'failed',
    verified: false,
    detail: expect.stringMatching(/^zero-\w+ was put back, but 1 files are not served: \/robots\.txt .*503/),
  })
})

test('a bucket that is away is asked five times, a second apart; then the files are not restored, and the flag is off', async () => {
  const waits: number[] = []
  let tries = 0
  const away = (world: LaunchWorld) => ({
    objects: {
      ...world.production,
      get: async () => {
        tries += 1
        throw new LaunchError('UNREACHABLE', 's3: ECONNREFUSED')
      },
    },
  })
  // The flag is read back after a pause, too, before the bucket is asked.
  const wait = async (ms: number) => void (tries > 0 && waits.push(ms))
  expect(await restoring(away, () => ({ wait }))).toMatchObject({
    outcome: 'failed',
    verified: false,
    detail: 'the flag is off, the files were not restored: s3: ECONNREFUSED',
  })
  expect([tries, waits]).toEqual([5, [1000, 1000, 1000, 1000]])
})

test('a bucket that says no is not asked again', async () => {
  let tries = 0
  const denied = (world: LaunchWorld) => ({
    objects: {
      ...world.production,
      list: async () => {
        tries += 1
        throw new LaunchError('NOT_FOUND', 's3: there is no bucket')
      },
    },
  })
  expect(await restoring(denied)).toMatchObject({ outcome: 'failed', detail: expect.stringContaining('no bucket') })
  expect(tries).toBe(1)
})

test('Ctrl-C while the files are put back says that the flag is off and how to go on', async () => {
  const interrupt = new AbortController()
  const interrupted = (world: LaunchWorld) => ({
    objects: {
      ...world.production,
      list: async () => {
        interrupt.abort()
        throw new Error('aborted')
      },
    },
  })
  expect(await restoring(interrupted, undefined, interrupt.signal)).toMatchObject({
    outcome: 'failed',
    detail: 'the flag is off, the files were not restored: interrupted; launch rollback full goes on',
  })
})

test('where nothing was deployed before there is nothing to restore, and it is said', async () => {
  const world = await launchWorld()
  const { result } = await rollBack({ ...request, kind: 'full' }, portsOf(world), never)
  expect(result).toMatchObject({ outcome: 'nothing', detail: 'no earlier release to restore' })
})

test('a latch that nobody saw at the edge is not called verified, however the edge fails', async () => {
  for (const observe of [
    async () => ({ reading: { status: 'absent' }, headers: {} }) as const,
    async () => Promise.reject(new LaunchError('UNREACHABLE', 'edge: ECONNREFUSED')),
  ]) {
    const world = await launchWorld()
    const { flag, ...ports } = portsOf(world)
    const from = world.clock.now()
    const { result } = await rollBack(
      { ...request, kind: 'emergency' },
      { ...ports, flag: { ...flag, observe } },
      never,
    )
    expect(result).toMatchObject({
      outcome: 'degraded',
      verified: false,
      edgeMs: null,
      detail: 'flag off, latched; not yet seen at the edge',
    })
    // Twice what copies live for, and ten seconds.
    expect(world.clock.now() - from).toBe(flag.propagationMs * 2 + 10_000)
  }
})

test('whoever rolls back is told as soon as the flag is off, before the edge is asked', async () => {
  const world = await launchWorld()
  const { flag, ...ports } = portsOf(world)
  const order: string[] = []
  const observe: typeof flag.observe = async (signal) => (order.push('edge'), flag.observe(signal))
  const onLatched = () => void order.push('off')
  await rollBack({ ...request, kind: 'emergency', onLatched }, { ...ports, flag: { ...flag, observe } }, never)
  expect(order).toEqual(['off', 'edge'])
})
