import { expect, test } from 'vitest'
import type { ObjectStore } from '../../src/core/ports.ts'
import { keys } from '../../src/core/release.ts'
import { deployDiff } from '../../src/steps/deploy-diff.ts'
import { fill, launchWorld, tinyPlan, type LaunchWorld } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { perform } from '../support/step-world.ts'

const rollout = 'rollout/deploy'
const flagKey = 'flags/new-board.json'

async function diffOf(world: LaunchWorld) {
  const { build } = world.plan
  if (!build) throw new Error('the tiny plan has a build')
  const diff = await deployDiff(build, flagKey, { objects: world.production, files: world.files }, never)
  const paths = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path)
  return { ...diff, added: paths(diff.added), changed: paths(diff.changed), drifted: paths(diff.drifted) }
}

test('a site of other means would be adopted; after that every file is told apart', async () => {
  const world = await launchWorld(tinyPlan())
  await fill(world.production, { [flagKey]: '{}' })
  expect(await diffOf(world)).toMatchObject({
    live: null,
    added: ['assets/new.js', 'index.html', 'robots.txt'],
    adopted: ['assets/old.js', 'index.html', 'robots.txt'],
  })
  await perform(world, rollout)
  expect(await diffOf(world)).toMatchObject({ added: [], changed: [], drifted: [], unchanged: 3, adopted: [] })

  world.files.set('dist/index.html', '<html>newer</html>')
  world.files.set('dist/extra.txt', 'x')
  await fill(world.production, { 'robots.txt': 'by hand', 'of-others.bin': 'x' })
  const before = await world.production.list('', never)
  expect(await diffOf(world)).toMatchObject({
    added: ['extra.txt'],
    changed: ['index.html'],
    drifted: ['robots.txt'],
    unchanged: 1,
    foreign: ['of-others.bin'],
  })
  expect(await world.production.list('', never)).toEqual(before)
})

test('a file whose rule of serving changed is changed, and is served by the new rule after a deploy', async () => {
  const world = await launchWorld(tinyPlan())
  await perform(world, rollout)
  const { build } = world.plan
  if (!build) throw new Error('the tiny plan has a build')
  const plan = { ...world.plan, build: { ...build, immutable: [...build.immutable, 'robots.txt'] } }
  await perform(world, rollout, { plan })
  expect(await world.production.get('robots.txt', never)).toMatchObject({
    cacheControl: 'public, max-age=31536000, immutable',
  })
})

test('a deploy that is repeated sends nothing that is there as it should be', async () => {
  const world = await launchWorld(tinyPlan())
  const sent: string[] = []
  const bucket = world.production
  const objects: ObjectStore = {
    ...bucket,
    put: async (...args) => (sent.push(args[0]), bucket.put(...args)),
    copy: async () => Promise.reject(new Error('the process dies here')),
  }
  await expect(perform(world, rollout, { ports: { objects: () => objects } })).rejects.toThrow('dies')
  const first = sent.splice(0).filter((key) => key === 'assets/new.js' || key.includes('/r-'))
  expect(first).toContain('assets/new.js')
  await perform(world, rollout, { ports: { objects: () => ({ ...objects, copy: (...args) => bucket.copy(...args) }) } })
  // The manifest is written again: its release before may be another one by now.
  expect(sent.filter((key) => first.includes(key) && !key.endsWith('manifest.json'))).toEqual([])
  expect(sent).toContain(keys.current)
})
