import { expect, test } from 'vitest'
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
