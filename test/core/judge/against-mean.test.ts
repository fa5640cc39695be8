import { expect, test } from 'vitest'
import { againstMean } from '../../../src/core/judge/against-limit.ts'
import type { StageClock } from '../../../src/core/judge/decision.ts'
import { SignalMinutes } from '../../../src/core/judge/minutes.ts'
import { latencySignal } from '../../../src/core/judge/plan.ts'
import { times } from '../../support/looks.ts'
import { stageClock } from '../../support/stage-clock.ts'

/** Minutes of samples with this mean, and the old version's; the limit is 200 and a block has 50 samples. */
type Told = { readonly n?: number; readonly mean: number; readonly control?: number; readonly masked?: boolean }

function mean(told: readonly Told[], rollback?: number) {
  const signal = latencySignal('load', 1, { average: 200 })
  const minutes = new SignalMinutes(
    { ...signal, mean: { limit: 200, floor: 50, ...(rollback !== undefined && { rollback }) } },
    [2],
  )
  const mask = new Uint8Array(256)
  for (const [t, { n = 100, mean: value, control = 100, masked = false }] of told.entries()) {
    minutes.put(t, { n, above: [0], sum: n * value }, { n: 500, above: [0], sum: 500 * control })
    if (masked) mask[t] = 1
  }
  minutes.addUp(told.length, told.length, mask, 0)
  return againstMean(minutes, stageClock(told.length), mask, 0.01)
}

test('a signal without a limit on its mean has no finding', () => {
  const minutes = new SignalMinutes(latencySignal('load', 1, {}), [2])
  expect(againstMean(minutes, {} as StageClock, new Uint8Array(1), 0.01)).toBeNull()
})

test('a mean at its limit or above is outside, over the whole or over the last bake', () => {
  expect(mean(times(20, { mean: 199.9 }))).toMatchObject({ n: 2000, mean: 199.9, recent: 199.9, outside: false })
  expect(mean(times(20, { mean: 200 }))).toMatchObject({ outside: true, enough: true, limit: 200 })
  const lately = [...times(30, { mean: 100 }), ...times(10, { mean: 200 })]
  expect(mean(lately)).toMatchObject({ mean: 125, recent: 200, outside: true, halfWidth: null, broken: false })
  const before = [...times(30, { mean: 400 }), ...times(10, { mean: 150 })]
  expect(mean(before)).toMatchObject({ mean: 337.5, recent: 150, outside: true, broken: false })
})

test('a mean that was far above its limit is no better because nobody comes any more', () => {
  const silent = times(12, { n: 0, mean: 0 })
  expect(mean([...times(40, { mean: 300 }), ...silent])).toMatchObject({ recent: null, broken: true })
  expect(mean([...times(40, { mean: 300 }), ...times(12, { n: 1, mean: 300 })])).toMatchObject({ broken: false })
})

test('fewer samples than a block say nothing', () => {
  expect(mean(times(4, { n: 12, mean: 900 }))).toMatchObject({ n: 48, enough: false, outside: false, recent: null })
  expect(mean(times(5, { n: 10, mean: 900 }))).toMatchObject({ n: 50, enough: true, outside: true, recent: 900 })
  expect(mean([])).toMatchObject({ n: 0, mean: null, recent: null, enough: false, outside: false, broken: false })
})

test('it is broken when ten blocks or more guarantee it, lately as well, and the old version is inside', () => {
  // Blocks without any spread guarantee their mean but for the sequence's own width.
  const steady = mean(times(40, { mean: 300 }))
  expect(steady).toMatchObject({ broken: true, outside: true })
  expect(steady?.halfWidth).toBeGreaterThanOrEqual(0)
  expect(steady?.halfWidth).toBeLessThan(100)
  expect(mean(times(9, { mean: 300 }))).toMatchObject({ halfWidth: null, broken: false, outside: true })
  expect(mean(times(10, { mean: 300 }))?.halfWidth).not.toBeNull()
  // Three minutes of 20 make a block: 27 of them are nine.
  expect(mean(times(27, { n: 20, mean: 300 }))?.halfWidth).toBeNull()
  expect(mean(times(30, { n: 20, mean: 300 }))?.halfWidth).not.toBeNull()
  expect(mean(times(40, { mean: 300, control: 200 }))).toMatchObject({ broken: false, outside: true })
  expect(mean(times(40, { mean: 300, control: 199 }))).toMatchObject({ broken: true })
})

test('a block that spreads is uncertain: the same mean is no longer guaranteed', () => {
  const spread = Array.from({ length: 40 }, (_, t): Told => ({ mean: t % 2 === 0 ? 20 : 400 }))
  expect(mean(spread)).toMatchObject({ mean: 210, broken: false, outside: true })
  expect(mean(spread)?.halfWidth).toBeGreaterThan(10)
})

test('minutes of an incident that both versions share count neither in the mean nor in its blocks', () => {
  const told = [...times(15, { mean: 900, masked: true }), ...times(9, { mean: 300 })]
  expect(mean(told)).toMatchObject({ n: 900, mean: 300, halfWidth: null })
  expect(mean([...told, { mean: 300 }])?.halfWidth).not.toBeNull()
})

test('where there is a looser limit to roll back by, that is the one that is broken', () => {
  expect(mean(times(40, { mean: 250 }), 300)).toMatchObject({ outside: true, broken: false, rollback: 300, limit: 200 })
  expect(mean(times(40, { mean: 600 }), 300)).toMatchObject({ broken: true })
  // An old version that is above the first limit and below that one does not excuse it.
  expect(mean(times(40, { mean: 600, control: 250 }), 300)).toMatchObject({ broken: true })
  expect(mean(times(40, { mean: 600, control: 300 }), 300)).toMatchObject({ broken: false })
  expect(mean(times(40, { mean: 300 }))).not.toHaveProperty('rollback')
})
