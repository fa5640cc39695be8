import { expect, test } from 'vitest'
import { keys } from '../../src/core/release.ts'
import { knownReleases } from '../../src/steps/known-releases.ts'
import { fill, launchWorld, tinyPlan } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { perform } from '../support/step-world.ts'

test('every release that is recorded is found, and one that cannot be read is named instead of left out', async () => {
  const world = await launchWorld(tinyPlan())
  await perform(world, 'rollout/deploy')
  await fill(world.production, { [keys.manifest('r-broken')]: 'not json' })
  const { current, releases, unreadable } = await knownReleases(world.production, never)
  const ids = releases.map(({ manifest }) => manifest.id)
  expect(ids).toContain(current?.release)
  expect(ids).toContain(current?.previous)
  expect(unreadable).toEqual([
    { release: 'r-broken', why: expect.stringContaining('was not written by this version of launch') },
  ])
})

test('an empty bucket has none', async () => {
  const world = await launchWorld(tinyPlan())
  expect(await knownReleases(world.production, never)).toMatchObject({ current: null, releases: [], unreadable: [] })
})
