import fc from 'fast-check'
import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { wholly } from '../../src/sandbox/flag-exposure.ts'
import { parseScenario, scenarioNames } from '../../src/sandbox/scenario.ts'
import { mergeSamples, sampleCount, statistic, type Samples } from '../../src/sandbox/statistics.ts'
import {
  playMinute,
  playOf,
  signals,
  type Play,
  type Signal,
  type TrafficMinute,
  type Variant,
} from '../../src/sandbox/traffic.ts'
import { arrivalClock, arrivedShare, splitUsers } from '../../src/sandbox/user-split.ts'
import { memoryWorld, minutesIn, production, staging, type Stages } from './support/memory-world.ts'

const seeds = Array.from({ length: 50 }, (_, at) => at + 1)
/** As `launch auto` walks: 10, 30, 50, 100 % with a bake of 12 minutes each. */
const stages: Stages = [
  [0, 10],
  [13, 30],
  [26, 50],
  [39, 100],
]
const endOfLaunch = 60

function playedBy(seed: number, scenario: string, walk: Stages = stages): Play {
  return playOf(memoryWorld({ seed, scenario, stages: walk, at: 1000 }), production, parseScenario(scenario))
}

function minutesOf(play: Play, from: number, to: number): readonly TrafficMinute[] {
  return Array.from({ length: to - from }, (_, at) => playMinute(play, minutesIn(from + at)))
}

function samplesOf(minutes: readonly TrafficMinute[], variant: Variant, signal: Signal): Samples {
  return mergeSamples(minutes.map((minute) => minute[variant][signal]))
}

/** What a judge sees of one version over some minutes. */
function seenBy(minutes: readonly TrafficMinute[], variant: Variant) {
  const count = (signal: Signal) => sampleCount(samplesOf(minutes, variant, signal))
  const of = (signal: Signal, stat: Parameters<typeof statistic>[1]) =>
    statistic(samplesOf(minutes, variant, signal), stat) ?? 0
  const conflicts = minutes.map((minute) => sampleCount(minute[variant]['occ-conflicts']))
  const slidingFive = conflicts.map((_, at) =>
    conflicts.slice(Math.max(0, at - 4), at + 1).reduce((sum, n) => sum + n, 0),
  )
  return {
    requests: count('requests'),
    errorRate: count('errors') / Math.max(1, count('requests')),
    p95: of('board-load', { kind: 'percentile', share: 0.95 }),
    drawer: of('drawer-open', { kind: 'Average' }),
    conflicts: Math.max(0, ...slidingFive),
  }
}

test('a healthy launch stays inside every limit with room, on every seed, in every window of every stage', () => {
  const worst = { errorRate: 0, p95: 0, drawer: 0, conflicts: 0, minuteErrorRate: 0 }
  let windows = 0
  for (const seed of seeds) {
    const play = playedBy(seed, 'healthy')
    const all = minutesOf(play, 0, endOfLaunch)
    const starts = [...stages.map(([minute]) => minute), endOfLaunch]
    for (const [index, from] of starts.slice(0, -1).entries()) {
      const stage = all.slice(from, starts[index + 1])
      for (const variant of ['canary', 'control'] as const) {
        if (seenBy(stage, variant).requests === 0) continue
        for (let upTo = 1; upTo <= stage.length; upTo += 1) {
          const seen = seenBy(stage.slice(0, upTo), variant)
          windows += 1
          if (upTo >= 3) worst.errorRate = Math.max(worst.errorRate, seen.errorRate)
          worst.minuteErrorRate = Math.max(
            worst.minuteErrorRate,
            seenBy(stage.slice(upTo - 1, upTo), variant).errorRate,
          )
          worst.p95 = Math.max(worst.p95, seen.p95)
          worst.drawer = Math.max(worst.drawer, seen.drawer)
          worst.conflicts = Math.max(worst.conflicts, seen.conflicts)
        }
      }
    }
  }
  expect(windows).toBeGreaterThan(50 * 90)
  process.stdout.write(`healthy, worst of ${windows} windows: ${JSON.stringify(worst)}\n`)
  expect(worst.errorRate).toBeLessThan(0.006)
  expect(worst.minuteErrorRate).toBeLessThan(0.01)
  expect(worst.p95).toBeLessThan(600)
  expect(worst.drawer).toBeLessThan(160)
  expect(worst.conflicts).toBeLessThan(20)
})

const broken = ['error-spike', 'slow', 'conflict-storm'].flatMap((name) =>
  stages.map(([, percent]) => [name, percent] as const),
)
test.each(broken)(
  '%s@%d is outside its limit within three minutes of its stage, on every seed, and only on the new version',
  (name, percent) => {
    const from = stages.find(([, share]) => share === percent)?.[0] ?? Number.NaN
    for (const seed of seeds) {
      const play = playedBy(seed, `${name}@${percent}`)
      const caught = [1, 2, 3].some((minutes) => {
        const { requests, errorRate, p95, drawer, conflicts } = seenBy(minutesOf(play, from, from + minutes), 'canary')
        return requests >= 300 && (errorRate >= 0.01 || p95 >= 800 || drawer >= 200 || conflicts >= 30)
      })
      expect({ seed, caught }).toEqual({ seed, caught: true })
      const control = seenBy(minutesOf(play, from, from + 10), 'control')
      expect(control.errorRate).toBeLessThan(0.006)
      expect(control.p95).toBeLessThan(600)
      expect(control.conflicts).toBeLessThan(20)
      if (from === 0) continue
      const before = seenBy(minutesOf(play, 0, from), 'canary')
      expect(before).toMatchObject({ requests: expect.any(Number) })
      expect([before.errorRate < 0.006, before.p95 < 600, before.conflicts < 20]).toEqual([true, true, true])
    }
  },
)

test('a stage of 100 % begins there also when some users are held back, who stay on the old version', () => {
  const heldBack = [{ at: epochMs(minutesIn(0)), share: 0.98, stage: 1 }]
  const at = (scenario: string) => splitUsers(heldBack, parseScenario(scenario), minutesIn(5))
  expect(at('error-spike@100')).toMatchObject({ broken: 0.98, canary: 0 })
  expect(at('error-spike@100').control).toBeCloseTo(0.02, 9)
  expect(at('healthy')).toMatchObject({ broken: 0, canary: 0.98 })
})

test('a metric without versions still shows an error spike, a slow version and a conflict storm at 10 %', () => {
  for (const seed of seeds) {
    const both = (scenario: string) => {
      const minutes = minutesOf(playedBy(seed, scenario), 0, 10)
      return (signal: Signal) =>
        mergeSamples([samplesOf(minutes, 'canary', signal), samplesOf(minutes, 'control', signal)])
    }
    const spike = both('error-spike@10')
    expect(sampleCount(spike('errors')) / sampleCount(spike('requests'))).toBeGreaterThan(0.01)
    expect(statistic(both('slow@10')('drawer-open'), { kind: 'Average' })).toBeGreaterThan(200)
    expect(sampleCount(both('conflict-storm@10')('occ-conflicts'))).toBeGreaterThan(60)
  }
})

test('a shared outage is clearly over the limit on both versions for ten minutes and then over', () => {
  for (const seed of seeds) {
    const play = playedBy(seed, 'outage-shared')
    for (const variant of ['canary', 'control'] as const) {
      for (const minute of minutesOf(play, 16, 26)) expect(seenBy([minute], variant).errorRate).toBeGreaterThan(0.025)
      expect(seenBy(minutesOf(play, 13, 16), variant).errorRate).toBeLessThan(0.006)
      expect(seenBy(minutesOf(play, 26, 36), variant).errorRate).toBeLessThan(0.006)
    }
  }
})

test('when the flag does not reach users nobody is served the new version', () => {
  const minutes = minutesOf(playedBy(1, 'no-traffic'), 0, 30)
  expect(seenBy(minutes, 'canary').requests).toBe(0)
  expect(seenBy(minutes, 'control').requests).toBeGreaterThan(30 * 5000)
})

test('the new version gets its share of requests, also when the share changes inside a minute', () => {
  const play = playedBy(3, 'healthy', [
    [0, 10],
    [10.5, 50],
  ])
  const shareOf = (from: number, to: number) => {
    const [canary, control] = (['canary', 'control'] as const).map(
      (variant) => seenBy(minutesOf(play, from, to), variant).requests,
    )
    return (canary ?? 0) / ((canary ?? 0) + (control ?? 0))
  }
  expect(shareOf(0, 10)).toBeCloseTo(0.1, 1)
  expect(shareOf(10, 11)).toBeCloseTo(0.3, 1)
  expect(shareOf(11, 21)).toBeCloseTo(0.5, 1)
})

test('the new version is a little faster and used more, and the model has the numbers it says it has', () => {
  const minutes = minutesOf(playedBy(5, 'healthy', [[0, 50]]), 0, 60)
  const [old, next] = [seenBy(minutes, 'control'), seenBy(minutes, 'canary')]
  expect(old.p95).toBeGreaterThan(410)
  expect(old.p95).toBeLessThan(450)
  expect(statistic(samplesOf(minutes, 'control', 'board-load'), { kind: 'percentile', share: 0.5 })).toBeCloseTo(90, -1)
  expect(old.drawer).toBeGreaterThan(115)
  expect(old.drawer).toBeLessThan(125)
  expect(old.errorRate).toBeCloseTo(0.001, 3)
  expect(next.p95).toBeLessThan(old.p95)
  expect(next.drawer).toBeLessThan(old.drawer)
  const use = (variant: Variant) =>
    sampleCount(samplesOf(minutes, variant, 'interactions')) / seenBy(minutes, variant).requests
  expect(use('canary')).toBeGreaterThan(1.2 * use('control'))
})

test('on staging conflicts can always be observed, and everybody is on the new version once it is deployed', () => {
  for (const seed of seeds) {
    const world = memoryWorld({ seed, at: 0 })
    const play = playOf(world, staging, parseScenario('healthy'))
    const five = minutesOf(play, -20, -15).map((minute) => sampleCount(minute.control['occ-conflicts']))
    const sum = five.reduce((total, count) => total + count, 0)
    expect(sum).toBeGreaterThan(0)
    expect(sum).toBeLessThan(20)
    world.release('staging', -10)
    const after = minutesOf(playOf(world, staging, parseScenario('healthy')), -5, 0)
    expect(seenBy(after, 'control').requests).toBe(0)
    expect(seenBy(after, 'canary').requests).toBeGreaterThan(5 * 900)
  }
})

test('no scenario touches staging', () => {
  const played = (scenario: string) => {
    const world = memoryWorld({ scenario, stages, at: 60 })
    world.release('staging', -30)
    return minutesOf(playOf(world, staging, parseScenario(scenario)), -35, 60)
  }
  const healthy = played('healthy')
  for (const name of scenarioNames()) expect(played(name)).toEqual(healthy)
})

test('data trickle in until the lag has passed, and a stall delivers everything afterwards', () => {
  const lagMs = 120_000
  const share = (scenario: string, start: number, now: number) => {
    const play = playedBy(1, scenario)
    return arrivedShare(minutesIn(start), lagMs, arrivalClock(play.exposure, play.scenario, minutesIn(now)))
  }
  expect([10, 10.5, 11.5, 13, 20].map((now) => share('healthy', 10, now))).toEqual([0, 1 / 6, 0.5, 1, 1])
  // The 30 % stage begins at 13: nothing arrives from 16 to 22.
  expect([16, 18, 21.9, 22].map((now) => share('late-metrics', 15, now))).toEqual([1 / 3, 1 / 3, 1 / 3, 1])
  expect([18, 21.9, 22].map((now) => share('late-metrics', 17, now))).toEqual([0, 0, 1])
})

const anyStages = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.constantFrom(0, 1, 10, 30, 50, 100)), {
  maxLength: 4,
})
const anyScenario = fc.constantFrom(
  'healthy',
  'late-metrics',
  'outage-shared',
  'error-spike@30',
  'slow@10',
  'conflict-storm@50',
  'no-traffic',
)

test('a minute is a pure function of seed, minute, flag history and scenario; what comes later does not change it', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      anyScenario,
      anyStages,
      fc.integer({ min: -30, max: 90 }),
      (seed, scenario, unsorted, minute) => {
        const walk = unsorted.toSorted(([a], [b]) => a - b)
        const play = playedBy(seed, scenario, walk)
        const played = playMinute(play, minutesIn(minute))
        expect(playMinute(playedBy(seed, scenario, walk), minutesIn(minute))).toEqual(played)
        const known = play.exposure.filter(({ at }) => at < minutesIn(minute + 1))
        const later = { ...play, exposure: [...known, { at: epochMs(minutesIn(minute + 1)), ...wholly(0.77) }] }
        expect(playMinute(later, minutesIn(minute))).toEqual(played)
        for (const signal of signals) expect(sampleCount(played.canary[signal])).toBeGreaterThanOrEqual(0)
      },
    ),
    { numRuns: 60 },
  )
})
