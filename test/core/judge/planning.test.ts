import { describe, expect, test } from 'vitest'
import { judgeMethod, plan } from '../../../bench/decisions/ours.ts'
import { rollOut } from '../../../bench/decisions/rollout.ts'
import { comparedSignal, latencySignal, shareSignal } from '../../../src/core/judge/plan.ts'
import {
  dilutedFrom,
  dollarsPerHour,
  expectedStages,
  passLooks,
  requestsToProve,
} from '../../../src/core/judge/planning.ts'

describe('requests until a limit is proven kept for the next share of users', () => {
  // The first n with scipy.stats.beta.ppf(1 − β, k + 1, n − k) · next ≤ limit for k = ceil(usual · n), counted up one by one.
  test.each([
    [0.003, 0.01, 0.3, 1, 0.05 / 7, 208],
    [0.003, 0.01, 0.5, 1, 0.05 / 7, 439],
    [0.003, 0.01, 1, 1, 0.05 / 13, 1292],
    [0, 0.01, 0.3, 1, 0.05 / 7, 146],
    [0, 0.01, 0.5, 1, 0.05 / 7, 245],
    [0, 0.01, 1, 1, 0.05 / 7, 492],
    [0.0011, 0.01, 0.5, 300, 0.05 / 4, 317],
    [0.0011, 0.01, 1, 300, 0.05 / 4, 636],
    [0.011, 0.05, 1, 200, 0.05 / 4, 200],
    [0.04, 0.05, 1, 200, 0.05 / 4, 2374],
  ])('%d usual, limit %d, next %d, floor %d, error %d: %d', (usual, limit, next, floor, beta, expected) => {
    expect(requestsToProve(usual, limit, next, floor, beta)).toBe(expected)
  })

  test('are none where what is usual is not below the limit', () => {
    expect(requestsToProve(0.01, 0.01, 1, 200, 0.01)).toBeNull()
    expect(requestsToProve(0.01, 0.01, 0.5, 200, 0.01)).not.toBeNull()
  })
})

test('a share of everything, or one that is above the limit with the next users, is never proven', () => {
  expect(requestsToProve(1, 2, 1, 1, 0.01)).toBeNull()
  expect(requestsToProve(0.011, 0.01, 0.9, 1, 0.01)).not.toBeNull()
  expect(requestsToProve(0.011, 0.01, 1, 1, 0.01)).toBeNull()
})

test('a bake of 10 minutes extended threefold is looked at 4 times, each with its part of the error', () => {
  expect(passLooks(10, 28)).toEqual({ looks: 4, beta: 0.0125 })
})

describe('a healthy rollout lasts as long as simulated ones', () => {
  const method = judgeMethod('launch')
  const scenario = { name: 'none', release: 'healthy' } as const

  test.each([
    [10, 15],
    [100, 31],
    [1000, 15],
  ])('at %d requests a minute', (rpm, runs) => {
    const lasted = Array.from({ length: runs }, (_, run) => rollOut(method, scenario, rpm, 90210, run))
      .filter(({ end }) => end === 'promoted' || end === 'unproven')
      .map(({ minutes }) => minutes)
      .toSorted((a, b) => a - b)
    const median = lasted[lasted.length >> 1] ?? 0
    const usual = {
      errors: { perMinute: rpm, above: [0.003], mean: null },
      load: { perMinute: rpm, above: [0.5, 0.25, 0.1, 0.0107], mean: 141 },
    }
    const signals = plan.signals.map((signal, index) => ({ signal, usual: index === 0 ? usual.errors : usual.load }))
    const expected = expectedStages(plan, signals).reduce((sum, { minutes }) => sum + minutes, 0)
    expect(Math.abs(expected - median), `${expected} expected, ${median} simulated`).toBeLessThanOrEqual(0.25 * median)
  })
})

describe('stage by stage', () => {
  const errors = shareSignal('errors', 0.01)
  const usual = (perMinute: number, above: readonly number[] = [0.003]) => ({ perMinute, above, mean: null })
  const rollout = (shares: readonly number[]) => ({
    stages: shares.map((share) => ({ share, soak: 10 })),
    extend: 3,
    lag: 2,
  })

  // Four looks of 0.05 / 4 each: 971 requests are the first that prove 0.3 % below 1 % (scipy.stats.beta.ppf, counted up).
  test('a stage lasts until the look at which its requests, and those before them, are enough', () => {
    const at = (perMinute: number) => expectedStages(rollout([0.5, 1]), [{ signal: errors, usual: usual(perMinute) }])
    expect(at(194.2)).toEqual([
      { share: 0.5, minutes: 12, proven: true, signals: [{ seen: 971, needed: 971 }] },
      { share: 1, minutes: 12, proven: true, signals: [{ seen: 2913, needed: 971 }] },
    ])
    expect(at(194)).toMatchObject([{ minutes: 17, proven: true, signals: [{ seen: 1455 }] }, { minutes: 12 }])
    // The last look of a budget of 28 minutes is after 25.
    expect(at(77.68)).toMatchObject([{ minutes: 27, proven: true, signals: [{ seen: 971 }] }, { minutes: 12 }])
    expect(at(77)).toMatchObject([
      { minutes: 30, proven: false, signals: [{ seen: 1078, needed: 971 }] },
      { minutes: 12 },
    ])
  })

  test('a stage is proven for the share of the next one', () => {
    const [first] = expectedStages(rollout([0.1, 0.5]), [{ signal: errors, usual: usual(317) }])
    expect(first).toMatchObject({ minutes: 12, proven: true, signals: [{ seen: 317, needed: 317 }] })
  })

  test('a bake that metrics outlast is not shortened by them', () => {
    const slow = { stages: [{ share: 1, soak: 10 }], extend: 1, lag: 4 }
    const [only] = expectedStages(slow, [{ signal: errors, usual: usual(1) }])
    expect(only).toMatchObject({ minutes: 14, proven: false })
  })

  test('every signal has to be proven: each of its limits, the fewest samples of its mean, or the fewest to compare', () => {
    const load = latencySignal('load', 2, { slow: { cut: 1, share: 0.02 }, average: 200 })
    const mean = { ...latencySignal('mean', 1, { average: 200 }), floor: 7 }
    const compared = { ...comparedSignal('compared', 'share', 1, 2, 0.01), floor: 300 }
    const stages = expectedStages(rollout([1]), [
      { signal: errors, usual: usual(100) },
      { signal: load, usual: usual(100, [0.5, 0]) },
      { signal: { ...load, mean: { limit: 200, floor: 5000 } }, usual: usual(100, [0.5, 0]) },
      { signal: mean, usual: usual(100, [0.5]) },
      { signal: compared, usual: usual(100) },
    ])
    expect(stages[0]?.signals.map(({ needed }) => needed)).toEqual([971, 217, 5000, 50, 300])
    expect(stages[0]).toMatchObject({ proven: false, minutes: 30 })
  })

  test('a limit that what is usual reaches is never proven, though another one is', () => {
    const two = { ...errors, limits: [...errors.limits, { cut: 0, share: 0.002 }] }
    const [only] = expectedStages(rollout([1]), [{ signal: two, usual: usual(10_000) }])
    expect(only).toEqual({ share: 1, minutes: 30, proven: false, signals: [{ seen: 280_000, needed: null }] })
  })
})

test('traffic that can never prove a stage is said not to', () => {
  const [errors] = plan.signals
  const signals = errors ? [{ signal: errors, usual: { perMinute: 1, above: [0.003], mean: null } }] : []
  const stages = expectedStages(plan, signals)
  expect(stages.map(({ proven }) => proven)).toEqual([false, false, false, false])
  // Three bakes, the minutes metrics settle in included.
  expect(stages[0]?.minutes).toBe(45)
})

test('without a variant dimension a regression hides behind the users who do not get it', () => {
  // A tenth of the users at 7.3 %, the others at 0.3 %: all of them together at 1 %.
  expect(dilutedFrom(0.003, 0.01, 0.1)).toBeCloseTo(0.073, 12)
  expect(0.1 * 0.073 + 0.9 * 0.003).toBeCloseTo(0.01, 12)
})

test('asking for 36 metrics twice a minute costs 4.32 cents an hour', () => {
  expect(dollarsPerHour(36, 30_000)).toBeCloseTo((36 * 120 * 0.01) / 1000, 12)
})
