import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { unattended } from '../../src/core/unattended.ts'
import { launchWorld, tinyPlan, type LaunchWorld } from '../support/launch-world.ts'
import type { Tap } from '../support/tapped.ts'

const types = async (world: LaunchWorld) => (await world.events()).map(({ type }) => type)

test('a canary that is left held on purpose is journaled as left, once, until somebody drives it again', async () => {
  const world = await launchWorld(tinyPlan())
  world.traffic = false
  expect(await world.drive({ leaveHeld: true })).toMatchObject({ outcome: 'held' })
  expect((await types(world)).at(-1)).toBe('left-held')
  world.clock.advance(3_600_000)
  const alone = async () => unattended(world.plan, await world.state(), await world.events(), world.clock.now())
  expect(await alone()).toBeNull()

  world.traffic = true
  const killed: Tap = async (call, go) => {
    if (call === 'flag/production.put') throw new Error('killed')
    return go()
  }
  await expect(world.drive({ resume: true, tap: killed })).rejects.toThrow('killed')
  world.clock.advance(3_600_000)
  expect(await alone()).toMatchObject({ percent: 10, overdue: true })
})

test('a journal that cannot be told of it does not change how the run ends', async () => {
  const world = await launchWorld(tinyPlan())
  world.traffic = false
  const tap: Tap = async (call, go) => {
    const stage = (await world.state().catch(() => null))?.stages['rollout/canary']?.at(-1)
    if (call === 'journal.create' && stage?.status === 'held' && world.clock.now() >= stage.until)
      throw new LaunchError('UNREACHABLE', 'the state is away')
    return go()
  }
  const end = await world.drive({ leaveHeld: true, tap })
  expect(end.outcome).toBe('held')
  expect(await types(world)).not.toContain('left-held')
})
