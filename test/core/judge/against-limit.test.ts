import { expect, test } from 'vitest'
import { againstLimit } from '../../../src/core/judge/against-limit.ts'
import type { StageClock } from '../../../src/core/judge/decision.ts'
import { SignalMinutes } from '../../../src/core/judge/minutes.ts'
import { latencySignal, rules, shareSignal, type Signal } from '../../../src/core/judge/plan.ts'
import { logGrid, startsAt } from '../../../src/core/stats/e-process.ts'
import { times } from '../../support/looks.ts'
import { stageClock } from '../../support/stage-clock.ts'

/** A minute of the new version: events, and those above each cut; `masked`, `deep`: both versions were in trouble. */
type Told = {
  readonly n: number
  readonly above: readonly number[]
  readonly masked?: boolean
  readonly deep?: boolean
}

const errors = shareSignal('errors', 0.01)
/** At most 5 % above the first cut; a share of 5 % above the second is a reason to roll back. */
const banded = latencySignal('load', 2, { slow: { cut: 0, share: 0.05, rollback: { cut: 1, share: 0.05 } } })

function limit(told: readonly Told[], signal: Signal = errors, clock: Partial<StageClock> = {}) {
  const minutes = new SignalMinutes(signal, logGrid(1.5, 48, 10))
  const [mask, deep] = [new Uint8Array(256), new Uint8Array(256)]
  for (const [t, { n, above, masked = false, deep: isDeep = false }] of told.entries()) {
    minutes.put(t, { n, above, sum: 0 }, null)
    if (masked) mask[t] = 1
    if (isDeep) deep[t] = 1
  }
  const size = told.length
  minutes.addUp(size, size, mask, 0, deep)
  return againstLimit(minutes, 0, stageClock(size, clock), startsAt(size, [0], 4), rules, deep)
}
const minute = (n: number, bad: number): Told => ({ n, above: [bad] })

test('a limit there is not has no finding', () => {
  const minutes = new SignalMinutes(errors, [2])
  expect(againstLimit(minutes, 1, {} as StageClock, startsAt(1, [0], 4), rules, new Uint8Array(1))).toBeNull()
})

test('a share at its limit is outside, from the third bad event on, over the whole or over the last bake', () => {
  expect(limit(times(20, minute(50, 0)).with(3, minute(50, 9)))).toMatchObject({ n: 1000, bad: 9, outside: false })
  expect(limit(times(20, minute(50, 0)).with(3, minute(50, 10)))).toMatchObject({
    n: 1000,
    bad: 10,
    recent: { n: 500, bad: 0 },
    outside: true,
    broken: false,
  })
  // Two of a hundred are twice the limit, and too few to be called anything.
  expect(limit([minute(100, 2)])).toMatchObject({ outside: false })
  expect(limit([minute(100, 3)])).toMatchObject({ outside: true })
  const lately = [...times(20, minute(500, 0)), ...times(10, minute(30, 1))]
  expect(limit(lately)).toMatchObject({ n: 10_300, bad: 10, recent: { n: 300, bad: 10 }, outside: true })
})

test('a share that was far outside does not get inside because nobody comes any more', () => {
  const [bad, good, none] = [minute(100, 20), minute(100, 0), minute(0, 0)]
  expect(limit([bad, bad, ...times(12, none)])).toMatchObject({ recent: { n: 0, bad: 0 }, outside: true, broken: true })
  // Whoever came lately and was well says that it is over.
  expect(limit([bad, bad, ...times(12, good)])).toMatchObject({ broken: false })
  // Nothing has settled in this stage: it is not silence yet.
  expect(limit([bad, bad, good, good], errors, { from: 4 })).toMatchObject({ recent: { n: 0 }, broken: false })
  const beyond = { n: 100, above: [40, 20] }
  const empty = { n: 0, above: [0, 0] }
  expect(limit([beyond, beyond, ...times(12, empty)], banded)).toMatchObject({
    rollback: { n: 200, bad: 40, outside: true },
    broken: true,
  })
})

test('minutes of an incident that both versions share do not count', () => {
  const told = [...times(10, minute(100, 0)), ...times(5, { ...minute(100, 50), masked: true })]
  expect(limit(told)).toMatchObject({ n: 1000, bad: 0, recent: { n: 500, bad: 0 }, outside: false, broken: false })
})

test('the last bake is that of this stage, and there is none of it before a minute has settled', () => {
  const told = times(20, minute(100, 1))
  expect(limit(told)?.recent).toEqual({ n: 1000, bad: 10 })
  expect(limit(told, errors, { from: 15 })?.recent).toEqual({ n: 500, bad: 5 })
  expect(limit(told, errors, { from: 20, settled: 18 })?.recent).toEqual({ n: 0, bad: 0 })
})

test('a share is proven by Clopper and Pearson’s bound times the next share, its error split over the looks of a stage', () => {
  // Looks after 10, 15, 20, 25 and 30 minutes: a fifth of 0.05 each. scipy.stats.beta.ppf(0.99, 4, 997).
  const told = [...times(9, minute(100, 0)), minute(100, 3)]
  const { bound } = limit(told) ?? {}
  expect(bound).toMatchObject({ beta: 0.01, n: 1000, bad: 3, proven: true })
  expect(bound?.upper).toBeCloseTo(0.010009791991707746, 12)
  expect(bound?.next).toBeCloseTo(0.3 * 0.010009791991707746, 12)
  // For all users the same bound is a hundred-thousandth too high.
  expect(limit(told, errors, { nextShare: 1 })?.bound).toMatchObject({ proven: false })
  expect(limit(told, errors, { nextShare: 0.99 })?.bound).toMatchObject({ proven: true })
  // A stage whose budget is its soak is looked at once: scipy.stats.beta.ppf(0.95, 4, 997).
  expect(limit(told, errors, { budget: 10 })?.bound?.upper).toBeCloseTo(0.007735244718479458, 12)
})

test('fewer events than the floor prove nothing', () => {
  expect(limit(times(10, minute(20, 0)))?.bound).toMatchObject({ n: 200, proven: true })
  expect(limit([...times(9, minute(20, 0)), minute(19, 0)])?.bound).toMatchObject({ n: 199, proven: false })
})

test('there is no look before the soak, and between two looks the first one stands', () => {
  const told = times(14, minute(100, 0))
  expect(limit(told, errors, { elapsed: 9 })?.bound).toBeNull()
  expect(limit(told, errors, { elapsed: 10 })?.bound).toMatchObject({ n: 1400 })
  expect(limit(told, errors, { elapsed: 13 })?.bound).toMatchObject({ n: 1100 })
  expect(limit(told, errors, { elapsed: 15 })?.bound).toMatchObject({ n: 1400 })
})

test('a limit is broken by evidence that does not hang on one minute, while its values are outside', () => {
  const broken = limit(times(10, minute(100, 5)))
  expect(broken).toMatchObject({ outside: true, broken: true })
  expect(broken?.needed).toBeCloseTo(Math.log(200), 12)
  expect(broken?.others).toBeLessThan(broken?.log ?? 0)

  const loud = limit([...times(9, minute(100, 0)), minute(100, 40)])
  expect(loud?.log).toBeGreaterThan(loud?.needed ?? Infinity)
  expect(loud).toMatchObject({ outside: true, broken: false })

  // It was broken, and has been inside for a bake.
  const over = limit([...times(10, minute(100, 5)), ...times(10, minute(100, 0))])
  expect(over?.others).toBeGreaterThan(over?.needed ?? Infinity)
  expect(over).toMatchObject({ outside: true, broken: false })
})

test('without the loudest minute evidence is looked at only where there is some', () => {
  const little = limit([minute(100, 0), minute(100, 1)])
  expect(little?.others).toBe(little?.log)
  expect(little?.log).toBeLessThan(Math.log(7))
})

test('two bad events are no broken limit, however far outside', () => {
  const few = { ...shareSignal('errors', 0.000_01), floor: 1 }
  const two = limit([...times(3, minute(1, 0)), minute(1, 1), minute(1, 1)], few)
  expect(two?.log).toBeGreaterThan(two?.needed ?? Infinity)
  expect(two).toMatchObject({ bad: 2, outside: false, broken: false })
})

test('where there is a looser limit, only what is above that one is a reason to roll back', () => {
  const slow = (above: readonly number[], deep = false): Told => ({ n: 100, above, deep })
  expect(limit(times(10, slow([20, 1])), banded)).toMatchObject({
    cut: 0,
    limit: 0.05,
    bad: 200,
    outside: true,
    broken: false,
    rollback: { cut: 1, limit: 0.05, n: 1000, bad: 10, outside: false },
  })
  expect(limit(times(10, slow([20, 15])), banded)).toMatchObject({
    broken: true,
    rollback: { n: 1000, bad: 150, outside: true },
  })
  expect(limit(times(10, slow([5, 5])), banded)?.rollback).toMatchObject({ bad: 50, outside: true })
  expect(limit(times(10, minute(100, 5)))).not.toHaveProperty('rollback')
})

test('what reaches the looser limit is of the last bake, without minutes in which the old version reaches it too', () => {
  const slow = (bad: number, deep = false): Told => ({ n: 100, above: [bad, bad], deep })
  const told = [...times(10, slow(20)), ...times(4, slow(2)), ...times(2, slow(60, true)), ...times(4, slow(2))]
  expect(limit(told, banded)?.rollback).toEqual({ cut: 1, limit: 0.05, n: 800, bad: 16, outside: false })
  // While such a minute is the last one nothing is outside, whatever the others say.
  const lasting = [...times(12, slow(20)), slow(20, true)]
  expect(limit(lasting, banded)?.rollback).toEqual({ cut: 1, limit: 0.05, n: 900, bad: 180, outside: false })
  expect(limit(lasting, banded)).toMatchObject({ broken: false })
  expect(limit([...lasting, slow(20)], banded)?.rollback).toMatchObject({ outside: true })
  // Nor do they count as evidence against it.
  const deep = limit([...times(6, slow(20, true)), ...times(4, slow(0))], banded)
  expect(deep?.log).toBeLessThan(0)
})
