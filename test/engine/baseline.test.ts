import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { launchWorld, tinyPlan, tinySheet } from '../support/launch-world.ts'
import type { Tap } from '../support/tapped.ts'

const compared = tinyPlan(
  tinySheet.replace(
    'ask: Is everybody told? }',
    'ask: Is everybody told? }, { kind: baseline, id: as-before, metric: requests, statistic: per-minute, atLeast: 90% }',
  ),
)

/** Fails the first so many questions about metrics: the very first one captures the baseline. */
function metricsAway(times: number): Tap {
  let asked = 0
  return async (call, go) => {
    if (call === 'metrics' && (asked += 1) <= times) throw new LaunchError('UNREACHABLE', 'cloudwatch does not answer')
    return go()
  }
}

test('a baseline that could not be read is remembered as missing, and asked for again when a check needs it', async () => {
  const world = await launchWorld(compared)
  const end = await world.drive({ tap: metricsAway(1) })
  expect(end).toMatchObject({ outcome: 'succeeded' })

  const captured = (await world.events()).filter((event) => event.type === 'baseline-captured')
  expect(captured).toMatchObject([
    { metrics: {}, missing: { requests: 'cloudwatch does not answer', errors: 'cloudwatch does not answer' } },
    { metrics: { requests: { count: 30, sum: 30_000 } } },
  ])
  // The same time before the launch, whenever it is asked for.
  expect(captured[1]?.window).toEqual(captured[0]?.window)
  expect((await world.state()).gates['closeout']?.checks).toMatchObject([
    {},
    { id: 'as-before', judgement: { verdict: 'pass' } },
  ])
})

test('a baseline that was read is not asked for again', async () => {
  const world = await launchWorld(compared)
  await world.drive()
  const captured = (await world.events()).filter((event) => event.type === 'baseline-captured')
  expect(captured).toHaveLength(1)
  expect(captured[0]).not.toHaveProperty('missing')
})

test('without its baseline a check is undecided for the reason, and the launch is not judged against nothing', async () => {
  const sheet = tinySheet
    .replace('errors: {', 'visits: { namespace: Tiny, name: Visits, lag: 1m }\n  errors: {')
    .replace(
      'ask: Is everybody told? }',
      'ask: Is everybody told? }, { kind: baseline, id: as-before, metric: visits, atLeast: 90% }',
    )
  const world = await launchWorld(tinyPlan(sheet))
  let before = 0
  const tap: Tap = async (call, go) => {
    const phase = Object.keys((await world.state().catch(() => null))?.phases ?? {}).at(-1)
    if (call === 'metrics' && (phase !== 'closeout' ? (before += 1) === 1 : true))
      throw new LaunchError('UNREACHABLE', 'cloudwatch does not answer')
    return go()
  }
  const end = await world.drive({ tap })
  expect(end).toMatchObject({
    outcome: 'held',
    why: expect.stringMatching(/no baseline of visits: cloudwatch does not answer/),
  })
})
