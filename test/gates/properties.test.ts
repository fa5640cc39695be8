import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Minute, Series, WindowStat } from '../../src/core/evidence.ts'
import type { PlannedCheck } from '../../src/core/plan.ts'
import { at, context, facts, judge, metrics, minute, planned, series } from '../support/looks.ts'

const checks: readonly PlannedCheck[] = [
  planned({ kind: 'percentile', metric: 'load', percentile: 95, below: '800ms' }),
  planned({ kind: 'average', metric: 'load', below: '200ms' }),
  planned({ kind: 'ratio', bad: 'errors', of: 'requests', below: '1%' }),
  planned({ kind: 'count', metric: 'errors', per: '5m', below: 30, above: 0 }),
  planned({ kind: 'data', metrics: ['load', 'errors'] }),
  planned({ kind: 'spike', metric: 'errors', of: 'requests' }),
  planned({ kind: 'baseline', metric: 'load', atMost: '110%' }),
  planned({ kind: 'steady', traffic: 'requests', window: '10m', bursts: 'errors', slos: 'slo' }, [
    planned({ kind: 'average', metric: 'load', below: '200ms' }),
  ]),
]
const byKind = checks.map((check) => [check.kind, check] as const)

const window = { from: at(-60), to: at(0) }
const before = {
  load: { window, count: 6000, sum: 900_000 },
  errors: { window, count: 60, sum: 120 },
  requests: { window, count: 60, sum: 60_000 },
}
const settled = 12
const where = context(settled, { launch: { ...facts, baseline: before } })

/** A minute of any metric: counts, sums and slow samples that belong together; some are missing. */
const anyMinute = (index: number): fc.Arbitrary<Minute | null> =>
  fc.option(
    fc
      .record({ count: fc.nat(500), mean: fc.nat(1500), slow: fc.double({ min: 0, max: 0.2, noNaN: true }) })
      .map(({ count, mean, slow }) => minute(index, count, count * mean, Math.round(count * slow))),
    { freq: 8 },
  )
const anyMinutes = (from: number, to: number): fc.Arbitrary<readonly Minute[]> =>
  fc
    .tuple(...Array.from({ length: to - from }, (_, i) => anyMinute(from + i)))
    .map((found) => found.filter((one) => one !== null))
const anyVariants = (from: number, to: number): fc.Arbitrary<Series['minutes']> =>
  fc.oneof(
    anyMinutes(from, to).map((all) => ({ all })),
    fc.record({ canary: anyMinutes(from, to), control: anyMinutes(from, to) }),
  )
const point: WindowStat = {
  window: { from: at(0), to: at(settled) },
  query: 'p95',
  values: { canary: 500, control: 500 },
}

type Minutes = { readonly [metric: string]: Series['minutes'] }
const anyMetrics = (from: number, to: number): fc.Arbitrary<Minutes> =>
  fc.record({ load: anyVariants(from, to), errors: anyVariants(from, to), requests: anyVariants(from, to) })

function look(check: PlannedCheck, minutes: Minutes) {
  const found = Object.fromEntries(Object.entries(minutes).map(([metric, variants]) => [metric, series(variants)]))
  return metrics(check, found, { load: point }, where)
}

describe.each(byKind)('%s', (_, check) => {
  test('never passes without data of the version that is judged', () => {
    fc.assert(
      fc.property(anyMetrics(0, settled), (minutes) => {
        const empty = Object.fromEntries(Object.keys(minutes).map((metric) => [metric, { canary: [] }]))
        expect(judge(check, look(check, empty), where).verdict).toBe('unknown')
        expect(judge(check, {}, where).verdict).toBe('unknown')
      }),
      { numRuns: 20 },
    )
  })

  test('minutes that are not settled, or from before the gate, never change a verdict', () => {
    // `data` asks about minutes from before the gate on purpose.
    const early = check.kind === 'data' ? fc.constant<Minutes>({}) : anyMetrics(-5, 0)
    fc.assert(
      fc.property(anyMetrics(0, settled), early, anyMetrics(settled, settled + 5), (minutes, earlier, later) => {
        const added = Object.fromEntries(
          Object.entries(minutes).map(([metric, variants]) => [
            metric,
            Object.fromEntries(
              Object.entries(variants).map(([variant, found]) => [
                variant,
                [...of(earlier, metric, variant), ...found, ...of(later, metric, variant)],
              ]),
            ),
          ]),
        )
        expect(judge(check, look(check, added), where)).toEqual(judge(check, look(check, minutes), where))
      }),
    )
  })

  test('what it observes is a finite number within what was measured, never NaN', () => {
    fc.assert(
      fc.property(anyMetrics(0, settled), (minutes) => {
        const { observed, samples, why } = judge(check, look(check, minutes), where)
        expect(Number.isFinite(samples)).toBe(true)
        expect(why).not.toMatch(/NaN|Infinity|undefined/)
        const value = typeof observed === 'number' ? observed : 0
        expect(value).toBeGreaterThanOrEqual(0)
        // No sample is above 1,500; sums and proportions only have to be finite.
        expect(value).toBeLessThanOrEqual(check.kind === 'average' ? 1500 : Number.MAX_VALUE)
      }),
    )
  })
})

function of(minutes: Minutes, metric: string, variant: string): readonly Minute[] {
  return Object.entries(minutes[metric] ?? {}).find(([name]) => name === variant)?.[1] ?? []
}
