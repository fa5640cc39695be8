import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { run } from '../../src/engine/run.ts'
import { launchWorld, tinyPlan, tinySheet, type LaunchWorld } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { changeFlag } from '../support/stopped-launch.ts'
import type { Tap } from '../support/tapped.ts'

const minute = 60_000

/** The journal stays away from the moment users are shown 10 %, and every fifth request of theirs fails from then on. */
function lostAt10(world: LaunchWorld, calls: RegExp, lastsMs = Infinity) {
  const seen = { since: 0, offAt: 0, offBy: '' }
  const confirmed = async () => (await world.events()).some(({ type }) => type === 'flag-confirmed')
  const tap: Tap = async (call, go) => {
    if (calls.test(call)) {
      if (seen.since === 0 && (await confirmed())) seen.since = world.clock.now()
      if (seen.since > 0 && world.clock.now() - seen.since < lastsMs)
        throw new LaunchError('UNREACHABLE', `${call}: 403 Forbidden`)
    }
    const result = await go()
    const flag = call === 'flag/production.put' ? await world.flag() : null
    if (flag?.latched && seen.offAt === 0) Object.assign(seen, { offAt: world.clock.now(), offBy: flag.updatedBy })
    return result
  }
  world.errorShare = (percent) => (percent > 0 ? 0.2 : 0)
  return { tap, seen }
}

test('a driver that cannot read its journal watches its canary all the same, and turns the flag off when the gate fails', async () => {
  for (const calls of [/^journal\.get/, /^journal\./]) {
    const world = await launchWorld()
    const { tap, seen } = lostAt10(world, calls)
    const end = await world.drive({ tap })
    expect(end).toMatchObject({
      outcome: 'rolled-back',
      why: expect.stringMatching(/errors \/ requests < 1%: 20%.*not yet journaled/s),
    })
    expect(await world.flag()).toMatchObject({ percent: 0, latched: true })
    // A settled minute of errors is there two to three minutes after the first of them; the journal would be given ten.
    expect(seen.offAt - seen.since).toBeLessThan(4 * minute)
    expect(await world.drive({ resume: true })).toMatchObject({ outcome: 'rolled-back' })
  }
})

test('the flag goes off before the journal is tried: not even an intent is waited for', async () => {
  const world = await launchWorld()
  const { tap, seen } = lostAt10(world, /^journal\./)
  const written: string[] = []
  await world.drive({
    tap: async (call, go) => {
      if (seen.since > 0 && seen.offAt === 0 && /^journal\.(?:create|swap)/.test(call)) written.push(call)
      return tap(call, go)
    },
  })
  expect(seen.offAt).toBeGreaterThan(0)
  expect(written).toEqual([])
})

test('once the journal answers again the same driver tells it what it saw and did, once', async () => {
  const world = await launchWorld()
  const { tap } = lostAt10(world, /^journal\./, 6 * minute)
  expect(await world.drive({ tap })).toMatchObject({ outcome: 'rolled-back' })
  const events = await world.events()
  const from = events.findIndex(({ type }) => type === 'flag-confirmed')
  expect(events.slice(from + 1).map(({ type }) => type)).toEqual(['gate-judged', 'rolled-back', 'launch-ended'])
  expect(events.find(({ type }) => type === 'rolled-back')).toMatchObject({
    trigger: 'gate',
    result: { outcome: 'restored', reason: expect.stringContaining('errors / requests < 1%: 20%') },
  })
})

test('a fail whose place in the journal is said to be taken, and is empty, turns the flag off all the same', async () => {
  const world = await launchWorld()
  const { tap, seen } = lostAt10(world, /^nothing/)
  let refused = 0
  // As S3 with a 409 that lasts: another write of the key is under way, and comes to nothing.
  const busy: Tap = async <T>(call: string, go: () => Promise<T>) => {
    const isShown = (await world.events()).some(({ type }) => type === 'flag-confirmed')
    if (call !== 'journal.create' || seen.offAt > 0 || !isShown) return tap(call, go)
    seen.since ||= world.clock.now()
    refused += 1
    return 'exists' as T
  }
  expect(await world.drive({ tap: busy })).toMatchObject({ outcome: 'rolled-back' })
  expect(refused).toBeGreaterThan(0)
  expect(seen.offAt - seen.since).toBeLessThan(4 * minute)
  expect((await world.events()).slice(-3).map(({ type }) => type)).toEqual([
    'gate-judged',
    'rolled-back',
    'launch-ended',
  ])
})

test('a raise whose outcome could not be journaled is watched too: the flag itself says that users are shown it', async () => {
  const world = await launchWorld()
  let lost = false
  const offAt: number[] = []
  const tap: Tap = async (call, go) => {
    if (lost && call.startsWith('journal.')) throw new LaunchError('UNREACHABLE', `${call}: ECONNREFUSED`)
    const result = await go()
    const flag = call === 'flag/production.put' ? await world.flag() : null
    if (flag?.percent === 10) lost = true
    if (flag?.latched) offAt.push(world.clock.now() - flag.updatedAt)
    return result
  }
  world.errorShare = (percent) => (percent > 0 ? 0.2 : 0)
  expect(await world.drive({ tap })).toMatchObject({ outcome: 'rolled-back' })
  expect(await world.flag()).toMatchObject({ percent: 0, latched: true })
})

test('what a colleague raised meanwhile in the same launch is watched as well, by whoever cannot read that they did', async () => {
  const world = await launchWorld()
  const { tap, seen } = lostAt10(world, /^journal\./)
  world.errorShare = (percent) => (percent === 100 ? 0.2 : 0)
  const end = await world.drive({
    tap: async (call, go) => {
      if (seen.since > 0 && world.clock.now() - seen.since > minute && (await world.flag())?.percent === 10) {
        await changeFlag(world, { percent: 100, writeId: 'a colleague' })
      }
      return tap(call, go)
    },
  })
  expect(end).toMatchObject({ outcome: 'rolled-back', why: expect.stringContaining('20% at 100 %') })
  expect(await world.flag()).toMatchObject({ percent: 0, latched: true })
})

test('a flag that somebody else drives meanwhile is left to them', async () => {
  const world = await launchWorld()
  const { tap, seen } = lostAt10(world, /^journal\./)
  const end = await world.drive({
    tap: async (call, go) => {
      if (seen.since > 0 && world.clock.now() - seen.since > minute && (await world.flag())?.launch !== 'other') {
        await changeFlag(world, { launch: 'other', writeId: 'theirs' })
      }
      return tap(call, go)
    },
  })
  expect(end).toMatchObject({ outcome: 'held' })
  expect(await world.flag()).toMatchObject({ percent: 10, latched: false, launch: 'other' })
})

test('a pause that cannot be journaled keeps no canary from being watched, nor a fail from turning the flag off', async () => {
  for (const calls of [/^journal\./, /^journal\.(?:create|swap)/]) {
    const world = await launchWorld()
    const { tap, seen } = lostAt10(world, calls)
    let isAsked = false
    const pausing: Tap = async (call, go) => {
      if (!isAsked && (await world.events()).some(({ type }) => type === 'flag-confirmed')) {
        isAsked = true
        const { log } = await world.session({ resume: true })
        await log.append({ type: 'canary-asked', ask: 'pause', stage: 10, reason: 'lunch' }, never)
      }
      return isAsked && !seen.since && call === 'journal.get' ? go() : tap(call, go)
    }
    const end = await world.drive({ tap: pausing })
    expect(end, String(calls)).toMatchObject({ outcome: 'rolled-back', why: expect.stringContaining('20% at 10 %') })
    expect(await world.flag()).toMatchObject({ percent: 0, latched: true })
    expect(seen.offAt - seen.since).toBeLessThan(4 * minute)
  }
})

test('a fail that has to persist is counted while the journal takes nothing', async () => {
  const patient = tinySheet.replace('below: 1% }', 'below: 1%, onFail: hold, persist: 2 }')
  const world = await launchWorld(tinyPlan(patient))
  const { tap, seen } = lostAt10(world, /^journal\.(?:create|swap)/)
  expect(await world.drive({ tap })).toMatchObject({ outcome: 'rolled-back' })
  expect(seen.offAt - seen.since).toBeLessThan(5 * minute)
})

test('a launch whose journal takes nothing for ten minutes ends where it stands, and watched until then', async () => {
  const world = await launchWorld()
  let looks = 0
  const { tap, seen } = lostAt10(world, /^journal\.(?:create|swap)/)
  world.errorShare = () => 0
  const counting: Tap = (call, go) => {
    if (call === 'metrics' && seen.since > 0) looks += 1
    return tap(call, go)
  }
  expect(await world.drive({ tap: counting })).toMatchObject({ outcome: 'held', why: expect.stringContaining('for 1') })
  expect(world.clock.now() - seen.since).toBeLessThan(13 * minute)
  // Every 30 s, not at every try of the journal.
  expect(looks).toBeGreaterThan(10)
  expect(looks).toBeLessThan(30)
})

test('while nothing fails a journal that comes back is taken up where it was', async () => {
  const world = await launchWorld()
  const { tap } = lostAt10(world, /^journal\./, 6 * minute)
  world.errorShare = () => 0
  expect(await world.drive({ tap })).toMatchObject({ outcome: 'succeeded' })
  expect((await world.events()).filter(({ type }) => type === 'rolled-back')).toEqual([])
})

test('a question does not keep a canary from being watched when the journal is lost under it', async () => {
  for (const calls of [/^journal\./, /^journal\.(?:create|swap)/]) {
    const world = await launchWorld()
    let lost = false
    const tap: Tap = async (call, go) => {
      if (lost && calls.test(call)) throw new LaunchError('UNREACHABLE', `${call}: ECONNREFUSED`)
      return go()
    }
    const session = await world.session({ tap })
    const wait = (_ms: number, signal: AbortSignal) => pause(3, undefined, { signal })
    const { people } = session.ports
    const ask: typeof people.ask = async (question, signal) => {
      if ((await world.flag())?.percent !== 10) return people.ask(question, signal)
      lost = true
      world.errorShare = () => 0.2
      // Nobody answers: only the watch ends this question.
      for (let minutes = 0; minutes < 25; minutes += 0.25) {
        world.clock.advance(minute / 4)
        await pause(5, undefined, { signal })
      }
      throw new Error('the question was not taken back')
    }
    const ports = { ...session.ports, wait, people: { ask } }
    const options = { goal: { type: 'all' }, leaveHeld: false, guided: true } as const
    const end = await run(Object.assign(session, { ports }), options, never)
    expect(end, String(calls)).toMatchObject({ outcome: 'rolled-back' })
    expect(await world.flag()).toMatchObject({ percent: 0, latched: true })
  }
})
