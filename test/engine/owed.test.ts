import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { owe, settleOwed, type Owed, type OwedSpool } from '../../src/engine/owed.ts'
import { run } from '../../src/engine/run.ts'
import type { Session } from '../../src/engine/session.ts'
import { launchWorld, type LaunchWorld } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { listening } from '../support/stopped-launch.ts'
import type { Tap } from '../support/tapped.ts'

const options = { goal: { type: 'all' }, leaveHeld: false, guided: false } as const

/** What lies on the disk of one machine, by the id its event will have. */
function machine() {
  const kept = new Map<string, Owed>()
  const seen: string[] = []
  const spool: OwedSpool = {
    keep: async (owed) => {
      kept.set(owed.signed.id, owed)
      seen.push(owed.happening.type)
    },
    drop: async ({ signed }) => void kept.delete(signed.id),
  }
  return { kept, seen, spool }
}

/** Drives until the run ends, every fifth request failing for whoever is shown the new version. */
async function driven(world: LaunchWorld, tap: Tap, spool: OwedSpool, signal: AbortSignal = never) {
  world.errorShare = (percent) => (percent > 0 ? 0.2 : 0)
  const session = await world.session({ tap, signal })
  Object.assign(session, { ports: { ...session.ports, spool } })
  const end = await run(session, options, signal).catch((error: unknown) => error)
  return { session, end }
}

const rolledBack = async (world: LaunchWorld) => (await world.events()).filter(({ type }) => type === 'rolled-back')

const away = (call: string) => new LaunchError('UNREACHABLE', `${call}: ECONNREFUSED`)

test('a driver that ends before its journal answers leaves on its machine what it did and why', async () => {
  const world = await launchWorld()
  const { kept, spool } = machine()
  let lost = false
  const { end, session } = await driven(
    world,
    async (call, go) => {
      lost ||= call.startsWith('journal.') && (await world.flag())?.percent === 10
      if (lost && call.startsWith('journal.')) throw away(call)
      return go()
    },
    spool,
  )
  expect(end).toMatchObject({ outcome: 'rolled-back', why: expect.stringContaining('not yet journaled') })
  expect(session.owed).toHaveLength(2)
  expect([...kept.values()].map(({ happening }) => happening.type)).toEqual(['gate-judged', 'rolled-back'])
  expect(await rolledBack(world)).toEqual([])
  // Ids sort in the order of what happened: a flush tells the verdict first.
  expect([...kept.keys()]).toEqual([...kept.keys()].sort())

  // Told by whoever comes by, and then nothing is left to tell for the driver itself.
  const { log } = await world.session({ resume: true })
  for (const { happening, signed } of kept.values()) await log.appendLate(happening, signed, never)
  const told = await world.session({ resume: true })
  told.owed.push(...kept.values())
  await settleOwed(told, never)
  expect(told.owed).toEqual([])
  const flag = await world.flag()
  expect(await rolledBack(world)).toMatchObject([{ writeId: flag?.writeId, trigger: 'gate' }])
  expect((await world.events()).map(({ type }) => type).slice(-2)).toEqual(['gate-judged', 'rolled-back'])
})

test('a rollback that the journal was to hear of first is kept just the same when only its outcome is lost', async () => {
  const world = await launchWorld()
  const { kept, seen, spool } = machine()
  let [lost, intended] = [0, false]
  const { end } = await driven(
    world,
    async (call, go) => {
      if (intended && lost === 0 && call === 'journal.create' && (await world.flag())?.latched) {
        lost += 1
        throw away(call)
      }
      const made = await go()
      if (call === 'journal.create') intended ||= (await world.events()).at(-1)?.type === 'rollback-intended'
      return made
    },
    spool,
  )
  expect(end).toMatchObject({ outcome: 'rolled-back' })
  expect({ lost, seen }).toEqual({ lost: 1, seen: ['rolled-back'] })
  expect(kept.size).toBe(0)
  // The flag was off: it is not turned off a second time because a record of it was late.
  expect(await rolledBack(world)).toHaveLength(1)
  expect(await rolledBack(world)).toMatchObject([{ writeId: (await world.flag())?.writeId }])
})

test('Ctrl-C right after the flag went off loses nothing: the record is on disk, and told with the last breath', async () => {
  const world = await launchWorld()
  const { kept, spool } = machine()
  const stop = new AbortController()
  let isAway = true
  const { session } = await driven(
    world,
    async (call, go) => {
      // Its first sight at the edge: off, read back, not journaled.
      if (call.startsWith('edge.') && (await world.flag())?.latched) stop.abort(new Error('SIGINT'))
      if (isAway && stop.signal.aborted && call.startsWith('journal.')) throw stop.signal.reason
      return go()
    },
    spool,
    stop.signal,
  )
  expect([...kept.values()]).toMatchObject([{ happening: { type: 'rolled-back', trigger: 'gate' } }])
  expect(await rolledBack(world)).toEqual([])
  isAway = false
  await settleOwed(session, never)
  expect(kept.size).toBe(0)
  expect(await rolledBack(world)).toHaveLength(1)
})

test('a disk that takes nothing stops no rollback', async () => {
  const world = await launchWorld()
  const full = async () => {
    throw new LaunchError('UNREACHABLE', 'cannot write spool: ENOSPC')
  }
  const { end } = await driven(world, (_call, go) => go(), { keep: full, drop: full })
  expect(end).toMatchObject({ outcome: 'rolled-back' })
  expect(await rolledBack(world)).toHaveLength(1)
})

test('a driver whose disk takes nothing says so', async () => {
  const world = await launchWorld()
  const session = await world.session()
  const { said, watcher } = listening()
  const keep = async () => Promise.reject(new LaunchError('UNREACHABLE', 'ENOSPC'))
  await owe([rollback(session, 'w')], Object.assign(session, { watcher, ports: { ...session.ports, spool: { keep } } }))
  expect(said).toEqual(['what was done cannot be kept on this machine: ENOSPC'])
  expect(session.owed).toHaveLength(1)
})

test('only a rollback that the journal has already is not told again', async () => {
  const world = await launchWorld()
  const session = await world.session()
  const note = { type: 'noted', text: 'x' } as unknown as Owed['happening']
  for (const [happening, told] of [
    [rollback(session, 'w1').happening, false],
    [rollback(session, 'w2').happening, true],
    [note, true],
  ] as const) {
    const known = [{ writeId: 'w0' }, { writeId: 'w1' }] as unknown as Session['state']['rollbacks']
    session.state = { ...session.state, rollbacks: known }
    const n = (await world.events()).length
    session.owed.push({ happening, signed: session.log.moment() })
    await settleOwed(session, never)
    expect((await world.events()).length - n).toBe(told ? 1 : 0)
    expect(session.owed).toEqual([])
  }
})

test('what a full journal refuses is let go; any other trouble leaves it owed', async () => {
  const world = await launchWorld()
  const { log, ...rest } = await world.session()
  const settled = async (trouble: unknown) => {
    const appendLate = async () => Promise.reject(trouble)
    const session: Session = { ...rest, log: { ...log, appendLate }, owed: [] }
    session.owed.push(rollback(session, 'w'))
    const thrown = await settleOwed(session, never).catch((found: unknown) => found)
    return { thrown, owed: session.owed.length }
  }
  expect(await settled(new LaunchError('REFUSED', 'the journal is full'))).toEqual({ thrown: undefined, owed: 0 })
  const others = [new LaunchError('UNREACHABLE', 'away'), new LaunchError('STEP_FAILED', '400'), new TypeError('a bug')]
  for (const error of others) expect(await settled(error)).toEqual({ thrown: error, owed: 1 })
})

test('with nothing owed the journal is not read once more', async () => {
  const session = await (await launchWorld()).session()
  let reads = 0
  const refresh = async () => void (reads += 1)
  await settleOwed(Object.assign(session, { refresh }), never)
  expect(reads).toBe(0)
  session.owed.push(rollback(session, 'w'))
  await settleOwed(session, never)
  expect(reads).toBe(1)
})

function rollback(session: Session, writeId: string): Owed {
  const times = { ackedMs: 1, readBackMs: 1, edgeMs: null }
  const result = {
    kind: 'emergency',
    reason: 'r',
    by: 'ci',
    ...times,
    outcome: 'degraded',
    verified: false,
    detail: '',
  } as const
  return { happening: { type: 'rolled-back', result, writeId, trigger: 'gate' }, signed: session.log.moment() }
}
