import { describe, expect, test } from 'vitest'
import { judgeMethod, plan } from '../../../bench/decisions/ours.ts'
import { rollOut } from '../../../bench/decisions/rollout.ts'
import { scenarios } from '../../../bench/decisions/scenarios.ts'
import { cuts } from '../../../bench/decisions/world.ts'
import {
  caughtAfter,
  detection,
  detectionByLimit,
  moreFailures,
  slower,
  type Regressed,
  type Usual,
} from '../../../src/core/judge/detection.ts'
import { latencySignal, shareSignal, type Margin, type Signal } from '../../../src/core/judge/plan.ts'
import { expectedStages, type StagePlan } from '../../../src/core/judge/planning.ts'

/** The benchmark's world: 0.3 % errors, a lognormal latency with median 90 ms and sigma 0.95, of which 1.07 % is above 800 ms. */
const sigma = 0.95
const errors = (perMinute: number): Usual => ({ perMinute, above: [0.003], mean: null })
const latency = (perMinute: number): Usual => ({ perMinute, above: [0.5, 0.25, 0.1, 0.0107], mean: 141 })
const [ofErrors, ofLatency] = plan.signals as readonly [Signal, Signal] // The benchmark's plan has these two.

describe('requests until a regression is seen', () => {
  // (ln 60 + 2) / KL for alpha 1/60; KL per request of the new version at 10 : 90, worked out by hand:
  // 0.13 · 1.3282 for 10 points, 0.05 · 0.4021 for 2, 0.035 · 0.0591 for half a point.
  test.each([
    [0.1, 6.094 / (0.13 * 1.3282)],
    [0.02, 6.094 / (0.05 * 0.4021)],
    [0.005, 6.094 / (0.035 * 0.0591)],
  ])('are as many as the evidence of each asks for: +%d', (points, expected) => {
    const usual = errors(100)
    const found = detection(shareSignal('errors', 0.01, 1 / 60), usual, moreFailures(usual, points), 0.1)
    // Ten points are seen so soon that the fewest bad events, 4 of 0.103, are what takes longest.
    expect(found?.requests).toBeGreaterThan(0.95 * Math.max(expected, 4 / 0.103) - 1)
    expect(found?.requests).toBeLessThan(1.05 * Math.max(expected, 4 / 0.103) + 1)
  })

  test('are none where the difference matters too little, or no old version is left', () => {
    const usual = latency(100)
    expect(detection(ofLatency, usual, slower(usual, 1.2, sigma), 0.1)).toBeNull()
    expect(detection(ofErrors, errors(100), moreFailures(errors(100), 0.02), 1)).toBeNull()
  })

  test('follow from the limit alone at 100 %, and there are none below it', () => {
    const usual = errors(100)
    // (ln 200 + 2) / (0.023 ln 2.3 + 0.977 ln (0.977 / 0.99)), and 2 minutes to settle, 1 for the loudest.
    expect(detectionByLimit(ofErrors, usual, moreFailures(usual, 0.02), 2)).toEqual({ requests: 1170, minutes: 15 })
    expect(detectionByLimit(ofErrors, usual, moreFailures(usual, 0.005), 2)).toBeNull()
  })
})

describe('what it takes', () => {
  const usual: Usual = { perMinute: 100, above: [0.25, 0.125], mean: 100 }
  const compared = (...margins: readonly Margin[]): Signal => {
    const like = latencySignal('load', 2, {})
    return { ...like, relative: like.relative && { ...like.relative, margins } }
  }
  const share = (more: Partial<Margin & { of: 'share' }> = {}): Margin => ({
    of: 'share',
    cut: 0,
    ratio: 2,
    delta: 0.25,
    least: 0.5,
    fewest: 4,
    ...more,
  })
  const twice: Regressed = { above: [0.5, 0.25], mean: 200 }
  const seen = (margin: Margin, regressed: Regressed = twice) => detection(compared(margin), usual, regressed, 0.5)

  test('a difference matters from each bound of its margin on', () => {
    expect(seen(share())).not.toBeNull()
    expect(seen(share({ ratio: 2.001 }))).toBeNull()
    expect(seen(share({ delta: 0.2501 }))).toBeNull()
    expect(seen(share({ least: 0.501 }))).toBeNull()
    expect(seen(share({ cut: 1, delta: 0, least: 0 }))).not.toBeNull()
    expect(seen(share({ cut: 1, delta: 0, least: 0.3 }))).toBeNull()
    const mean: Margin = { of: 'mean', ratio: 2, least: 200, fewest: 20 }
    expect(seen(mean)).not.toBeNull()
    expect(seen({ ...mean, ratio: 2.001 })).toBeNull()
    expect(seen({ ...mean, least: 201 })).toBeNull()
    expect(seen({ ...mean, least: 0 }, { ...twice, mean: null })).toBeNull()
    // Nothing bad at all is no regression, though no ratio of nothing says so.
    const none = { perMinute: 100, above: [0, 0], mean: null }
    const nothing = share({ delta: 0, least: 0 })
    expect(detection(compared(nothing), none, { above: [0, 0], mean: null }, 0.5)).toBeNull()
    expect(detection({ ...compared(nothing), relative: null }, usual, twice, 0.5)).toBeNull()
  })

  test('where the evidence is quick, the fewest bad events of the margin that has them first are waited for', () => {
    const requests = (...margins: readonly Margin[]) => detection(compared(...margins), usual, twice, 0.5)?.requests
    expect(requests(share({ fewest: 4000 }))).toBe(8000)
    expect(requests(share({ cut: 1, delta: 0, least: 0, fewest: 4000 }))).toBe(16_000)
    // Of a mean, those above the first cut are counted.
    const mean: Margin = { of: 'mean', ratio: 2, least: 0, fewest: 3000 }
    expect(requests(mean)).toBe(6000)
    expect(requests(share({ fewest: 4000 }), mean)).toBe(6000)
  })

  test('minutes are those in which its share of the users brings the requests, and one for the loudest', () => {
    expect(detection(compared(share({ fewest: 4000 })), usual, twice, 0.5)).toEqual({ requests: 8000, minutes: 161 })
    expect(detection(compared(share({ fewest: 4001 })), usual, twice, 0.5)).toEqual({ requests: 8002, minutes: 162 })
  })

  test('of several limits the one that is broken first counts, and three bad events are the fewest', () => {
    const limits = [
      { cut: 0, share: 0.01 },
      { cut: 0, share: 0.001 },
      { cut: 1, share: 0.5 },
    ]
    const found = (above: readonly number[], of = limits) =>
      detectionByLimit({ ...ofLatency, limits: of }, usual, { above, mean: null }, 2)
    // 7.2983 / KL(0.02 ∥ 0.01) = 1,864.9, and against 0.001: 7.2983 / (0.02 ln 20 − 0.98 ln(0.999 / 0.98)) = 177.
    expect(found([0.02, 0], limits.slice(0, 1))?.requests).toBe(1865)
    expect(found([0.02, 0])).toEqual({ requests: 178, minutes: 5 })
    expect(found([0.9, 0])?.requests).toBe(4)
    expect(found([0.01, 0], limits.slice(0, 1))).toBeNull()
  })
})

describe('when it is caught', () => {
  const usual = errors(100)
  const regressed = moreFailures(usual, 0.02)
  const stage = (share: number, minutes: number) => ({ share, minutes, proven: true, signals: [] })
  const caught = (...stages: readonly StagePlan[]) => caughtAfter(stages, ofErrors, usual, regressed, 2)
  const requests = (share: number) => detection(ofErrors, usual, regressed, share)?.requests ?? Number.NaN

  test('in the stage that lasts long enough, its last minute included', () => {
    const minutes = requests(0.1) / 10 + 1
    expect(caught(stage(0.1, minutes))).toBe(Math.ceil(minutes))
    expect(caught(stage(0.1, minutes - 0.01))).toBeNull()
  })

  test('with the evidence of the stages before it', () => {
    const alone = [requests(0.1) / 10, requests(0.3) / 30] as const
    const half = stage(0.1, alone[0] / 2)
    expect(caught(half, stage(0.3, 60))).toBe(Math.ceil(alone[0] / 2 + alone[1] / 2 + 1))
    expect(caught(half, stage(0.3, alone[1] / 2 + 0.99))).toBeNull()
  })

  test('at 100 % from nothing, by the limit, once metrics have settled', () => {
    // 1,170 requests of 100 a minute, 1 for the loudest and 2 to settle.
    expect(caught(stage(0.1, 5), stage(1, 60))).toBe(Math.ceil(5 + 11.7 + 3))
    expect(caught(stage(1, 14.7))).toBe(15)
    expect(caught(stage(1, 14.6))).toBeNull()
  })
})

test('a slower version moves each share as a lognormal law does', () => {
  const moved = slower(latency(100), 1.6, sigma)
  // P(Z ≥ (ln(cut / 90) − ln 1.6) / 0.95): scipy.stats.norm.sf of −0.4947, 0.1811, 0.7867, 1.8047.
  const expected = [0.6896, 0.428, 0.2157, 0.0355]
  moved.above.forEach((share, cut) => expect(Math.abs(share - (expected[cut] ?? 0))).toBeLessThan(0.004))
  expect(cuts).toHaveLength(moved.above.length)
  // scipy.stats.norm.sf(norm.isf(p) − ln 1.6 / 0.95) of 0.5, 0.25, 0.1 and 0.01.
  const exact = [0.6896084026807863, 0.42867477724761005, 0.21569628495448034, 0.03350498080295853]
  const own = slower({ perMinute: 1, above: [0.5, 0.25, 0.1, 0.01], mean: null }, 1.6, sigma)
  own.above.forEach((share, cut) => expect(share).toBeCloseTo(exact[cut] ?? 0, 9))
  expect([own.mean, moved.mean]).toEqual([null, 141 * 1.6])
})

test('more failures are on top of the usual ones, and never everything', () => {
  expect(moreFailures({ perMinute: 1, above: [0.5, 0.25, 0.9], mean: 7 }, 0.125)).toEqual({
    above: [0.625, 0.375, 0.95],
    mean: 7,
  })
})

describe('in simulated rollouts', () => {
  const runs = 41
  const method = judgeMethod('launch')
  const cases: readonly (readonly [
    string,
    number,
    Signal,
    (perMinute: number) => Usual,
    (usual: Usual) => Regressed,
  ])[] = [
    ['+10 points', 100, ofErrors, errors, (usual) => moreFailures(usual, 0.1)],
    ['+10 points', 1000, ofErrors, errors, (usual) => moreFailures(usual, 0.1)],
    ['+2 points', 100, ofErrors, errors, (usual) => moreFailures(usual, 0.02)],
    ['+2 points', 300, ofErrors, errors, (usual) => moreFailures(usual, 0.02)],
    ['+2 points', 1000, ofErrors, errors, (usual) => moreFailures(usual, 0.02)],
    ['+0.5 points', 1000, ofErrors, errors, (usual) => moreFailures(usual, 0.005)],
    ['+60 % latency', 100, ofLatency, latency, (usual) => slower(usual, 1.6, sigma)],
    ['+60 % latency', 1000, ofLatency, latency, (usual) => slower(usual, 1.6, sigma)],
  ]

  test.each(cases)('%s at %d a minute is caught when it was expected', (name, rpm, signal, usualAt, regress) => {
    const scenario = scenarios.find((one) => one.name === name)
    if (!scenario) throw new Error(`no scenario ${name}`)
    const delays = Array.from({ length: runs }, (_, run) => rollOut(method, scenario, rpm, 90210, run))
      .filter(({ end }) => end === 'rolled-back')
      .map(({ sinceOnset }) => sinceOnset ?? 0)
      .toSorted((a, b) => a - b)
    const median = delays[delays.length >> 1] ?? 0
    const usual = usualAt(rpm)
    const both = [
      { signal: ofErrors, usual: errors(rpm) },
      { signal: ofLatency, usual: latency(rpm) },
    ]
    const expected = caughtAfter(expectedStages(plan, both), signal, usual, regress(usual), plan.lag) ?? 0
    // Within a quarter; within two minutes where it is a matter of minutes.
    expect(Math.abs(expected - median), `${expected} expected, ${median} simulated`).toBeLessThanOrEqual(
      Math.max(2, 0.25 * median),
    )
  })
})
