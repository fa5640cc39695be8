import { expect, test } from 'vitest'
import { isBurst, markEnvironment } from '../../../src/core/judge/environment.ts'
import { SignalMinutes } from '../../../src/core/judge/minutes.ts'
import { shareSignal } from '../../../src/core/judge/plan.ts'
import { brokenFlag, failsOutright, isCovered, isStale } from '../../../src/core/judge/traffic.ts'
import { times } from '../../support/looks.ts'
import { stageClock } from '../../support/stage-clock.ts'

type Arms = { readonly n?: number; readonly bad?: number; readonly controls?: number; readonly usual?: number }

/** Requests and errors of both versions, minute by minute; null: no data at all. */
function signal(minutes: readonly (Arms | null)[], limit = 0.01): SignalMinutes {
  const told = new SignalMinutes(shareSignal('errors', limit), [2, 4])
  for (const [minute, arms] of minutes.entries()) {
    if (!arms) continue
    const { n = 0, bad = 0, controls = 0, usual = 0 } = arms
    told.put(minute, { n, above: [bad], sum: 0 }, { n: controls, above: [usual], sum: 0 })
  }
  return told
}

test('a canary without any request is a flag that reaches nobody once that is no chance: (1 − share)^n below one in a million', () => {
  const flag = (n: number, controls: number, share: number) =>
    brokenFlag(signal([{ n, controls }]), stageClock(1, { share }))
  // 0.5^20 = 9.5e-7, 0.5^19 = 1.9e-6; 0.9^131 = 1.01e-6, 0.9^132 = 9.1e-7.
  expect([19, 20].map((all) => flag(0, all, 0.5))).toEqual([null, 'flag-reaches-nobody'])
  expect([131, 132].map((all) => flag(0, all, 0.1))).toEqual([null, 'flag-reaches-nobody'])
  // At 100 % one request that the canary did not get says it.
  expect(flag(0, 1, 1)).toBe('flag-reaches-nobody')
  expect(flag(1, 1000, 1)).toBeNull()
  expect(flag(0, 0, 0.1)).toBeNull()
})

test('a share that is off by more than half, and by no chance, is a broken flag, in either direction', () => {
  const flag = (n: number, controls: number, share = 0.1) =>
    brokenFlag(signal([{ n, controls }]), stageClock(1, { share }))
  expect(flag(100, 900)).toBeNull()
  expect(flag(149, 851)).toBeNull()
  expect(flag(200, 800)).toBe('share-is-off')
  expect(flag(51, 949)).toBeNull()
  expect(flag(40, 960)).toBe('share-is-off')
  // As far off, of requests that are too few to say so: P(X ≥ 2 of 10) = 0.26 and P(X ≤ 1 of 40) = 0.08.
  expect(flag(2, 8)).toBeNull()
  expect(flag(1, 39)).toBeNull()
})

test('the share is that of the settled minutes of this stage', () => {
  const told = signal([{ controls: 500 }, { n: 100, controls: 900 }, { controls: 500 }])
  expect(brokenFlag(told, stageClock(1, { from: 1, settled: 2 }))).toBeNull()
  expect(brokenFlag(told, stageClock(1, { from: 2, settled: 3 }))).toBe('flag-reaches-nobody')
  expect(brokenFlag(told, stageClock(1, { from: 0, settled: 1 }))).toBe('flag-reaches-nobody')
})

test('a soak is covered by nine tenths of its minutes, without a gap of more than two', () => {
  const covered = (soak: number, ...missing: readonly number[]) => {
    const minutes: (Arms | null)[] = [...times(40, { controls: 5 })]
    for (const minute of missing) minutes[40 - soak + minute] = null
    return isCovered(signal(minutes), stageClock(1, { soak, settled: 40 }))
  }
  expect([covered(10), covered(10, 3), covered(10, 3, 7)]).toEqual([true, true, false])
  expect([covered(30, 3, 4, 20), covered(30, 3, 4, 5), covered(30, 0, 1), covered(30, 28, 29)]).toEqual([
    true,
    false,
    true,
    true,
  ])
  // What was missing before the soak is none of its gaps.
  expect(covered(10, -1, -2, -3)).toBe(true)
})

test('data is stale when the last minutes all have none; either version has some', () => {
  const stale = (...withData: readonly number[]) => {
    const minutes: (Arms | null)[] = [...times(12, null)]
    for (const minute of withData) minutes[minute] = minute % 2 === 0 ? { n: 1 } : { controls: 1 }
    return isStale(signal(minutes), 10, 5)
  }
  expect([stale(), stale(9), stale(5), stale(4), stale(10)]).toEqual([true, false, false, true, true])
  expect(isStale(signal(times(4, null)), 4, 5)).toBe(false)
})

test('a canary fails outright when half of a minute’s events are bad, 20 at least, and fewer than a tenth of the control’s', () => {
  const outright = (n: number, bad: number, controls: number, usual: number) =>
    failsOutright(signal([{ n, bad, controls, usual }]), 0)
  expect(outright(40, 20, 100, 9)).toBe(true)
  expect(outright(40, 19, 100, 9)).toBe(false)
  expect(outright(41, 20, 100, 9)).toBe(false)
  expect(outright(40, 20, 100, 10)).toBe(false)
  expect(outright(40, 20, 0, 0)).toBe(false)
  expect(failsOutright(signal([{ n: 40, bad: 40, controls: 100 }]), 1)).toBe(false)
})

test('minutes in which the control itself is outside are marked with the four before, and from where marks changed', () => {
  const mark = (minutes: readonly (Arms | null)[], from = 0, mask = new Uint8Array(12)) => ({
    changed: markEnvironment([signal(minutes)], mask, from, minutes.length),
    marked: mask.slice(0, minutes.length).join(''),
  })
  const calm = { controls: 1000, usual: 3 }
  const bad = { controls: 1000, usual: 60 }
  expect(mark(times(8, calm))).toEqual({ changed: 8, marked: '00000000' })
  // 60 + 4 · 3 of 5,000 is above 1 %; with a calm minute more before it, the five that end with it are all marked.
  expect(mark([...times(6, calm), bad, calm])).toEqual({ changed: 2, marked: '00111111' })
  expect(mark([bad, ...times(7, calm)])).toEqual({ changed: 0, marked: '11111000' })
  // Three bad events of a hundred are above the limit and no surprise at half of it: P(X ≥ 3 | 0.5) = 0.014.
  expect(mark([{ controls: 100, usual: 3 }])).toEqual({ changed: 1, marked: '0' })
  expect(mark([{ controls: 100, usual: 5 }])).toEqual({ changed: 0, marked: '1' })
  expect(mark([null, { n: 50, bad: 50 }])).toEqual({ changed: 2, marked: '00' })
  // Marks that no longer hold are taken back as far as a changed minute reaches, and no further.
  const old = new Uint8Array(12).fill(1)
  expect(mark(times(10, calm), 8, old)).toEqual({ changed: 4, marked: '1111000000' })
})

test('a minute is a burst when three or more bad events are improbable at the rate before it, or at a quarter of the limit', () => {
  const burst = (before: Arms, bad: number, n = 100) => {
    const told = signal([...times(10, before), { n, bad, controls: 900 }])
    told.addUp(11, 10, new Uint8Array(128), 0)
    return isBurst(told, 10)
  }
  const quiet = { n: 100, bad: 0, controls: 900 }
  // P(X ≥ 4) = 4.6e-4 and P(X ≥ 5) = 5.0e-5 of a negative binomial with mean 0.25 and size 3 (scipy's nbinom).
  expect([2, 3, 4, 5].map((bad) => burst(quiet, bad))).toEqual([false, false, false, true])
  // Where a tenth was bad all along: P(X ≥ 52) = 1.03e-4 and P(X ≥ 53) = 8.2e-5 with mean 10.
  const noisy = { n: 100, bad: 10, controls: 900 }
  expect([10, 52, 53].map((bad) => burst(noisy, bad))).toEqual([false, false, true])
})

test('minutes are kept, and the sums of those that count, however long a rollout lasts', () => {
  const told = signal(times(300, { n: 10, bad: 1, controls: 90, usual: 2 }))
  const mask = new Uint8Array(512)
  mask[250] = 1
  told.addUp(300, 298, mask, 0)
  expect([told.canary.n[0], told.control.above[0]?.[299], told.canary.n[299]]).toEqual([10, 2, 10])
  // Without the masked minute, up to and without minute 298.
  expect([told.totals.n[298], told.totals.above[0]?.[298], told.totals.n[250]]).toEqual([2970, 297, 2500])
})
