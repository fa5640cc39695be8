import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { noticeClockJump } from '../../src/engine/clock-jump.ts'
import type { Session } from '../../src/engine/session.ts'
import { systemClock } from '../../src/host/clock.ts'
import { launchWorld, tinyPlan } from '../support/launch-world.ts'
import { baking, stateOf } from '../support/core-launch.ts'
import { never } from '../support/real-time.ts'
import { isDeployed, isShown, stoppedAt } from '../support/stopped-launch.ts'

/** A launch whose machine's clock is set by so much, once, as soon as users see something of it; from then on so many meet errors. */
async function jumping(byMs: number, errorShare = 0) {
  const world = await launchWorld(tinyPlan())
  let exposed = false
  let set = false
  world.errorShare = () => (set ? errorShare : 0)
  world.clock.jumpedMs = () => {
    if (set || !exposed) return 0
    set = true
    world.clock.advance(byMs)
    return byMs
  }
  let isUp = false
  const end = await world.drive({
    watcher: {
      onEvent: ({ type }) => {
        exposed ||= isUp && type === 'gate-judged'
        isUp ||= type === 'flag-confirmed'
      },
      onProgress: () => {},
    },
  })
  return { end, events: await world.events() }
}

test('a clock that was set while users see something is journaled, and the gate is looked at anew', async () => {
  const { end, events } = await jumping(10_000)
  expect(events.filter(({ type }) => type === 'clock-jumped')).toMatchObject([{ byMs: 10_000 }])
  expect(events[events.findIndex(({ type }) => type === 'clock-jumped') - 1]?.type).toBe('gate-judged')
  expect(end.outcome).toBe('succeeded')
})

const hour = 3_600_000
test.each([hour, -hour, 24 * hour, -24 * hour])(
  'a clock that is set by %i ms keeps no launch that is well from its end, and hides no errors from its gate',
  async (byMs) => {
    const well = await jumping(byMs)
    expect(well.events.filter(({ type }) => type === 'clock-jumped')).toMatchObject([{ byMs }])
    expect(well.end.outcome).toBe('succeeded')
    const broken = await jumping(byMs, 0.2)
    expect(broken.end.outcome).toBe('rolled-back')
    const shown = broken.events.flatMap((event) => (event.type === 'flag-set' ? [event.percent] : []))
    expect(Math.max(...shown)).toBe(10)
  },
)

test('a second more or less is no jump', async () => {
  const { end, events } = await jumping(1900)
  expect(events.map(({ type }) => type)).not.toContain('clock-jumped')
  expect(end.outcome).toBe('succeeded')
})

test('a stage does not begin in the future after the clock was set back', () => {
  const told = baking()
  const since = told.now()
  const [last, ...before] = told.add({ type: 'clock-jumped', byMs: -60_000 }).events.toReversed()
  if (!last) throw new Error('empty')
  const state = stateOf([...before.reverse(), { ...last, at: epochMs(since - 60_000) }])
  expect(state.stages['rollout/canary']).toMatchObject([{ status: 'baking', since: since - 60_000 }])
})

test('the clock of this machine does not jump by itself', async () => {
  const clock = systemClock()
  await clock.sleepUntil(epochMs(clock.now() + 50), never)
  expect(Math.abs(clock.jumpedMs?.() ?? Infinity)).toBeLessThan(100)
})

/** What is journaled of a jump by a process that took over, and whether it looks anew. */
async function noticed(byMs: number, state: Partial<Session['state']> = {}, at = isShown) {
  const world = await launchWorld(tinyPlan())
  let jumped = 0
  world.clock.jumpedMs = () => jumped
  const session = await stoppedAt(world, at)
  jumped = byMs
  const before = session.state.n
  session.state = { ...session.state, ...state }
  session.looks.set('slo', { first: epochMs(0), last: epochMs(1) })
  await noticeClockJump(session, never)
  const events = (await world.events()).slice(before)
  return [events.map((event) => (event.type === 'clock-jumped' ? event.byMs : event.type)), session.looks.size]
}

test('two seconds are none yet, more are, in either direction', async () => {
  expect(await noticed(2000)).toEqual([[], 1])
  expect(await noticed(2001)).toEqual([[2001], 0])
  expect(await noticed(-2001)).toEqual([[-2001], 0])
  expect(await noticed(2000.4)).toEqual([[], 1])
})

test('what was looked at is looked at anew; the journal is told while users see something that nobody takes back', async () => {
  type State = Session['state']
  expect(await noticed(9000, {}, isDeployed)).toEqual([[], 0])
  expect(await noticed(9000, { ended: { outcome: 'succeeded', why: '', at: epochMs(1) } })).toEqual([[], 0])
  expect(await noticed(9000, { rollingBack: { kind: 'full' } as unknown as State['rollingBack'] })).toEqual([[], 0])
  // A journal with words of a newer version is not written to.
  expect(await noticed(9000, { unknownTypes: ['newer'] })).toEqual([[], 0])
})
