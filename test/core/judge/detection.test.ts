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
import { shareSignal, type Signal } from '../../../src/core/judge/plan.ts'
import { expectedStages } from '../../../src/core/judge/planning.ts'

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

test('a slower version moves each share as a lognormal law does', () => {
  const moved = slower(latency(100), 1.6, sigma)
  // P(Z ≥ (ln(cut / 90) − ln 1.6) / 0.95): scipy.stats.norm.sf of −0.4947, 0.1811, 0.7867, 1.8047.
  const expected = [0.6896, 0.428, 0.2157, 0.0355]
  moved.above.forEach((share, cut) => expect(Math.abs(share - (expected[cut] ?? 0))).toBeLessThan(0.004))
  expect(cuts).toHaveLength(moved.above.length)
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
