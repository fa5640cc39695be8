import { expect, test } from 'vitest'
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
