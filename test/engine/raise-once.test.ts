import { expect, test } from 'vitest'
import { epochMs, version } from '../../src/core/brand.ts'
import type { FlagState } from '../../src/core/flag.ts'
import { confirmFlag, raiseFlag } from '../../src/engine/raise-flag.ts'
import type { Session } from '../../src/engine/session.ts'
import { canaryOf } from '../support/backtests.ts'
import { flagState } from '../support/core-launch.ts'
import { launchWorld, tinyPlan, tinySheet, type LaunchWorld } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { changeFlag, isDeployed, readAgain, stoppedAt } from '../support/stopped-launch.ts'
import type { Tap } from '../support/tapped.ts'

/** Deployed, and nothing raised yet. */
const deployed = (world: LaunchWorld, tap?: Tap) => stoppedAt(world, isDeployed, tap)

const raise = (session: Session, percent = 10) => raiseFlag(canaryOf(session.plan), percent, session, never)

/** What was journaled since this session began. */
function journaled(session: Session, from: number) {
  return session.events.slice(from).filter(({ type }) => type.startsWith('flag-'))
}

async function put(world: LaunchWorld, flag: Partial<FlagState>) {
  const whole = flagState(0, { serial: 1, writeId: 'theirs', ...flag })
  const store = world.ports().flag('production')
  const reading = await store.read(never)
  await store.write(whole, reading.status === 'absent' ? null : reading.version, never)
}

test('nothing is raised by a flag that was not read, or that cannot be understood', async () => {
  const world = await launchWorld()
  const session = await deployed(world)
  const from = session.events.length
  for (const flag of [null, { status: 'malformed', why: 'no JSON', version: version('v') }] as const) {
    session.flag = flag
    await raise(session)
  }
  expect(journaled(session, from)).toEqual([])
  expect(await world.flag()).toBeNull()
})

test('the first raise is numbered by the time, one over a flag whose number is ahead of it by one more', async () => {
  const first = await launchWorld()
  const session = await deployed(first)
  const from = session.events.length
  await raise(session)
  const serial = first.clock.now()
  expect(await first.flag()).toMatchObject({ percent: 10, serial })
  expect(journaled(session, from)).toMatchObject([
    { type: 'flag-intended', percent: 10, serial, base: null },
    { type: 'flag-set', percent: 10, serial },
  ])

  const ahead = await launchWorld()
  await put(ahead, { serial: 9e15 })
  const other = await deployed(ahead)
  const before = other.flag?.status === 'present' ? other.flag.version : null
  await raise(other)
  expect(await ahead.flag()).toMatchObject({ percent: 10, serial: 9e15 + 1 })
  expect(other.events.findLast(({ type }) => type === 'flag-intended')).toMatchObject({ base: before })
})

test('what was intended by a process that died is written under its number and name, and announced once', async () => {
  const world = await launchWorld()
  const session = await deployed(world)
  const serial = world.clock.now() + 5000
  const intent = {
    type: 'flag-intended',
    step: 'rollout/canary',
    percent: 10,
    writeId: 'w',
    serial,
    base: null,
  } as const
  await session.record(intent, never)
  const from = session.events.length
  await raise(session)
  expect(await world.flag()).toMatchObject({ writeId: 'w', serial, percent: 10 })
  expect(journaled(session, from)).toMatchObject([{ type: 'flag-set', writeId: 'w', serial }])
})

test('an intent whose number somebody else reached meanwhile is announced again, above theirs', async () => {
  for (const theirs of [7000, 7001]) {
    const world = await launchWorld()
    const session = await deployed(world)
    await session.record(
      { type: 'flag-intended', step: 'rollout/canary', percent: 10, writeId: 'w', serial: 7000, base: null },
      never,
    )
    await put(world, { serial: theirs })
    await readAgain(session)
    const from = session.events.length
    await raise(session)
    const serial = world.clock.now()
    expect(journaled(session, from)).toMatchObject([
      { type: 'flag-intended', writeId: 'w', serial },
      { type: 'flag-set', writeId: 'w', serial },
    ])
    expect(await world.flag()).toMatchObject({ writeId: 'w', serial })
  }
})

test('a write whose reply was lost is found in the flag by its name, and not repeated', async () => {
  const world = await launchWorld()
  const puts: string[] = []
  const tap: Tap = (call, go) => {
    if (call === 'flag/production.put') puts.push(call)
    return go()
  }
  const session = await deployed(world, tap)
  await session.record(
    { type: 'flag-intended', step: 'rollout/canary', percent: 10, writeId: 'w', serial: 7000, base: null },
    never,
  )
  await put(world, { percent: 10, writeId: 'w', serial: 7000 })
  await readAgain(session)
  const from = session.events.length
  await raise(session)
  expect(journaled(session, from)).toMatchObject([
    { type: 'flag-set', percent: 10, writeId: 'w', serial: 7000, ackedMs: 0 },
  ])
  expect(puts).toEqual([])
})

test('a latch that nobody acknowledged is not announced against, let alone written over', async () => {
  const world = await launchWorld()
  const session = await deployed(world)
  await put(world, { latched: true })
  await readAgain(session)
  const from = session.events.length
  await raise(session)
  expect(journaled(session, from)).toEqual([])
  expect(await world.flag()).toMatchObject({ latched: true, writeId: 'theirs' })
})

test('a flag that changed since it was read is left, and nothing is said to be set', async () => {
  const world = await launchWorld()
  await put(world, {})
  const session = await deployed(world)
  const from = session.events.length
  await changeFlag(world, { writeId: 'newer', serial: 2 })
  await raise(session)
  expect(journaled(session, from).map(({ type }) => type)).toEqual(['flag-intended'])
  expect(await world.flag()).toMatchObject({ writeId: 'newer', percent: 0 })
})

test('whoever is not the first to write to the journal writes no flag', async () => {
  const world = await launchWorld()
  const session = await deployed(world)
  const other = await world.session({ resume: true })
  await other.record({ type: 'noted', text: 'me first' }, never)
  await raise(session)
  expect(await world.flag()).toBeNull()
  expect((await world.events()).at(-1)).toMatchObject({ type: 'noted' })
})

test('a raise names whom the share does not deal, where the run sheet does; and says how long the store took', async () => {
  const audience = 'default: off, include: [ana], exclude: [bot], holdback: 2%,'
  const world = await launchWorld(tinyPlan(tinySheet.replace('default: off,', audience)))
  const session = await deployed(world, async (call, go) => {
    if (call === 'flag/production.put') world.clock.advance(1234)
    return go()
  })
  await raise(session)
  expect((await world.flag())?.audience).toEqual({ include: ['ana'], exclude: ['bot'], holdbackPercent: 2 })
  expect(session.events.at(-1)).toMatchObject({ type: 'flag-set', ackedMs: 1234 })
  const plain = await launchWorld()
  await raise(await deployed(plain))
  expect(await plain.flag()).not.toHaveProperty('audience')
})

test('users have a change when they are served its number or a later one, or a latch that is news', async () => {
  const confirmed = async (flag: Partial<FlagState>, serial: number) => {
    const world = await launchWorld()
    const session = await deployed(world)
    await put(world, flag)
    const startedAt = world.clock.now()
    await confirmFlag(10, serial, session, never)
    return { by: session.events.at(-1), tookMs: world.clock.now() - startedAt }
  }
  expect(await confirmed({ serial: 7 }, 7)).toMatchObject({ by: { type: 'flag-confirmed', serial: 7 }, tookMs: 0 })
  expect(await confirmed({ serial: 8 }, 7)).toMatchObject({ by: { type: 'flag-confirmed', serial: 8 }, tookMs: 0 })
  expect(await confirmed({ serial: 6, latched: true }, 7)).toMatchObject({ by: { type: 'flag-confirmed', serial: 6 } })
  const older = await confirmed({ serial: 6 }, 7)
  expect(older.by?.type).not.toBe('flag-confirmed')
  expect(older.tookMs).toBeGreaterThan(30_000)
})

test('a change that users are served within the budget of its store is not late, one that they are not yet is', async () => {
  for (const [overMs, late] of [
    [0, false],
    [1, true],
  ] as const) {
    const world = await launchWorld()
    await put(world, { serial: 6 })
    const session = await deployed(world)
    const { propagationMs } = session.ports.flag('production')
    const at = epochMs(world.clock.now() - propagationMs - overMs)
    session.state = { ...session.state, flag: { percent: 10, serial: 7, writeId: 'w', at, confirmedAt: null } }
    const from = session.events.length
    const sleepUntil: typeof session.ports.clock.sleepUntil = async (until) => {
      world.clock.advance(until - world.clock.now())
      await changeFlag(world, { serial: 7 })
    }
    Object.assign(session, {
      ports: { ...session.ports, clock: { ...session.ports.clock, sleepUntil } },
    })
    await confirmFlag(10, 7, session, never)
    const [event] = journaled(session, from)
    expect(event).toMatchObject({ type: 'flag-confirmed', serial: 7, edgeMs: propagationMs + overMs + 1000 })
    expect(event).toMatchObject(
      late ? { late: { percent: 10, servedMs: propagationMs + 1, budgetMs: propagationMs } } : {},
    )
    expect(event && 'late' in event).toBe(late)
  }
})
