import { expect, test } from 'vitest'
import { launchWorld, tinyPlan, tinySheet, type LaunchWorld } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import type { Tap } from '../support/tapped.ts'

const once = (more = '') => tinyPlan(tinySheet.replace('idempotent: true', `idempotent: false${more}`))

/** Killed with the build's command on its way: nobody saw it end. */
async function killed(world: LaunchWorld): Promise<void> {
  const tap: Tap = async (call, go) => {
    if (call !== 'exec.run') return go()
    await go()
    throw new Error('killed')
  }
  await expect(world.drive({ tap })).rejects.toThrow('killed')
}

async function resolved(world: LaunchWorld, did: 'run' | 'not-run'): Promise<void> {
  const session = await world.session({ resume: true })
  const begun = session.state.steps['staging/build']
  if (begun?.status !== 'intended') throw new Error('not interrupted')
  const step = 'staging/build'
  await session.record({ type: 'step-resolved', step, attempt: begun.attempt, did, note: '' }, never, 'captain')
}

const builds = (world: LaunchWorld) => world.ran.filter(([command]) => command === 'make').length

test('a build that a person says ran to its end is taken up as it is, and not run again', async () => {
  const world = await launchWorld(once())
  await killed(world)
  expect(await world.drive({ resume: true })).toMatchObject({
    outcome: 'held',
    why: expect.stringMatching(/launch resolve/),
  })
  await resolved(world, 'run')
  expect(await world.drive({ resume: true })).toMatchObject({ outcome: 'succeeded' })
  expect(builds(world)).toBe(1)
  expect((await world.events()).find(({ type }) => type === 'step-resolved')).toMatchObject({
    actor: { name: 'captain' },
  })
})

test('one that did not run is run', async () => {
  const world = await launchWorld(once())
  await killed(world)
  await resolved(world, 'not-run')
  expect(await world.drive({ resume: true })).toMatchObject({ outcome: 'succeeded' })
  expect(builds(world)).toBe(2)
})

test.each([
  [0, 1],
  [1, 2],
])('a probe that exits %i leaves the build at %i runs, and nobody is asked', async (exitCode, runs) => {
  const world = await launchWorld(once(', probe: [published]'))
  const probing: Tap = async (call, go) => {
    const result = await go()
    const probed = call === 'exec.run' && world.ran.at(-1)?.[0] === 'published'
    return probed ? { ...result, exitCode } : result
  }
  expect(builds(world)).toBe(0)
  await killed(world)
  expect(await world.drive({ resume: true, tap: probing })).toMatchObject({ outcome: 'succeeded' })
  expect(builds(world)).toBe(runs)
  expect(world.ran.filter(([command]) => command === 'published')).toHaveLength(1)
})

test('a probe that does not answer in time is asked again, and the build is not run on a guess', async () => {
  const world = await launchWorld(once(', probe: [published]'))
  await killed(world)
  const silent: Tap = async (call, go) => {
    const result = await go()
    return call === 'exec.run' && world.ran.at(-1)?.[0] === 'published' ? { ...result, timedOut: true } : result
  }
  for (const n of [1, 2]) {
    const end = await world.drive({ resume: true, tap: silent })
    expect(end).toMatchObject({ outcome: 'held', why: expect.stringContaining('published did not say in time') })
    expect(world.ran.filter(([command]) => command === 'published')).toHaveLength(n)
  }
  expect(builds(world)).toBe(1)
})

test('a build that was not interrupted is not probed', async () => {
  const world = await launchWorld(once(', probe: [published]'))
  expect(await world.drive()).toMatchObject({ outcome: 'succeeded' })
  expect(world.ran.flat()).not.toContain('published')
})
