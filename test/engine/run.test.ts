import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { rollBack } from '../../src/engine/rollback.ts'
import { flagWatch } from '../support/kill-points.ts'
import { errorsFrom, launchWorld, served, tinyPlan, tinySheet, type LaunchWorld } from '../support/launch-world.ts'
import { never, noWait } from '../support/real-time.ts'
import type { Tap } from '../support/tapped.ts'

const plan = tinyPlan()
const minute = 60_000
const down = (call: string) => new LaunchError('UNREACHABLE', `${call}: ECONNREFUSED`)

/** Calls that match fail from the moment the flag has this percentage, for so many milliseconds of the clock. */
function outage(world: LaunchWorld, calls: RegExp, fromPercent: number, lastsMs: number): Tap {
  let since: number | null = null
  return async (call, go) => {
    if (!calls.test(call)) return go()
    since ??= ((await world.flag())?.percent ?? 0) >= fromPercent ? world.clock.now() : null
    if (since !== null && world.clock.now() - since < lastsMs) throw down(call)
    return go()
  }
}
const types = async (world: LaunchWorld) => (await world.events()).map(({ type }) => type)
/** The on-call engineer: another machine, no journal. */
const onCall = (world: LaunchWorld) => {
  const { clock, random, flag } = world.ports()
  const request = {
    kind: 'emergency',
    reason: 'errors',
    by: 'on-call',
    launch: null,
    flagKey: 'new-board',
    target: { to: null, awayFrom: null },
  } as const
  return rollBack(request, { flag: flag('production'), clock, random, wait: noWait, site: null }, never)
}

test('a launch goes from the build to 100 % and tells it all', async () => {
  const world = await launchWorld(plan)
  expect(await world.drive()).toEqual({ outcome: 'succeeded', why: 'every phase of the run sheet is done' })
  expect(await world.flag()).toMatchObject({ percent: 100, latched: false })
  expect(await served(world.production)).toMatchObject({ 'index.html': '<html>new</html>' })
  expect(world.asked.map(({ id }) => id)).toEqual([
    'approval/qa-lead',
    'go',
    'proceed/rollout/deploy',
    'proceed/rollout/canary@10',
    'proceed/rollout/canary@100',
    'closeout/told',
  ])
})

test('over an old version that is broken already nothing is deployed, until somebody waives that or it is well again', async () => {
  const world = await launchWorld(plan)
  world.errorShare = (percent) => (percent === 0 ? 0.03 : 0)
  const refused = {
    outcome: 'refused',
    why: expect.stringContaining('errors / requests < 1%: 3%, limit 1%'),
  }
  expect(await world.drive()).toMatchObject(refused)
  expect(await served(world.production)).toMatchObject({ 'index.html': '<html>old</html>' })
  expect(await world.drive()).toMatchObject(refused)
  const waiving = await world.session()
  await waiving.record({ type: 'waived', gate: 'slo@0', check: 'errors', reason: 'the new one mends it' }, never)
  expect(await world.drive()).toMatchObject({ outcome: 'succeeded' })
  // What was waived before the canary counts at its stages all the same.
  expect((await world.state()).gates).toMatchObject({
    'rollout/canary@0': { verdict: 'unknown', checks: [{ judgement: { verdict: 'waived' } }] },
    'rollout/canary@10': { verdict: 'pass', checks: [{ judgement: { verdict: 'pass' } }] },
  })

  const other = await launchWorld(plan)
  other.errorShare = () => 0.03
  expect(await other.drive()).toMatchObject({ outcome: 'refused' })
  other.errorShare = () => 0
  expect(await other.drive()).toMatchObject({ outcome: 'succeeded' })
})

test('errors at 10 % roll it back at once, and no user above 10 % ever saw it', async () => {
  const world = await launchWorld(plan)
  world.errorShare = (percent) => (percent > 0 ? 0.2 : 0)
  const { violations } = flagWatch(world)
  const end = await world.drive()
  expect(end).toMatchObject({
    outcome: 'rolled-back',
    why: expect.stringContaining('errors / requests < 1%: 20% at 10 %'),
  })
  expect(await world.flag()).toMatchObject({ percent: 0, latched: true })
  expect(violations).toEqual([])
  expect(await types(world)).not.toContain('stage-left')
})

test('errors after 100 % restore the files, as the phase says', async () => {
  const world = await launchWorld(plan)
  expect(await world.drive({ watcher: errorsFrom(world, 'verify') })).toMatchObject({
    outcome: 'rolled-back',
    why: expect.stringContaining('20%'),
  })
  expect(await served(world.production)).toMatchObject({ 'index.html': '<html>old</html>' })
})

test('without data nothing goes on: held, then rolled back by itself, or left when somebody wants that', async () => {
  for (const [leaveHeld, outcome, percent] of [
    [false, 'rolled-back', 0],
    [true, 'held', 10],
  ] as const) {
    const world = await launchWorld(plan)
    world.traffic = false
    expect(await world.drive({ leaveHeld })).toMatchObject({ outcome })
    expect(await world.flag()).toMatchObject({ percent })
    expect(await types(world)).toContain('stage-held')
  }
})

test('a rollback by somebody else wins over a launch that goes on, at whatever point it comes', async () => {
  for (let n = 1; ; n += 23) {
    const world = await launchWorld(plan)
    const { violations } = flagWatch(world)
    let calls = 0
    let touched = false
    const tap: Tap = async (call, go) => {
      if ((calls += 1) === n) {
        touched = ((await world.flag())?.percent ?? 0) > 0
        await onCall(world)
      }
      return go()
    }
    const end = await world.drive({ tap })
    if (calls < n) break
    expect(violations, `rollback before call ${n}`).toEqual([])
    expect(await world.flag(), `rollback before call ${n}`).toMatchObject({ percent: 0, latched: true })
    // When it came after the last look at the flag, whoever looks next finds it.
    const found = touched ? await world.drive({ resume: true }) : end
    const legal = touched ? ['rolled-back'] : ['rolled-back', 'superseded']
    expect(legal, `rollback before call ${n}`).toContain(found.outcome)
  }
}, 30_000)

test('a flag store that fails for minutes in the middle of the canary is waited for', async () => {
  const world = await launchWorld(plan)
  const end = await world.drive({ tap: outage(world, /^flag\/production\.put/, 10, 9 * minute) })
  expect(end.outcome).toBe('succeeded')
  // The intent is not journaled anew at every try.
  expect((await types(world)).filter((type) => type === 'flag-intended').length).toBeLessThanOrEqual(3)
})

test('a service that stays away after production changed ends held, saying where production stands; it can be resumed', async () => {
  for (const calls of [/^flag\/production\.(?:get|put)/, /^journal\./]) {
    const world = await launchWorld(plan)
    const started = world.clock.now()
    const end = await world.drive({ tap: outage(world, calls, 10, 90 * minute), leaveHeld: true })
    expect(end.outcome).toBe('held')
    expect(world.clock.now() - started).toBeLessThan(40 * minute)
    expect((await world.flag())?.percent).toBe(10)
    expect(['succeeded', 'rolled-back']).toContain((await world.drive({ resume: true })).outcome)
  }
})

test('a service that fails before production changed ends the run as unavailable, and nothing was touched', async () => {
  const world = await launchWorld(plan)
  const tap: Tap = (call, go) =>
    call.startsWith('flag/production.get') || call.startsWith('journal.get') ? failAfter(world, go) : go()
  const end = await world.drive({ tap })
  expect(end).toMatchObject({ outcome: 'unavailable' })
  expect(await world.flag()).toBeNull()
  expect(await served(world.production)).toMatchObject({ 'index.html': '<html>old</html>' })
  expect((await world.drive()).outcome).toBe('succeeded')
})
async function failAfter<T>(world: LaunchWorld, go: () => Promise<T>): Promise<T> {
  if ((await world.events()).some(({ type }) => type === 'step-done')) throw down('s3')
  return go()
}

test('a deploy to production that is interrupted by an outage is taken up again until it is whole', async () => {
  const world = await launchWorld(plan)
  let failures = 0
  const tap: Tap = async (call, go) => {
    if (call === 's3/production.copy' && (failures += 1) <= 20) throw down(call)
    return go()
  }
  expect((await world.drive({ tap })).outcome).toBe('succeeded')
  expect((await types(world)).filter((type) => type === 'step-intended')).toHaveLength(7)
})

test('a verdict that calls for a rollback does not wait for a journal that is down', async () => {
  const world = await launchWorld(plan)
  world.errorShare = (percent) => (percent > 0 ? 0.2 : 0)
  let [fails, writtenOff] = [0, 0]
  const tap: Tap = async (call, go) => {
    const percent = (await world.flag())?.percent ?? 0
    if (call === 'metrics' && percent > 0) fails += 1
    if (call.startsWith('journal.create') && fails > 1) throw down(call)
    const result = await go()
    if (call === 'flag/production.put' && fails > 1) writtenOff ||= world.clock.now()
    return result
  }
  const end = await world.drive({ tap })
  expect(end).toMatchObject({ outcome: 'rolled-back', why: expect.stringContaining('not yet journaled') })
  expect(await world.flag()).toMatchObject({ percent: 0, latched: true })
  expect(writtenOff).toBeGreaterThan(0)
  expect(await world.drive({ resume: true })).toMatchObject({ outcome: 'rolled-back' })
  expect(await types(world)).toContain('rollback-found')
})

test('a launch that another one was opened over stops', async () => {
  const world = await launchWorld(plan)
  const old = await world.session()
  await world.session({ request: { commit: 'd'.repeat(40), fresh: true } })
  const { run } = await import('../../src/engine/run.ts')
  expect(await run(old, { goal: { type: 'all' }, leaveHeld: false, guided: false }, never)).toMatchObject({
    outcome: 'superseded',
  })
})

test('two processes that drive one launch at the same time bring it to one end', async () => {
  const world = await launchWorld(plan)
  const { violations } = flagWatch(world)
  await world.session()
  const ends = await Promise.all([world.drive({ resume: true }), world.drive({ resume: true })])
  expect(ends.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded'])
  expect(violations).toEqual([])
  const events = await world.events()
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length)
})

test('nobody there to decide: the launch is held before production changes', async () => {
  const world = await launchWorld(plan)
  world.answer = ({ type }) => (type === 'approval' ? { answer: 'yes' } : null)
  expect(await world.drive()).toMatchObject({ outcome: 'held', why: expect.stringContaining('launch go') })
  world.answer = () => ({ answer: 'no' })
  expect(await world.drive({ resume: true })).toMatchObject({ outcome: 'declined' })
  expect(await world.flag()).toBeNull()
})

test('a question of a gate is asked once and its answer is journaled, however often the gate is looked at', async () => {
  const slow = tinyPlan(
    tinySheet
      .replace(
        'closeout: [{',
        'closeout: [{ kind: steady, id: calm, traffic: requests, window: 10m, slos: slo, bursts: errors }, {',
      )
      .replace('gate: closeout,', 'gate: closeout, patience: 30m,'),
  )
  const world = await launchWorld(slow)
  await world.drive()
  expect(world.asked.filter(({ id }) => id.endsWith('told'))).toHaveLength(1)
  expect(
    (await world.events()).filter((event) => event.type === 'answered' && event.question.endsWith('told')),
  ).toHaveLength(1)
})

test('a build that may not run twice and was killed is not run again by a resume', async () => {
  const world = await launchWorld(tinyPlan(tinySheet.replace('idempotent: true', 'idempotent: false')))
  const tap: Tap = async (call, go) => {
    if (call === 'exec.run') throw new Error('killed')
    return go()
  }
  await expect(world.drive({ tap })).rejects.toThrow('killed')
  expect(await world.drive({ resume: true })).toMatchObject({
    outcome: 'held',
    why: expect.stringContaining('staging/build'),
  })
  expect(world.ran).toEqual([])
})

test('a signal stops it at the next step, and production stays as it is', async () => {
  const world = await launchWorld(plan)
  const stop = new AbortController()
  const tap: Tap = async (call, go) => {
    const result = await go()
    if (call === 'flag/production.put') stop.abort(new Error('SIGINT'))
    return result
  }
  await expect(world.drive({ tap, signal: stop.signal })).rejects.toThrow('SIGINT')
  expect((await world.flag())?.percent).toBe(10)
  expect((await world.drive({ resume: true })).outcome).toBe('succeeded')
})
