import { expect, test } from 'vitest'
import type { ObjectStore } from '../../src/core/ports.ts'
import { keys, type Current } from '../../src/core/release.ts'
import { readCurrent, writeCurrent } from '../../src/steps/releases.ts'
import { launchWorld, served, tinyPlan } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { perform } from '../support/step-world.ts'

const rollout = 'rollout/deploy'
const plan = tinyPlan()

test('what is served already is looked at again, and nothing is written', async () => {
  const world = await launchWorld(plan)
  await perform(world, rollout)
  const bucket = world.production
  const refused = async () => Promise.reject(new Error('written'))
  const objects: ObjectStore = { ...bucket, put: refused, copy: refused, remove: refused }
  const { output } = await perform(world, rollout, { ports: { objects: () => objects } })
  expect(output.deployed).toMatchObject({ uploaded: 0, unchanged: 3, verified: 3 })
})

test('after a rollback to it a release is the deployed one again, though no file differs', async () => {
  const world = await launchWorld(plan)
  await perform(world, rollout)
  const bucket = world.production
  const live = await readCurrent(bucket, never)
  await writeCurrent(bucket, { ...current(live), restored: true }, live?.etag ?? null, never)
  await perform(world, rollout)
  expect(await readCurrent(bucket, never)).toMatchObject({ current: { restored: false } })
})

test('what is served is asked for while the files are hashed', async () => {
  const world = await launchWorld(plan)
  await perform(world, rollout)
  const bucket = world.production
  const asked = new Set<string>()
  let all = () => {}
  const done = new Promise<void>((resolve) => (all = resolve))
  const ask = (what: string) => {
    asked.add(what)
    if (['list', keys.current, keys.manifest(release)].every((one) => asked.has(one))) all()
  }
  const { release } = current(await readCurrent(bucket, never))
  const objects: ObjectStore = {
    ...bucket,
    get: (key, signal) => (ask(key), bucket.get(key, signal)),
    list: (prefix, signal) => (ask('list'), bucket.list(prefix, signal)),
  }
  // Hashing that lasts until all three were asked for: for ever, if they waited for it.
  const files = { ...world.files, tree: async (folder: string) => (await done, world.files.tree(folder)) }
  const { output } = await perform(world, rollout, { ports: { objects: () => objects, files } })
  expect(output.deployed).toMatchObject({ unchanged: 3 })
})

function current(live: Awaited<ReturnType<typeof readCurrent>>): Current {
  if (!live) throw new Error('nothing was deployed')
  return live.current
}

test('a new file that meets a write under way which comes to nothing keeps the deploy from going live; the next one sends it', async () => {
  const world = await launchWorld(plan)
  let underWay = true
  const objects = (): ObjectStore => ({
    ...world.production,
    put: async (key, body, options, signal) =>
      key === 'assets/new.js' && underWay ? { status: 'conflict' } : world.production.put(key, body, options, signal),
  })
  await expect(perform(world, rollout, { ports: { objects } })).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: 's3://tiny/assets/new.js was not written: another write of it was under way, and it is not there',
  })
  expect(await served(world.production)).toMatchObject({ 'index.html': '<html>old</html>' })
  underWay = false
  await perform(world, rollout, { ports: { objects } })
  expect(await served(world.production)).toMatchObject({ 'index.html': '<html>new</html>', 'assets/new.js': 'new()' })
})
