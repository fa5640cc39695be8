import { expect, test } from 'vitest'
import type { Cdn } from '../../src/core/ports.ts'
import { keys } from '../../src/core/release.ts'
import { readCurrent } from '../../src/steps/releases.ts'
import { restorePrevious, verifyCurrent } from '../../src/steps/restore.ts'
import { launchWorld, served, tinyPlan, type LaunchWorld } from '../support/launch-world.ts'
import { troubleAt, unlikeManifest, type Trouble } from '../support/kill-points.ts'
import { never } from '../support/real-time.ts'
import { perform } from '../support/step-world.ts'
import type { Tap } from '../support/tapped.ts'

const plan = tinyPlan()
const url = 'https://tiny.example'
const whatever = { to: null, awayFrom: null }
async function deployedWorld(): Promise<{ readonly world: LaunchWorld; readonly release: string }> {
  const world = await launchWorld(plan)
  const { output } = await perform(world, 'rollout/deploy')
  return { world, release: output.deployed?.release.id ?? '' }
}
function portsOf(world: LaunchWorld, tap?: Tap) {
  const { http, random, objects } = world.ports(tap)
  return { http, random, clock: world.clock, objects: objects('production'), cdn: null }
}
const old = { 'index.html': '<html>old</html>', 'robots.txt': 'old', 'assets/old.js': 'old()' }

test('puts the release before back from its own copies and sees users served it', async () => {
  const { world, release } = await deployedWorld()
  const restored = await restorePrevious(url, { to: null, awayFrom: release }, portsOf(world), never)
  expect(restored).toMatchObject({
    from: release,
    release: expect.stringMatching(/^zero-/),
    degraded: null,
    served: { verified: 3, wrong: [] },
  })
  expect(await served(world.production)).toMatchObject(old)
  expect(await verifyCurrent(url, portsOf(world), never)).toMatchObject({
    release: restored?.release,
    files: 3,
    served: { wrong: [] },
  })
})

test('a second rollback by itself goes no further back, and does no harm', async () => {
  const { world, release } = await deployedWorld()
  await restorePrevious(url, whatever, portsOf(world), never)
  await restorePrevious(url, { to: null, awayFrom: release }, portsOf(world), never)
  expect(await served(world.production)).toMatchObject(old)
  await restorePrevious(url, whatever, portsOf(world), never)
  expect(await served(world.production)).toMatchObject(old)
})

test('a second rollback to the same release purges the edge again', async () => {
  const { world, release } = await deployedWorld()
  const purges: { readonly reference: string; readonly paths: readonly string[] }[] = []
  const cdn: Cdn = {
    invalidate: async (paths, reference) => {
      purges.push({ reference, paths })
      return { status: 'started', id: reference }
    },
    invalidated: async () => true,
  }
  for (let n = 0; n < 2; n += 1)
    await restorePrevious(url, { to: null, awayFrom: release }, { ...portsOf(world), cdn }, never)
  // CloudFront does nothing for a reference it has seen.
  expect(new Set(purges.map(({ reference }) => reference)).size).toBe(2)
  expect(purges[1]?.paths).toEqual(purges[0]?.paths)
  expect(purges[0]?.paths).toEqual(expect.arrayContaining(['/', '/index.html', '/robots.txt']))
})

test('of a large release only what was put back is fetched, and four of the others', async () => {
  const world = await launchWorld(plan)
  for (let n = 0; n < 300; n += 1) world.files.set(`dist/assets/part-${n}.js`, `${n}`)
  await perform(world, 'rollout/deploy')
  world.files.set('dist/index.html', '<html>bad</html>')
  await perform(world, 'rollout/deploy')
  const fetched: string[] = []
  const { http, ...ports } = portsOf(world)
  const get: typeof http.get = (address, ...rest) => (
    fetched.push(new URL(address).pathname),
    http.get(address, ...rest)
  )
  const restored = await restorePrevious(url, whatever, { ...ports, http: { get } }, never)
  expect(restored?.served).toEqual({ verified: 5, wrong: [] })
  expect(fetched).toContain('/index.html')
  expect(new Set(fetched).size).toBe(5)
})

test('a release can be named; one that is not there or not whole is refused before anything is changed', async () => {
  const { world, release } = await deployedWorld()
  await restorePrevious(url, whatever, portsOf(world), never)
  await restorePrevious(url, { to: release, awayFrom: null }, portsOf(world), never)
  expect(await served(world.production)).toMatchObject({ 'index.html': '<html>new</html>' })
  await expect(restorePrevious(url, { to: 'r-9', awayFrom: null }, portsOf(world), never)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  })
  await world.production.remove(['assets/old.js'], never)
  await expect(restorePrevious(url, { to: null, awayFrom: release }, portsOf(world), never)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringContaining('assets/old.js'),
  })
  expect(await served(world.production)).toMatchObject({ 'index.html': '<html>new</html>' })
})

test('files the bucket has lost are put back from another release, from what is served, or from the build output of this machine', async () => {
  const { world, release } = await deployedWorld()
  const zero = await restorePrevious(url, { to: null, awayFrom: release }, portsOf(world), never)
  const [kept, asset] = [keys.kept(release, 'robots.txt'), 'assets/new.js']
  const bytes = await world.production.get(kept, never)
  await world.production.remove([kept, asset], never)
  await world.production.put(
    'robots.txt',
    new TextEncoder().encode('unlike'),
    { contentType: 'text/plain', cacheControl: 'no-store' },
    never,
  )
  const local = async (path: string) => world.files.read(`dist/${path}`)
  await expect(restorePrevious(url, { to: release, awayFrom: null }, portsOf(world), never)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: expect.stringMatching(/2 of its files are gone: assets\/new\.js, robots\.txt$/),
  })
  expect((await readCurrent(world.production, never))?.current.release).toBe(zero?.release)
  await restorePrevious(url, { to: release, awayFrom: null }, { ...portsOf(world), local }, never)
  expect((await world.production.get(kept, never))?.body).toEqual(bytes?.body)
  expect(await served(world.production)).toMatchObject({ 'index.html': '<html>new</html>' })
  // What this machine has now is another build: only the bucket's own bytes are believed.
  await world.production.remove([kept], never)
  world.files.set('dist/robots.txt', 'of another build')
  await restorePrevious(url, { to: release, awayFrom: null }, { ...portsOf(world), local }, never)
  expect((await world.production.get(kept, never))?.body).toEqual(bytes?.body)
})

test('with --wait the end of the invalidation is waited for, and one that does not end is said', async () => {
  const { world, release } = await deployedWorld()
  let asked = 0
  const cdn = (doneAt: number) => ({
    invalidate: async () => ({ status: 'started', id: 'I1' }) as const,
    invalidated: async () => (asked += 1) >= doneAt,
  })
  const wait = async (doneAt: number) =>
    restorePrevious(
      url,
      { to: release, awayFrom: null },
      { ...portsOf(world), cdn: cdn(doneAt), waitForInvalidation: true },
      never,
    )
  expect(await wait(3)).toMatchObject({ degraded: null })
  expect(asked).toBe(3)
  expect(await wait(Number.POSITIVE_INFINITY)).toMatchObject({ degraded: 'I1 is not done after 10 minutes' })
})

test('a deploy that broke off before its pointer moved is undone by putting the current release back', async () => {
  const { world, release } = await deployedWorld()
  await restorePrevious(url, whatever, portsOf(world), never)
  await world.production.copy('assets/new.js', 'index.html', { contentType: '', cacheControl: '' }, never)
  expect(await restorePrevious(url, { to: null, awayFrom: release }, portsOf(world), never)).toMatchObject({
    release: expect.stringMatching(/^zero-/),
  })
  expect(await served(world.production)).toMatchObject(old)
})

test('where nothing was before there is nothing to restore', async () => {
  const world = await launchWorld(plan)
  expect(await restorePrevious(url, whatever, portsOf(world), never)).toBeNull()
  expect(await verifyCurrent(url, portsOf(world), never)).toBeNull()
})

test.each<Trouble>(['killed after', 'fails before', 'reply lost after'])(
  'a restore that meets "%s" at any call and is repeated serves the old release whole',
  async (trouble) => {
    for (let n = 1; ; n += 1) {
      const { world, release } = await deployedWorld()
      const { tap, happened } = troubleAt(n, trouble, /^s3\//)
      const target = { to: null, awayFrom: release }
      await restorePrevious(url, target, portsOf(world, tap), never).catch(() => null)
      if (happened() === null) break
      await restorePrevious(url, target, portsOf(world), never)
      expect(await served(world.production), `call ${n} ${happened()}`).toMatchObject(old)
      expect(await unlikeManifest(world.production)).toEqual([])
    }
  },
)
