import { expect, test } from 'vitest'
import { RolloutMemory } from '../../src/gates/rollout-memory.ts'
import { startSession } from '../../src/engine/start-session.ts'
import { launchWorld } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'

test('a watcher is told every event once, the past only when it wants to', async () => {
  const world = await launchWorld()
  const first = await world.session()
  await first.record({ type: 'noted', text: 'a' }, never)
  for (const [tellPast, expected] of [
    [true, ['launch-opened', 'noted', 'noted']],
    [false, ['noted']],
  ] as const) {
    const told: string[] = []
    const watcher = { onEvent: ({ type }: { type: string }) => void told.push(type), onProgress: () => {} }
    const { log } = await world.session()
    const session = await startSession(world.plan, log, world.ports(), watcher, never, { tellPast })
    expect(await session.record({ type: 'noted', text: 'b' }, never)).toBe(true)
    await session.refresh(never)
    expect(told.slice(0, expected.length)).toEqual(expected)
  }
})

test('somebody who wrote first makes a record fail, and what they wrote is seen', async () => {
  const world = await launchWorld()
  const [a, b] = [await world.session(), await world.session()]
  expect(await a.record({ type: 'noted', text: 'a' }, never)).toBe(true)
  expect(await b.record({ type: 'noted', text: 'b' }, never)).toBe(false)
  expect(b.state.notes.map(({ text }) => text)).toEqual(['a'])
  expect(await b.record({ type: 'noted', text: 'b' }, never)).toBe(true)
})

test('whoever is second five times in a row says who is first, and makes way for a moment', async () => {
  const world = await launchWorld()
  const other = await world.session()
  const said: string[] = []
  const watcher = { onEvent: () => {}, onProgress: (text: string | null) => void said.push(text ?? '') }
  const { log } = await world.session()
  const loser = await startSession(world.plan, log, world.ports(), watcher, never, { tellPast: false })
  const lose = async () => {
    await other.refresh(never)
    expect(await other.record({ type: 'noted', text: 'first' }, never)).toBe(true)
    expect(await loser.record({ type: 'noted', text: 'second' }, never)).toBe(false)
  }
  const before = world.clock.now()
  for (let lost = 1; lost < 5; lost += 1) await lose()
  expect([world.clock.now() - before, said]).toEqual([0, []])
  await lose()
  expect(world.clock.now() - before).toBe(5000)
  expect(said).toEqual([expect.stringMatching(/^.+ on .+ writes to this launch, too; letting them go first$/)])
  // Who was first once begins to count anew.
  expect(await loser.record({ type: 'noted', text: 'first at last' }, never)).toBe(true)
  await lose()
  expect(said).toHaveLength(1)
})

test('a launch whose journal is empty is none', async () => {
  const world = await launchWorld()
  const { log } = await world.session()
  const empty = { ...log, read: async () => [] }
  const watcher = { onEvent: () => {}, onProgress: () => {} }
  await expect(
    startSession(world.plan, empty, world.ports(), watcher, never, { tellPast: true }),
  ).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: `launch ${log.launch} has no events`,
  })
})

test('what comes before the launch was opened is nobody’s', async () => {
  const world = await launchWorld()
  const session = await world.session()
  await session.record({ type: 'noted', text: 'a' }, never)
  const [opened, noted] = await world.events()
  if (!opened || !noted) throw new Error('not journaled')
  const told: string[] = []
  const watcher = { onEvent: ({ type }: { type: string }) => void told.push(type), onProgress: () => {} }
  const log = { ...session.log, read: async () => [noted, opened, noted] }
  const again = await startSession(world.plan, log, world.ports(), watcher, never, { tellPast: true })
  expect(told).toEqual(['launch-opened', 'noted'])
  expect(again.state.notes).toHaveLength(1)
  expect(again.memory).toEqual({ ranWell: new Map(), rollouts: new RolloutMemory() })
})
