import { expect, test } from 'vitest'
import { SignalMinutes, type MinuteCounts } from '../../../src/core/judge/minutes.ts'
import { latencySignal, shareSignal } from '../../../src/core/judge/plan.ts'
import { startsAt } from '../../../src/core/stats/e-process.ts'

const counts = (n: number, above: readonly number[], sum = 0): MinuteCounts => ({ n, above, sum })
const mask = new Uint8Array(512)
const begun = (end: number) => startsAt(end, [0], 4)

test('a minute that is put again as it was changes nothing; every number of it that differs does', () => {
  const minutes = new SignalMinutes(latencySignal('load', 2, { slow: { cut: 1, share: 0.05 } }), [2])
  const [canary, control] = [counts(10, [5, 1], 900), counts(90, [45, 9], 8000)]
  const put = (own: MinuteCounts | null, other: MinuteCounts | null = control) => {
    minutes.addUp(6, 6, mask, 0)
    minutes.put(4, own, other)
    return minutes.changedFrom
  }
  expect(put(canary)).toBe(4)
  expect(put({ ...canary })).toBe(6)
  expect(put(counts(11, [5, 1], 900))).toBe(4)
  expect(put(counts(11, [6, 1], 900))).toBe(4)
  expect(put(counts(11, [6, 2], 900))).toBe(4)
  expect(put(counts(11, [6, 2], 901))).toBe(4)
  expect(put(counts(11, [6, 2], 901), counts(91, [45, 9], 8000))).toBe(4)
  expect(put(counts(11, [6, 2], 901), counts(91, [45, 9], 8000))).toBe(6)
  expect(put(null, counts(91, [45, 9], 8000))).toBe(4)
  expect([minutes.canary.n[4], minutes.canary.sum[4], minutes.canary.above[1]?.[4]]).toEqual([0, 0, 0])
})

test('the first of several late minutes is from where everything is added up again', () => {
  const minutes = new SignalMinutes(shareSignal('errors', 0.01), [2])
  for (let t = 0; t < 8; t++) minutes.put(t, counts(10, [0]), counts(90, [1]))
  minutes.addUp(8, 8, mask, 0)
  minutes.put(5, counts(10, [2]), counts(90, [1]))
  minutes.put(2, counts(10, [3]), counts(90, [1]))
  minutes.put(6, counts(10, [1]), counts(90, [1]))
  expect(minutes.changedFrom).toBe(2)
  minutes.addUp(8, 8, mask, minutes.changedFrom)
  expect([2, 3, 6, 8].map((t) => minutes.totals.above[0]?.[t])).toEqual([0, 3, 5, 6])
  const anew = new SignalMinutes(shareSignal('errors', 0.01), [2])
  for (let t = 0; t < 8; t++) anew.put(t, counts(10, [t === 5 ? 2 : t === 2 ? 3 : t === 6 ? 1 : 0]), counts(90, [1]))
  anew.addUp(8, 8, mask, 0)
  expect(minutes.relative?.mixture(8, begun(8))).toEqual(anew.relative?.mixture(8, begun(8)))
  expect(minutes.absolute[0]?.mixture(8, begun(8))).toEqual(anew.absolute[0]?.mixture(8, begun(8)))
})

test('fresh minutes are compared with the control; limits and totals wait until they settle', () => {
  const told = (settled: number) => {
    const minutes = new SignalMinutes(shareSignal('errors', 0.01), [2, 8])
    for (let t = 0; t < 6; t++) minutes.put(t, counts(100, [t === 5 ? 50 : 0]), counts(900, [3]))
    minutes.addUp(6, settled, mask, 0)
    return minutes
  }
  expect(told(5).relative?.mixture(6, begun(6)).log).toBeGreaterThan(20)
  expect(told(5).totals.above[0]?.slice(0, 8)).toEqual(new Float64Array(8))
  expect(told(6).totals.above[0]?.[6]).toBe(50)
  expect(told(5).absolute[0]?.mixture(5, begun(5)).log).toBeLessThan(0)
  expect(told(6).absolute[0]?.mixture(6, begun(6)).log).toBeGreaterThan(20)
})

test('a bound is calculated anew when anything of its look differs, and each limit has its own', () => {
  const minutes = new SignalMinutes(latencySignal('load', 2, { slow: { cut: 1, share: 0.05 } }), [2])
  // scipy.stats.beta.ppf(1 − β, bad + 1, n − bad).
  const asked = [
    [3, 1000, 0.01, 0.010009791991707746],
    [3, 1000, 0.05, 0.007735244718479458],
    [9, 1000, 0.01, 0.018691345262192675],
    [9, 1000, 0.01, 0.018691345262192675],
    [10, 2000, 0.01, 0.010046808268162066],
  ] as const
  for (const [bad, n, beta, upper] of asked) {
    expect(minutes.upperBound(0, bad, n, beta)).toBeCloseTo(upper, 12)
    expect(minutes.upperBound(1, 0, n, beta)).toBeLessThan(upper)
  }
})

test('dispersion reads the bad events of a cut among those above the cut before', () => {
  const minutes = new SignalMinutes(latencySignal('load', 2, {}), [2])
  minutes.put(0, counts(100, [40, 7]), counts(900, [300, 60]))
  const first = (cut: number) => Object.values(minutes.arms(cut)).map((column) => column[0])
  expect(minutes.arms(0)).toMatchObject({ canaryAll: minutes.canary.n, controlBad: minutes.control.above[0] })
  expect(first(0).toSorted((a = 0, b = 0) => a - b)).toEqual([40, 100, 300, 900])
  expect(first(1).toSorted((a = 0, b = 0) => a - b)).toEqual([7, 40, 60, 300])
})

test('hours of minutes cost no more than room, wherever they are put first', () => {
  const minutes = new SignalMinutes(latencySignal('load', 2, { slow: { cut: 1, share: 0.05 } }), [2])
  minutes.put(3, counts(10, [5, 1], 50), counts(90, [45, 9], 450))
  minutes.put(400, counts(20, [6, 2], 60), counts(80, [40, 8], 400))
  minutes.addUp(401, 401, mask, 0)
  expect([minutes.canary.n[3], minutes.canary.above[1]?.[3], minutes.control.sum[3]]).toEqual([10, 1, 450])
  expect([minutes.totals.n[401], minutes.totals.sum[401], minutes.totals.above[0]?.[401]]).toEqual([30, 110, 11])
  const quiet = new SignalMinutes(shareSignal('errors', 0.01), [2])
  quiet.addUp(300, 300, mask, 0)
  expect(quiet.totals.n[300]).toBe(0)
})
