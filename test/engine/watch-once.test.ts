import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { decide } from '../../src/core/decide.ts'
import { LaunchError } from '../../src/core/errors.ts'
import type { FlagState } from '../../src/core/flag.ts'
import type { LaunchState } from '../../src/core/state.ts'
import type { Session } from '../../src/engine/session.ts'
import { takeJudged, watchWithoutJournal } from '../../src/engine/without-journal.ts'
import { lookAt } from '../../src/engine/look.ts'
import { exposedLook } from '../../src/engine/exposed-look.ts'
import { stepKind } from '../../src/steps/registry.ts'
import { worldAt } from '../support/core-launch.ts'
import { launchWorld, type LaunchWorld } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { changeFlag, isDeployed, isShown, readAgain, stoppedAt } from '../support/stopped-launch.ts'
import type { Tap } from '../support/tapped.ts'

const minute = 60_000

/** What a launch at 10 % asks of the metrics when it is looked at once without its journal, four minutes later. */
async function at10() {
  const world = await launchWorld()
  const calls: string[] = []
  const tap: Tap = (call, go) => {
    if (call === 'metrics' || call === 'flag/production.put') calls.push(call)
    return go()
  }
  const session = await stoppedAt(world, isShown, tap)
  world.clock.advance(4 * minute)
  return { world, session, calls }
}

const decideNow = (session: Session) => (state: LaunchState) => {
  const { looks, flag, ports } = session
  return decide(session.plan, state, { type: 'all' }, worldAt(ports.clock.now(), { looks, flag }), stepKind)
}
async function judgedNow(session: Session) {
  const { plan, state, ports, memory } = session
  const look = exposedLook(session, state)
  if (!look) throw new Error('nothing is shown')
  return lookAt(look, plan, state, ports, never, memory)
}
const watch = (session: Session) => watchWithoutJournal(session, decideNow(session), never)

async function seenWith(change: (world: LaunchWorld, session: Session) => void | Promise<void>) {
  const { world, session, calls } = await at10()
  await change(world, session)
  await watch(session)
  return calls
}
const flagIs = (flag: Partial<FlagState>) => async (world: LaunchWorld, session: Session) => {
  await changeFlag(world, flag)
  await readAgain(session)
}
const stateIs = (state: Partial<LaunchState>) => (_world: LaunchWorld, session: Session) => {
  session.state = { ...session.state, ...state }
}

test('a canary is looked at while its flag says that users get it, and while the flag cannot be read', async () => {
  expect(await seenWith(() => {})).toEqual(['metrics'])
  expect(await seenWith((_world, session) => void (session.flag = null))).toEqual(['metrics'])
})

test.each([
  ['the flag is another launch’s', flagIs({ launch: 'other', writeId: 'theirs' })],
  ['the flag is latched', flagIs({ latched: true, percent: 0, writeId: 'theirs' })],
  ['the flag is off', flagIs({ percent: 0, writeId: 'theirs' })],
  ['the flag is gone', (_: LaunchWorld, session: Session) => void (session.flag = { status: 'absent' })],
  ['the launch ended', stateIs({ ended: { outcome: 'succeeded', why: '', at: epochMs(1) } })],
  ['a rollback was found', stateIs({ found: { by: 'ana' } as unknown as LaunchState['found'] })],
  ['it was rolled back', stateIs({ rollbacks: [{ writeId: 'w' }] as unknown as LaunchState['rollbacks'] })],
])('nothing is looked at when %s', async (_what, change) => {
  expect(await seenWith(change)).toEqual([])
})

test('nothing is looked at before users get anything, or with something owed to the journal', async () => {
  const world = await launchWorld()
  const calls: string[] = []
  const session = await stoppedAt(world, isDeployed, (call, go) => {
    if (call === 'metrics') calls.push(call)
    return go()
  })
  await watch(session)
  expect(calls).toEqual([])
  expect(
    await seenWith((_world, one) => {
      const window = { from: epochMs(0), to: epochMs(1) }
      const happening = { type: 'rolled-back', window } as unknown as Session['owed'][number]['happening']
      one.owed.push({ happening, signed: one.log.moment() })
    }),
  ).toEqual([])
})

test('it is looked at again when its gate is due, counted from the last look of this process', async () => {
  const { world, session, calls } = await at10()
  await watch(session)
  await watch(session)
  expect(calls).toHaveLength(1)
  world.clock.advance(29_999)
  await watch(session)
  expect(calls).toHaveLength(1)
  world.clock.advance(1)
  await watch(session)
  expect(calls).toHaveLength(2)
  // A look that it made while it could still read the journal counts as well.
  const key = 'rollout/canary@10'
  const now = world.clock.now() + 30_000
  session.looks.set(key, { first: epochMs(now), last: epochMs(now - 1) })
  world.clock.advance(30_000)
  await watch(session)
  expect(calls).toHaveLength(2)
})

test('a fail turns the flag off, what led to it first among what the journal is owed; a pass changes nothing', async () => {
  const { world, session, calls } = await at10()
  await watch(session)
  expect(calls).toEqual(['metrics'])
  world.errorShare = () => 0.2
  world.clock.advance(4 * minute)
  await watch(session)
  expect(calls).toEqual(['metrics', 'metrics', 'flag/production.put'])
  expect(await world.flag()).toMatchObject({ percent: 0, latched: true })
  expect(session.owed.map(({ happening }) => happening.type)).toEqual(['gate-judged', 'rolled-back'])
})

test('a rollback that was under way is finished before anything is looked at, without the journal', async () => {
  const { world, session, calls } = await at10()
  await session.record({ type: 'rollback-intended', kind: 'emergency', reason: 'errors', trigger: 'gate' }, never)
  await watch(session)
  expect(calls).toEqual(['flag/production.put'])
  expect(await world.flag()).toMatchObject({ latched: true, reason: 'errors' })
  expect(session.owed.map(({ happening }) => happening.type)).toEqual(['rolled-back'])
})

test('a raise that this process intended and lost the journal over is watched under the name it has in the flag', async () => {
  const { world, session, calls } = await at10()
  const { flag } = session.state
  if (!flag) throw new Error('no flag')
  const left = { type: 'stage-left', step: 'rollout/canary', percent: 10, verdict: 'pass', why: '' } as const
  await session.record(left, never)
  const [percent, serial, writeId] = [100, flag.serial + 1, 'w100']
  await session.record({ type: 'flag-intended', step: 'rollout/canary', percent, serial, writeId, base: null }, never)
  await changeFlag(world, { percent, serial, writeId })
  await readAgain(session)
  world.errorShare = (share) => (share === 100 ? 0.2 : 0)
  const n = session.state.n
  await watch(session)
  expect(session.blind?.state.flag).toMatchObject({ percent: 100, serial, writeId })
  // Set and confirmed, and not intended a second time.
  expect((session.blind?.state.n ?? 0) - n).toBeLessThanOrEqual(3)
  expect(session.blind?.state.stages['rollout/canary']).toHaveLength(2)
  world.clock.advance(4 * minute)
  await watch(session)
  expect(calls.at(-1)).toBe('flag/production.put')
  expect(await world.flag()).toMatchObject({ percent: 0, latched: true })
})

test('what was journaled as set and not as confirmed is watched from now on', async () => {
  const world = await launchWorld()
  const session = await stoppedAt(world, ({ type }) => type === 'flag-set')
  expect(session.state.flag).toMatchObject({ confirmedAt: null })
  const now = world.clock.now()
  await watch(session)
  expect(session.blind?.state.flag).toMatchObject({ percent: 10, confirmedAt: now })
  expect(session.blind?.state.stages['rollout/canary']).toHaveLength(1)
})

test('a verdict that cannot be journaled rolls back when it calls for that, and is thrown when it does not', async () => {
  const judgedAt = async (errors: number) => {
    const { world, session, calls } = await at10()
    world.errorShare = () => errors
    const judged = await judgedNow(session)
    const away = async () => Promise.reject(new LaunchError('UNREACHABLE', 'the journal is away'))
    const taken = takeJudged(judged, Object.assign(session, { record: away }), decideNow(session), never)
    return { taken: await taken.catch((error: unknown) => error), world, session, calls }
  }
  const failed = await judgedAt(0.2)
  expect(failed.taken).toBeUndefined()
  expect(await failed.world.flag()).toMatchObject({ latched: true })
  expect(failed.session.owed.map(({ happening }) => happening.type)).toEqual(['gate-judged', 'rolled-back'])
  const passed = await judgedAt(0)
  expect(passed.taken).toMatchObject({ code: 'UNREACHABLE' })
  expect(await passed.world.flag()).toMatchObject({ percent: 10 })
})

test('a bug, or Ctrl-C, while a verdict is journaled is no journal that is away', async () => {
  const taken = async (trouble: unknown, signal: AbortSignal) => {
    const { world, session } = await at10()
    world.errorShare = () => 0.2
    const judged = await judgedNow(session)
    const fails = Object.assign(session, { record: async () => Promise.reject(trouble) })
    const found = await takeJudged(judged, fails, decideNow(session), signal).catch((thrown: unknown) => thrown)
    expect(await world.flag()).toMatchObject({ percent: 10 })
    return found
  }
  const bug = new TypeError('a bug')
  expect(await taken(bug, never)).toBe(bug)
  const away = new LaunchError('UNREACHABLE', 'the journal is away')
  expect(await taken(away, AbortSignal.abort())).toBe(away)
})
