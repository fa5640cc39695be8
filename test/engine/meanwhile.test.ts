import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { unattended } from '../../src/core/unattended.ts'
import { run } from '../../src/engine/run.ts'
import { launchWorld, tinyPlan } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import type { Tap } from '../support/tapped.ts'

test('a canary whose person thinks for long is not taken for unattended: a beat is journaled, seldom', async () => {
  const world = await launchWorld(tinyPlan())
  const overdue: unknown[] = []
  const tap: Tap = async (call, go) => {
    if (call === 'people.ask' && ((await world.flag())?.percent ?? 0) === 10 && overdue.length === 0) {
      for (let minutes = 0; minutes < 30; minutes += 3) {
        world.clock.advance(3 * 60_000)
        await pause(30)
        overdue.push(unattended(world.plan, await world.state(), await world.events(), world.clock.now())?.overdue)
      }
    }
    return go()
  }
  const session = await world.session({ tap })
  // A look every few real milliseconds, where a person's is every two seconds.
  const ports = { ...session.ports, wait: (_ms: number, signal: AbortSignal) => pause(3, undefined, { signal }) }
  const end = await run(
    Object.assign(session, { ports }),
    { goal: { type: 'all' }, leaveHeld: false, guided: true },
    never,
  )
  expect(end).toMatchObject({ outcome: 'succeeded' })
  expect(overdue).toEqual(Array.from({ length: 10 }, () => false))
  const beats = (await world.events()).filter(({ type }) => type === 'people-awaited')
  expect(beats.length).toBeGreaterThanOrEqual(4)
  expect(beats.length).toBeLessThanOrEqual(6)
})
