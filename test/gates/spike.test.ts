import { expect, test } from 'vitest'
import type { MeasuredSpread } from '../../src/core/evidence.ts'
import { spike } from '../../src/gates/spike.ts'
import { at, context, counter, facts, judge, metrics, planned, series, times } from '../support/looks.ts'

const check = planned({ kind: 'spike', metric: 'occ-conflicts', inARow: 1 })
/** An hour with this many conflicts among 60,000 requests: twelve stretches of five minutes. */
const after = (sum: number) => {
  const window = { from: at(-60), to: at(0) }
  return context(10, {
    launch: {
      ...facts,
      baseline: { 'occ-conflicts': { window, count: 60, sum }, requests: { window, count: 60, sum: 60_000 } },
    },
  })
}
/** Ten minutes whose last five hold this many. */
const newest = (sum: number) => [...times(5, 0), sum, ...times(4, 0)]
const look = (sum: number) => metrics(check, { 'occ-conflicts': series({ all: counter(...newest(sum)) }) })

// Tails below 1e-3 by scipy's nbinom with size μ²/(0.1μ² + μ/12): 34 where 12 are expected, 7 where 1 is.
test.each([
  [144, 33, 'pass'],
  [144, 34, 'fail'],
  [12, 6, 'pass'],
  [12, 7, 'fail'],
])('after %d an hour, %d in five minutes: %s', (hour, sum, verdict) => {
  expect(judge(check, look(sum), after(hour))).toMatchObject({ verdict, observed: sum, unit: 'count' })
})

test('what was improbable but less than double, or less than five more, is none', () => {
  // 3,600 an hour are 300 in five minutes; 599 is far out in the tail and below the double.
  const calm = planned({ kind: 'spike', metric: 'occ-conflicts', factor: 3, margin: 20, inARow: 1 })
  expect(
    judge(calm, metrics(calm, { 'occ-conflicts': series({ all: counter(...newest(35)) }) }), after(144)).verdict,
  ).toBe('pass')
  expect(
    judge(calm, metrics(calm, { 'occ-conflicts': series({ all: counter(...newest(36)) }) }), after(144)).verdict,
  ).toBe('fail')
})

test('only the newest five minutes count', () => {
  expect(
    judge(check, metrics(check, { 'occ-conflicts': series({ all: counter(90, ...times(9, 0)) }) }), after(144)),
  ).toMatchObject({ verdict: 'pass', observed: 0 })
})

test('a missing minute may have been the spike: unknown', () => {
  const gap = counter(...times(10, 0)).filter((_, i) => i !== 7)
  expect(judge(check, metrics(check, { 'occ-conflicts': series({ all: gap }) }), after(144))).toMatchObject({
    verdict: 'unknown',
    why: '4 of 5 minutes of occ-conflicts',
  })
})

test('without a baseline, a reply or traffic it is unknown', () => {
  expect(judge(check, look(0), context(10)).why).toBe('no baseline was captured when the launch opened')
  expect(judge(check, look(0), context(10, { launch: { ...facts, baseline: {} } })).why).toBe(
    'the baseline has no occ-conflicts',
  )
  expect(judge(check, {}, after(144)).verdict).toBe('unknown')
})

const scaled = planned({ kind: 'spike', metric: 'occ-conflicts', of: 'requests' })
const share = (canary: number, control: number) =>
  metrics(scaled, {
    'occ-conflicts': series({ canary: counter(...newest(canary)), control: counter(...newest(control)) }),
    requests: series({ canary: counter(...times(10, 100)), control: counter(...times(10, 900)) }),
  })

test('with a measure of traffic a tenth of the users is expected to have a tenth of the conflicts', () => {
  // 144 in 60,000 requests are 1.2 in the canary's 500, where 12 of all users' would go unseen.
  expect(judge(scaled, share(12, 11), after(144)).verdict).toBe('fail')
  expect(judge(scaled, share(1, 11), after(144)).verdict).toBe('pass')
})

test('a spike that the control has too is held', () => {
  expect(judge(scaled, share(12, 60), after(144))).toMatchObject({
    verdict: 'unknown',
    why: 'control breaches too (60 in 5m): shared incident',
  })
})

test('no traffic is unknown', () => {
  const none = metrics(scaled, {
    'occ-conflicts': series({ all: counter(...times(10, 0)) }),
    requests: series({ all: counter(...times(10, 0)) }),
  })
  expect(judge(scaled, none, after(144))).toMatchObject({ verdict: 'unknown', why: 'no requests in 5m' })
})

/** One stretch after the other, oldest first, each in its first minute. */
const stretches = (...sums: readonly number[]) => counter(...sums.flatMap((sum) => [sum, ...times(4, 0)]))

test('one stretch is no trend: unknown; the second in a row fails', () => {
  const twice = planned({ kind: 'spike', metric: 'occ-conflicts' })
  const of = (...sums: readonly number[]) =>
    judge(twice, metrics(twice, { 'occ-conflicts': series({ all: stretches(...sums) }) }), after(144))
  expect(of(0, 34)).toMatchObject({ verdict: 'unknown', why: '34 in 5m, 12 expected: 1 of 2 stretches in a row' })
  expect(of(34, 34).verdict).toBe('fail')
  expect(of(34, 33).verdict).toBe('pass')
})

test('a gate that is one stretch old knows of one', () => {
  const twice = planned({ kind: 'spike', metric: 'occ-conflicts' })
  const found = metrics(twice, { 'occ-conflicts': series({ all: stretches(34) }) })
  expect(judge(twice, found, { ...after(144), ...windowOf(5) }).verdict).toBe('unknown')
})

function windowOf(settled: number) {
  const { now, window } = context(settled)
  return { now, window }
}

test('of the new version alone one stretch is enough', () => {
  // scripts/gates-oracle.py: from 16 of 500 on, 50 : 1 against 45 of 4,500.
  const few = planned({ kind: 'spike', metric: 'occ-conflicts', of: 'requests', margin: 1, factor: 1.1 })
  const of = (canary: number) => judge(few, share(canary, 45), after(300)).verdict
  expect([of(15), of(16)]).toEqual(['unknown', 'fail'])
  expect(judge(scaled, share(12, 11), after(144)).why).toBe(
    '12 in 5m, 1.2 expected; the old version had 11 among 4,500, the new one 500',
  )
})

test('a plan that is older than the word fails at the first', () => {
  const { inARow: _, ...older } = { ...planned({ kind: 'spike', metric: 'occ-conflicts' }).spec, inARow: 2 }
  const old = { ...check, spec: older }
  expect(judge(old, look(34), after(144)).verdict).toBe('fail')
})

test('how far counts spread was measured: what would be a spike among ordinary counts is none among wild ones', () => {
  // scipy 1.17.1: the first x with nbinom.sf(x - 1, k, k / (k + 12)) < 1e-3, k = 144 / (144φ + (12 + 144φ) / 12).
  const of = (sum: number, dispersion: number | null) => judge(check, look(sum), spread(after(144), dispersion)).verdict
  expect([of(55, 0.4), of(56, 0.4)]).toEqual(['pass', 'fail'])
  expect([of(26, 0.01), of(27, 0.01)]).toEqual(['pass', 'fail'])
  // Too few stretches to tell: as without any.
  expect([of(33, null), of(34, null)]).toEqual(['pass', 'fail'])
})

test('the spread of other stretches, or among other events, is not that of these', () => {
  const measured = spread(after(144), 0.4, { perMs: 600_000 })
  expect(judge(check, look(34), measured).verdict).toBe('fail')
  expect(judge(check, look(34), spread(after(144), 0.4, { of: 'requests' })).verdict).toBe('fail')
})

test.each([
  [
    0.3721,
    'dispersion d = 0.372 over 96 stretches of 5m (this hour of the last 7 days and 2 hours before, less the loudest hour); ' +
      'variance = m + d×m×m + (m + d×m×m)/12 with m expected; a spike has a chance below 0.001 (negative binomial)',
  ],
  [
    null,
    'dispersion d = 0.1, the usual one: the last 7 days have 7 of the 12 stretches of 5m it takes to measure it; ' +
      'variance = m + d×m×m + m/12 with m expected; a spike has a chance below 0.001 (negative binomial)',
  ],
])('explain says by which spread it was judged: %s', (dispersion, said) => {
  expect(spike.basis(check.spec, spread(after(144), dispersion).launch)).toBe(said)
})

test('a journal that knows no spread is judged by the usual one, and explain says that', () => {
  expect(spike.basis(check.spec, after(144).launch)).toMatch(
    /^dispersion d = 0\.1, the usual one: it was not measured when the launch opened; variance = m \+ d×m×m \+ m\/12 /,
  )
  expect(spike.basis(check.spec, facts)).toBeNull()
})

/** The same look with a measured spread. */
function spread(where: ReturnType<typeof after>, dispersion: number | null, changes: Partial<MeasuredSpread> = {}) {
  const { baseline } = where.launch
  const conflicts = baseline?.['occ-conflicts']
  if (!conflicts) throw new Error('there is no baseline')
  const spreads = [{ perMs: 300_000, dispersion, stretches: dispersion === null ? 7 : 96, ...changes }]
  return {
    ...where,
    launch: { ...where.launch, baseline: { ...baseline, 'occ-conflicts': { ...conflicts, spreads } } },
  }
}
