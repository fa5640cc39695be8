import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { artifactHash, keys } from '../../src/core/release.ts'
import { deploy, flagKeyOf } from '../../src/steps/deploy.ts'
import type { ObjectStore } from '../../src/core/ports.ts'
import { readCurrent, writeManifest } from '../../src/steps/releases.ts'
import { restorePrevious } from '../../src/steps/restore.ts'
import { begun, latch } from '../support/core-launch.ts'
import { Killed, troubleAt, unlikeManifest, type Trouble } from '../support/kill-points.ts'
import { fill, launchWorld, served, tinyPlan, type LaunchWorld } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { built, perform } from '../support/step-world.ts'

const rollout = 'rollout/deploy'
const plan = tinyPlan()

test('serves exactly the built files, keeps the release before, and touches nothing that is no part of the site', async () => {
  const world = await launchWorld(plan)
  await fill(world.production, { 'flags/new-board.json': '{}' })
  const { output, summary } = await perform(world, rollout)
  expect(await served(world.production)).toEqual({
    'assets/new.js': 'new()',
    'assets/old.js': 'old()',
    'index.html': '<html>new</html>',
    'robots.txt': 'new',
  })
  expect(output.deployed).toMatchObject({
    environment: 'production',
    uploaded: 3,
    unchanged: 0,
    verified: 3,
    release: { previous: expect.stringMatching(/^zero-/) },
  })
  expect(summary).toContain('3 uploaded, 0 unchanged, 3 verified')
  expect(await world.production.get('flags/new-board.json', never)).not.toBeNull()
  expect(await world.production.get('index.html', never)).toMatchObject({
    contentType: 'text/html; charset=utf-8',
    cacheControl: expect.stringContaining('max-age=0'),
  })
  expect(flagKeyOf({ plan })).toBe('flags/new-board.json')
  expect(deploy.changes('staging', 'staging')).toBe('users')
})

test('uploads only what differs, HTML last of all and index.html after everything it names', async () => {
  const world = await launchWorld(plan)
  await perform(world, rollout)
  world.files.set('dist/index.html', '<html>newer</html>')
  world.files.set('dist/about.html', 'about')
  const calls: string[] = []
  const bucket = world.production
  const ports = {
    objects: () => ({
      ...bucket,
      copy: async (...args: Parameters<typeof bucket.copy>) => (calls.push(args[1]), bucket.copy(...args)),
    }),
  }
  const { output } = await perform(world, rollout, { ports })
  expect(output.deployed).toMatchObject({ uploaded: 2, unchanged: 2 })
  expect(calls).toEqual(['about.html', 'index.html'])
})

test('puts right what somebody changed by hand since the release before', async () => {
  const world = await launchWorld(plan)
  await perform(world, rollout)
  await fill(world.production, { 'robots.txt': 'by hand' })
  await world.production.remove(['assets/new.js'], never)
  world.files.set('dist/index.html', '<html>newer</html>')
  await perform(world, rollout)
  expect(await served(world.production)).toMatchObject({
    'robots.txt': 'new',
    'assets/new.js': 'new()',
    'index.html': '<html>newer</html>',
  })
})

test('files that are not the ones that were built and judged are not deployed', async () => {
  const world = await launchWorld(plan)
  const events = begun(await built(world)).events
  world.files.set('dist/index.html', 'tampered')
  await expect(perform(world, rollout, { events })).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' })
  await expect(perform(world, rollout, { events: begun().events })).rejects.toMatchObject({
    code: 'ARTIFACT_INVALID',
    message: 'nothing has been built in this launch',
  })
  expect(await served(world.production)).toMatchObject({ 'index.html': '<html>old</html>' })
})

test('an immutable file that is there with other content is never overwritten', async () => {
  const world = await launchWorld(plan)
  await fill(world.production, { 'assets/new.js': 'something else' })
  await expect(perform(world, rollout)).rejects.toMatchObject({
    code: 'ARTIFACT_INVALID',
    message: expect.stringContaining('assets/new.js exists with other content'),
  })
  expect(await served(world.production)).toMatchObject({
    'assets/new.js': 'something else',
    'index.html': '<html>old</html>',
  })
})

test('users that are served something else make the deploy broken, by name', async () => {
  const world = await launchWorld(plan)
  const real = world.ports().http
  const http: typeof real = {
    get: async (url, ...rest) =>
      url.endsWith('/robots.txt')
        ? { status: 200, headers: {}, body: new TextEncoder().encode('stale'), ms: 1 }
        : real.get(url, ...rest),
  }
  await expect(perform(world, rollout, { ports: { http } })).rejects.toMatchObject({
    code: 'DEPLOY_BROKEN',
    message: expect.stringContaining('1 of 3 files are not served as built: /robots.txt serves'),
  })
})

test('a refusal in the middle of replacing files counts as broken, one before does not', async () => {
  const world = await launchWorld(plan)
  const refuse = async () => Promise.reject(new LaunchError('STEP_FAILED', 'InvalidRequest'))
  const bucket = world.production
  await expect(
    perform(world, rollout, { ports: { objects: () => ({ ...bucket, copy: refuse }) } }),
  ).rejects.toMatchObject({ code: 'DEPLOY_BROKEN' })
})

test('an invalidation that fails is said, and does not break the deploy', async () => {
  const world = await launchWorld(plan)
  const asked: string[] = []
  const cdn = {
    invalidate: async (paths: readonly string[]) => (
      asked.push(...paths),
      { status: 'degraded', why: 'throttled' } as const
    ),
    invalidated: async () => true,
  }
  const { summary } = await perform(world, rollout, { ports: { cdn: () => cdn } })
  expect(summary).toContain('the invalidation failed (throttled)')
  expect(asked).toEqual(['/', '/index.html', '/robots.txt'])
})

test('with --wait a deploy is over when the invalidation is', async () => {
  const world = await launchWorld(plan)
  let asked = 0
  const cdn = {
    invalidate: async () => ({ status: 'started', id: 'I1' }) as const,
    invalidated: async () => {
      asked += 1
      if (asked === 1) throw new LaunchError('UNREACHABLE', 'cloudfront answers 503')
      return asked === 3
    },
  }
  const { summary } = await perform(world, rollout, { ports: { cdn: () => cdn, waitForInvalidation: true } })
  expect(summary).toContain('; I1 is done')
  expect(asked).toBe(3)
})

test('of two deploys at the same time one is told that the other changed the site', async () => {
  const world = await launchWorld(plan)
  const bucket = world.production
  const copy: typeof bucket.copy = async (...args) => {
    await bucket.copy(...args)
    await movePointer(bucket)
  }
  await expect(perform(world, rollout, { ports: { objects: () => ({ ...bucket, copy }) } })).rejects.toMatchObject({
    code: 'SUPERSEDED',
    message: expect.stringContaining('r-other'),
  })
  world.files.set('dist/index.html', '<html>newer</html>')
  const forgetful: typeof bucket.copy = async (...args) => {
    await bucket.copy(...args)
    await movePointer(bucket, 'another')
    await bucket.remove([keys.manifest('r-other')], never)
  }
  await expect(
    perform(world, rollout, { ports: { objects: () => ({ ...bucket, copy: forgetful }) } }),
  ).rejects.toMatchObject({
    code: 'DEPLOY_BROKEN',
    message: expect.stringMatching(/r-other.*could not be put back/),
  })
})

test.each([
  ['latched the flag', latchFlag, { code: 'LATCHED', outcome: 'superseded', message: /by on-call: errors/ }],
  [
    'moved the pointer',
    async ({ production }: LaunchWorld) => movePointer(production),
    { code: 'SUPERSEDED', outcome: 'superseded', message: /r-other/ },
  ],
] as const)(
  'a rollback that %s while files were uploaded stops the deploy before users see it',
  async (_how, roll, said) => {
    const world = await launchWorld(plan)
    const bucket = world.production
    let published = 0
    const objects: ObjectStore = {
      ...bucket,
      copy: async (...args) => (published++, bucket.copy(...args)),
      put: async (...args) => {
        const written = await bucket.put(...args)
        if (args[0] === 'assets/new.js') await roll(world)
        return written
      },
    }
    await expect(perform(world, rollout, { ports: { objects: () => objects } })).rejects.toMatchObject({
      ...said,
      message: expect.stringMatching(said.message),
    })
    expect(published).toBe(0)
    expect(await served(bucket)).toMatchObject({ 'index.html': '<html>old</html>', 'robots.txt': 'old' })
  },
)

test('a latch that the launch was told to go over does not stop its deploy', async () => {
  const world = await launchWorld(plan)
  await latchFlag(world)
  const events = begun(await built(world)).events.map((event) =>
    event.type === 'launch-opened' ? { ...event, acks: ['latch'] } : event,
  )
  await perform(world, rollout, { events })
  expect(await served(world.production)).toMatchObject({ 'index.html': '<html>new</html>' })
})

test('a deploy that lost to a full rollback while it published puts the restored files back', async () => {
  const world = await launchWorld(plan)
  await perform(world, rollout)
  const [first] = [await readCurrent(world.production, never)]
  world.files.set('dist/index.html', '<html>newer</html>')
  const bucket = world.production
  let restoring = false
  const objects: ObjectStore = {
    ...bucket,
    // The other machine's restore ends between the last check of this deploy and its HTML.
    copy: async (...args) => {
      if (!restoring) {
        restoring = true
        await latchFlag(world)
        const ports = { ...world.ports(), objects: bucket, cdn: null }
        const target = { to: first?.current.release ?? null, awayFrom: null }
        await restorePrevious('https://tiny.example', target, ports, never)
      }
      return bucket.copy(...args)
    },
  }
  await expect(perform(world, rollout, { ports: { objects: () => objects } })).rejects.toMatchObject({
    code: 'SUPERSEDED',
    message: expect.stringMatching(/rollback.*r-.*put back/),
  })
  expect(await served(bucket)).toMatchObject({ 'index.html': '<html>new</html>' })
  expect((await readCurrent(bucket, never))?.current).toMatchObject({ release: first?.current.release, restored: true })
})

async function latchFlag(world: LaunchWorld): Promise<void> {
  const reading = latch()
  if (reading.status === 'present') await world.ports().flag('production').forceOff(reading.flag, never)
}

async function movePointer(bucket: ObjectStore, writeId = 'other'): Promise<void> {
  const about = { id: 'r-other', version: '0', commit: 'c', previous: null, artifact: artifactHash([]), files: [] }
  await writeManifest(bucket, { schema: 1, ...about }, never)
  const other = { schema: 1, release: 'r-other', previous: null, writeId, restored: false }
  const body = new TextEncoder().encode(JSON.stringify(other))
  await bucket.put(keys.current, body, { contentType: '', cacheControl: '' }, never)
}

const bucketCalls = /^s3\/production\./
for (const [where, empty] of [
  ['over an older site', false],
  ['into an empty bucket', true],
] as const) {
  test.each<Trouble>(['killed after', 'fails before', 'reply lost after'])(
    `a deploy ${where} that meets "%s" at any call and is repeated leaves the bucket as its manifest says`,
    async (trouble) => {
      let points = 0
      for (let n = 1; ; n += 1) {
        const world = await launchWorld(plan)
        if (empty) await world.production.remove(Object.keys(await served(world.production)), never)
        const { tap, happened } = troubleAt(n, trouble, bucketCalls)
        const first = await perform(world, rollout, { tap }).catch((error: unknown) => error)
        if (happened() === null) break
        points += 1
        expect(first instanceof Killed || !(first instanceof Error) || errorCode(first)).toBeOneOf([
          true,
          'UNREACHABLE',
        ])
        const { output } = await perform(world, rollout)
        const at = `call ${n} (${happened()})`
        expect(await unlikeManifest(world.production), at).toEqual([])
        expect(await served(world.production), at).toMatchObject({
          'index.html': '<html>new</html>',
          'robots.txt': 'new',
          'assets/new.js': 'new()',
        })
        const { previous } = output.deployed?.release ?? {}
        expect(previous?.slice(0, 5), at).toBe(empty ? undefined : 'zero-')
      }
      expect(points).toBeGreaterThan(8)
    },
  )
}

function errorCode(error: Error): string | null {
  return error instanceof LaunchError ? error.code : null
}
