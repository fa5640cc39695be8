import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import type { LaunchEvent } from '../../src/core/event.ts'
import { launchWorld, type LaunchWorld } from '../support/launch-world.ts'
import type { Tap } from '../support/tapped.ts'

const of = async <T extends LaunchEvent['type']>(world: LaunchWorld, type: T, step: string) =>
  (await world.events()).filter(
    (event): event is Extract<LaunchEvent, { type: T }> =>
      event.type === type && 'step' in event && event.step === step,
  )
/** The build takes this long and then does that. */
const building =
  (world: LaunchWorld, ms: number, then: <T>(go: () => Promise<T>) => Promise<T>): Tap =>
  async (call, go) => {
    if (call !== 'exec.run') return go()
    world.clock.advance(ms)
    return then(go)
  }

test('a step that failed is journaled with what it said, what to do and how long it took, and stops the launch', async () => {
  const world = await launchWorld()
  const error = new LaunchError('ARTIFACT_INVALID', 'dist/x is a link', { hint: 'make it a file' })
  const end = await world.drive({ tap: building(world, 1500, async () => Promise.reject(error)) })
  expect(end).toMatchObject({ code: 'ARTIFACT_INVALID', why: expect.stringContaining('failed: dist/x is a link') })
  const [intended] = await of(world, 'step-intended', 'staging/build')
  expect(await of(world, 'step-failed', 'staging/build')).toMatchObject([
    {
      attempt: intended?.attempt,
      code: 'ARTIFACT_INVALID',
      message: 'dist/x is a link',
      hint: 'make it a file',
      ms: 1500,
    },
  ])
  expect(await of(world, 'step-done', 'staging/build')).toEqual([])
})

test('a step that is done is journaled with how long it took, under the attempt that was announced', async () => {
  const world = await launchWorld()
  await world.drive({ tap: building(world, 2500, (go) => go()), goal: { type: 'step', step: 'staging/build' } })
  const [intended] = await of(world, 'step-intended', 'staging/build')
  expect(await of(world, 'step-done', 'staging/build')).toMatchObject([{ attempt: intended?.attempt, ms: 2500 }])
})

test('a service that is away while production is untouched fails the step, and is not asked again and again', async () => {
  const world = await launchWorld()
  let tries = 0
  const tap: Tap = async (call, go) => {
    if (call !== 's3/staging.put') return go()
    tries += 1
    throw new LaunchError('UNREACHABLE', 's3: ECONNREFUSED')
  }
  expect(await world.drive({ tap })).toMatchObject({ outcome: 'unavailable' })
  expect(await of(world, 'step-failed', 'staging/deploy')).toMatchObject([{ code: 'UNREACHABLE' }])
  expect(tries).toBeLessThan(10)
})

test('a bug in a step is no failure of the step: nothing is journaled as if it were', async () => {
  const world = await launchWorld()
  const bug = building(world, 1, async () => Promise.reject(new TypeError('a bug')))
  await expect(world.drive({ tap: bug })).rejects.toThrow('a bug')
  expect(await of(world, 'step-failed', 'staging/build')).toEqual([])
})
