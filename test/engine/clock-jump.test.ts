import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { systemClock } from '../../src/host/clock.ts'
import { launchWorld, tinyPlan } from '../support/launch-world.ts'
import { baking, stateOf } from '../support/core-launch.ts'
import { never } from '../support/real-time.ts'

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
