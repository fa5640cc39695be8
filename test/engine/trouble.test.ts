import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import type { LaunchEvent } from '../../src/core/event.ts'
import { run } from '../../src/engine/run.ts'
import type { Session } from '../../src/engine/session.ts'
import { launchWorld, type LaunchWorld } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { changeFlag, isDeployed, isShown, listening, stoppedAt } from '../support/stopped-launch.ts'

/** How a run ends whose every turn meets the same trouble. */

const options = { goal: { type: 'all' }, leaveHeld: false, guided: false } as const
const isBegun = ({ type }: LaunchEvent) => type === 'phase-started'

/** A run that is taken up after an event, and how often it looked at the metrics; `change` comes before the trouble. */
async function troubled(
  after: (event: LaunchEvent) => boolean,
  error: Error,
  change: (world: LaunchWorld, session: Session) => unknown = () => {},
) {
  const world = await launchWorld()
  let [looks, tries] = [0, 0]
  const session = await stoppedAt(world, after, (call, go) => {
    if (call === 'metrics') looks += 1
    return go()
  })
  await change(world, session)
  const { said, watcher } = listening()
  const refresh = async () => {
    tries += 1
    throw error
  }
  const startedAt = world.clock.now()
  const end = await run(Object.assign(session, { refresh, watcher }), options, never).catch((thrown: unknown) => thrown)
  return { end, looks, tries, said, lastedMs: world.clock.now() - startedAt }
}
const refused = new LaunchError('REFUSED', 'it says no')

test.each(['ROLLBACK_FAILED', 'SUPERSEDED', 'STOPPED'] as const)(
  '%s is no trouble that passes: it is thrown at once, wherever production stands',
  async (code) => {
    const error = new LaunchError(code, 'x')
    for (const after of [isShown, isDeployed, isBegun])
      expect(await troubled(after, error)).toMatchObject({ end: error, tries: 1, lastedMs: 0 })
  },
)

test('a bug is thrown at once', async () => {
  const bug = new TypeError('a bug')
  expect(await troubled(isShown, bug)).toMatchObject({ end: bug, tries: 1, looks: 0 })
})

test('before production changed what is away ends the run, and anything else is thrown', async () => {
  const away = new LaunchError('UNREACHABLE', 'ECONNREFUSED')
  expect(await troubled(isBegun, away)).toMatchObject({
    end: { outcome: 'unavailable', why: 'ECONNREFUSED' },
    tries: 1,
  })
  expect(await troubled(isBegun, refused)).toMatchObject({ end: refused, tries: 1 })
})

test('after it every try is five seconds after the last, for ten minutes; then it says where production stands', async () => {
  expect(await troubled(isShown, refused)).toMatchObject({
    end: { outcome: 'held', why: 'production stays at 10 %: it says no (for 10m)' },
    tries: 121,
    lastedMs: 600_000,
  })
  const { said, end } = await troubled(isDeployed, refused)
  expect(said).toContain('it says no; trying again')
  expect(end).toMatchObject({ outcome: 'held', why: 'production is half-way: it says no (for 10m)' })
})

test('while the journal is away, or refuses, what users get is watched without it, as often as the gate says', async () => {
  for (const error of [new LaunchError('UNREACHABLE', 'ECONNREFUSED'), refused]) {
    const { looks, end } = await troubled(isShown, error)
    expect(looks).toBeGreaterThan(3)
    expect(looks).toBeLessThan(30)
    expect(end).toMatchObject({ outcome: 'held' })
  }
  expect(await troubled(isDeployed, refused)).toMatchObject({ looks: 0 })
})

const intended = { type: 'rollback-intended', kind: 'emergency', reason: 'errors', trigger: 'gate' } as const

test('a rollback that was begun goes on without the journal', async () => {
  const { end } = await troubled(isShown, refused, (_world, session) => session.record(intended, never))
  expect(end).toEqual({
    outcome: 'rolled-back',
    why: 'rolled back by ci: errors; not yet journaled: it says no (for 10m)',
  })
})

test('a rollback that could not be finished is said to be that', async () => {
  const { end } = await troubled(isShown, refused, async (_world, session) => {
    const { ports } = session
    const forceOff = async () => {
      throw new LaunchError('FORBIDDEN', 'no right to write')
    }
    await session.record(intended, never)
    Object.assign(session, { ports: { ...ports, flag: (name: string) => ({ ...ports.flag(name), forceOff }) } })
  })
  expect(end).toEqual({ outcome: 'failed', why: 'the rollback could not be finished: no right to write (for 10m)' })
})

test('a latch in the flag is a rollback that the journal does not know yet, unless this launch goes over it', async () => {
  const latch = (world: LaunchWorld) =>
    changeFlag(world, { latched: true, percent: 0, writeId: 'off', updatedBy: 'ana', reason: 'errors' })
  expect((await troubled(isShown, refused, latch)).end).toEqual({
    outcome: 'rolled-back',
    why: 'rolled back by ana: errors; not yet journaled: it says no (for 10m)',
  })
  const acknowledged = await troubled(isShown, refused, async (world, session) => {
    await latch(world)
    session.state = { ...session.state, acks: ['off'] }
  })
  expect(acknowledged.end).toMatchObject({ outcome: 'held' })
})

test('a launch that ended is what it ended as, also when another one was opened over it', async () => {
  const world = await launchWorld()
  expect(await world.drive()).toMatchObject({ outcome: 'succeeded' })
  const old = await world.session({ resume: true })
  await world.session({ request: { commit: 'd'.repeat(40), fresh: true } })
  expect(await run(old, options, never)).toMatchObject({ outcome: 'succeeded' })
  const open = await launchWorld()
  const session = await open.session()
  await open.session({ request: { commit: 'd'.repeat(40), fresh: true } })
  expect(await run(session, options, never)).toEqual({
    outcome: 'superseded',
    why: 'another launch of tiny was opened over this one',
  })
})

test('a hold is left to others only by whoever asked for that', async () => {
  for (const leaveHeld of [false, true]) {
    const world = await launchWorld()
    world.answer = () => null
    expect(await world.drive({ leaveHeld })).toMatchObject({ outcome: 'held' })
    world.answer = () => ({ answer: 'yes' })
    world.traffic = false
    const end = await world.drive({ resume: true, leaveHeld })
    expect(end.outcome).toBe(leaveHeld ? 'held' : 'rolled-back')
    const left = (await world.events()).filter(({ type }) => type === 'left-held')
    expect(left.length > 0).toBe(leaveHeld)
  }
})

test('a flag that only another run sheet can mend ends the run before production changed, and is waited for after it', async () => {
  const flag = async (trouble: Error, touched: boolean) => {
    const world = await launchWorld()
    const { said, watcher } = listening()
    const tap = async <T>(call: string, go: () => Promise<T>) => {
      const reads = call === 'flag/production.get' && (!touched || (await world.flag()) !== null)
      if (reads) throw trouble
      return go()
    }
    const end = await world.drive({ tap, watcher, leaveHeld: true }).catch((thrown: unknown) => thrown)
    return { end, said }
  }
  const invalid = new LaunchError('NOT_FOUND', 'no such flag')
  expect((await flag(invalid, false)).end).toBe(invalid)
  const after = await flag(invalid, true)
  expect(after.end).toMatchObject({ outcome: 'held' })
  expect(after.said).toContain('the flag cannot be read: no such flag')
  const bug = new TypeError('a bug')
  for (const touched of [false, true]) expect((await flag(bug, touched)).end).toBe(bug)
})
