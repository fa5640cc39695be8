import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { unattended } from '../../src/core/unattended.ts'
import { rememberLeft } from '../../src/engine/left-held.ts'
import type { RunEnd, Session } from '../../src/engine/session.ts'
import { launchWorld, tinyPlan, type LaunchWorld } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { isDeployed, isShown, stoppedAt } from '../support/stopped-launch.ts'
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

const held: RunEnd = { outcome: 'held', why: 'nobody decided' }

/** What is journaled of an end, by a process that took over when users had something of the launch, or nothing yet. */
async function left(end: RunEnd, state: Partial<Session['state']> = {}, at = isShown) {
  const world = await launchWorld(tinyPlan())
  const session = await stoppedAt(world, at)
  const before = session.state.n
  session.state = { ...session.state, ...state }
  await rememberLeft(end, session, never)
  return (await world.events()).slice(before)
}

test('what is left is journaled with the percent that users get, and why', async () => {
  expect(await left(held)).toMatchObject([{ type: 'left-held', percent: 10, why: 'nobody decided' }])
  const stages = { 'rollout/canary': [] } as unknown as Session['state']['stages']
  expect(await left(held, { flag: null, stages })).toMatchObject([{ type: 'left-held', percent: 0 }])
})

test('nothing is left by another end, where nobody was shown anything, after it was left, or when the launch ended', async () => {
  const leftHeld = { at: 1, by: 'ci', percent: 10, why: '' } as unknown as Session['state']['leftHeld']
  const ended = { outcome: 'succeeded', why: '', at: 1 } as unknown as Session['state']['ended']
  expect(await left({ outcome: 'failed', why: '' })).toEqual([])
  expect(await left(held, {}, isDeployed)).toEqual([])
  expect(await left(held, { leftHeld })).toEqual([])
  expect(await left(held, { ended })).toEqual([])
})

test('a fault of launch itself, or Ctrl-C, is not taken for a journal that is away', async () => {
  const session = await stoppedAt(await launchWorld(tinyPlan()), isShown)
  const failing = (trouble: Error) => ({ ...session, record: async () => Promise.reject(trouble) })
  const fault = new TypeError('no such field')
  const away = new LaunchError('UNREACHABLE', 'the state is away')
  await expect(rememberLeft(held, failing(fault), never)).rejects.toBe(fault)
  await expect(rememberLeft(held, failing(away), never)).resolves.toBeUndefined()
  await expect(rememberLeft(held, failing(away), AbortSignal.abort())).rejects.toBe(away)
})
