import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { launchWorld, type LaunchWorld } from '../support/launch-world.ts'
import type { Tap } from '../support/tapped.ts'

const types = async (world: LaunchWorld) => (await world.events()).map(({ type }) => type)

/** The edge answers requests for the flag with this instead, from the first raise on. */
function edge(world: LaunchWorld, answer: () => unknown): Tap {
  return async (call, go) => {
    if (call !== 'edge.get' || ((await world.flag())?.percent ?? 0) === 0) return go()
    // What Http.get gives.
    return answer() as Awaited<ReturnType<typeof go>>
  }
}
const stale = () => ({
  status: 404,
  headers: { 'x-cache': 'Hit from cloudfront', age: '37' },
  body: new Uint8Array(),
  ms: 3,
})

test('a flag that never reaches users is taken back, with what the edge said', async () => {
  const world = await launchWorld()
  const end = await world.drive({ tap: edge(world, stale) })
  expect(end).toMatchObject({
    outcome: 'rolled-back',
    why: expect.stringMatching(
      /the flag at 10 % did not reach users within \d+ s \[x-cache: Hit from cloudfront; age: 37\]/,
    ),
  })
  expect(await world.flag()).toMatchObject({
    percent: 0,
    latched: true,
    reason: expect.stringContaining('did not reach'),
  })
  expect(await types(world)).not.toContain('flag-confirmed')
  const rolledBack = (await world.events()).find(({ type }) => type === 'rolled-back')
  expect(rolledBack).toMatchObject({ trigger: 'edge', result: { kind: 'emergency' } })
})

test('an edge that does not answer is asked every second, for three times its caching and half a minute', async () => {
  const world = await launchWorld()
  const store = world.ports().flag('production')
  const asked: number[] = []
  const end = await world.drive({
    tap: edge(world, () => {
      asked.push(world.clock.now())
      throw new LaunchError('UNREACHABLE', 'edge: ECONNREFUSED')
    }),
  })
  expect(end.outcome).toBe('rolled-back')
  const raised = (await world.events()).find(({ type }) => type === 'flag-set')?.at ?? 0
  const before = asked.filter((at) => at <= raised + store.propagationMs * 3 + 30_000)
  expect(before.slice(1).every((at, n) => at - (before[n] ?? 0) <= 1000)).toBe(true)
  expect((before.at(-1) ?? 0) - raised).toBe(store.propagationMs * 3 + 30_000)
})

test('an edge that comes back in time costs nothing but the time, and the journal says how long', async () => {
  const world = await launchWorld()
  let failures = 0
  const away = edge(world, () => {
    failures += 1
    throw new LaunchError('UNREACHABLE', 'edge: ECONNREFUSED')
  })
  const patient: Tap = (call, go) => (failures < 3 ? away(call, go) : go())
  expect((await world.drive({ tap: patient })).outcome).toBe('succeeded')
  const confirmed = (await world.events()).filter(({ type }) => type === 'flag-confirmed')
  expect(confirmed.map((event) => 'edgeMs' in event && event.edgeMs)).toEqual([3000, 0])
})

test('a bug while the edge is asked is not taken for an edge that is away', async () => {
  const world = await launchWorld()
  const tap = edge(world, () => {
    throw new TypeError('a bug')
  })
  await expect(world.drive({ tap })).rejects.toThrow('a bug')
})

test('what is raised says which launch raised it, how far, who and why', async () => {
  const world = await launchWorld()
  const written: unknown[] = []
  const tap: Tap = async (call, go) => {
    const done = await go()
    if (call === 'flag/production.put') written.push(await world.flag())
    return done
  }
  await world.drive({ tap })
  const { id } = await world.state()
  const about = { key: 'new-board', latched: false, acks: [], launch: id, updatedBy: 'ci' }
  expect(written).toMatchObject([
    { ...about, percent: 10, reason: 'canary 10 % of tiny' },
    { ...about, percent: 100, reason: 'canary 100 % of tiny' },
  ])
  const serials = written.map((flag) => (flag as { serial: number }).serial)
  expect(serials[1]).toBeGreaterThan(serials[0] ?? Infinity)
})

test('a change that outlasts the budget of its store is journaled with the headers, and the flag check fails', async () => {
  const world = await launchWorld()
  const { propagationMs } = world.ports().flag('production')
  let first = 0
  const tap: Tap = async (call, go) => {
    if (call !== 'edge.get' || (await world.flag())?.percent !== 10) return go()
    first ||= world.clock.now()
    return world.clock.now() <= first + propagationMs + 2000 ? (stale() as Awaited<ReturnType<typeof go>>) : go()
  }
  await world.drive({ tap })
  const confirmed = (await world.events()).filter(({ type }) => type === 'flag-confirmed')
  const [slow, quick] = confirmed.map((event) => ('late' in event ? event.late : null))
  expect(slow).toMatchObject({
    percent: 10,
    budgetMs: propagationMs,
    headers: ' [x-cache: Hit from cloudfront; age: 37]',
  })
  expect(slow?.servedMs).toBeGreaterThan(propagationMs)
  expect(quick).toBeNull()
  // What came after it does not make it forgotten.
  expect((await world.state()).flag).toMatchObject({ percent: 100, late: { percent: 10 } })
  const judged = (await world.events()).flatMap((event) => (event.type === 'gate-judged' ? event.checks : []))
  expect(judged.findLast(({ id }) => id === 'at-100')?.judgement).toMatchObject({
    verdict: 'fail',
    why: expect.stringMatching(
      /10% users were still served .* 10s are allowed \[x-cache: Hit from cloudfront; age: 37\]/,
    ),
  })
})
