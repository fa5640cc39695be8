import { describe, expect, test } from 'vitest'
import { needKey, seen, type Evidence, type Finding, type Minute } from '../../src/core/evidence.ts'
import type { PlannedCheck } from '../../src/core/plan.ts'
import { checkKinds } from '../../src/gates/registry.ts'
import { judgeGate, needsOfGate, type JudgedGate } from '../../src/gates/judge-gate.ts'
import { at, context, facts, gate, minute, planned, scope, series } from '../support/looks.ts'

// CloudWatch takes NaN for no number and its adapter drops it; what reaches a judge all the same must not look like a pass.

const ratio = { kind: 'ratio', bad: 'errors', of: 'requests', below: '1%' } as const
const checks: readonly PlannedCheck[] = [
  planned({ kind: 'percentile', metric: 'load', percentile: 95, below: '800ms' }),
  planned({ kind: 'average', metric: 'load', below: '200ms' }),
  planned(ratio),
  planned({ kind: 'count', metric: 'errors', per: '5m', below: 30 }),
  planned({ kind: 'spike', metric: 'errors', of: 'requests' }),
  planned({ kind: 'steady', traffic: 'requests', window: '10m', bursts: 'errors', slos: 'slo' }, [planned(ratio)]),
  planned({ kind: 'compare', bad: 'errors', of: 'requests', atMost: '150%' }),
  planned({ kind: 'burn-rate', bad: 'errors', of: 'requests', objective: '99.9%', long: '10m', short: '5m' }),
  planned({ kind: 'baseline', metric: 'load', atMost: '110%' }),
]
const byKind = checks.map((check) => [check.kind, check] as const)
const window = { from: at(-60), to: at(0) }
const baseline = {
  load: { window, count: 600_000, sum: 60_000_000 },
  errors: { window, count: 60, sum: 60 },
  requests: { window, count: 60, sum: 60_000 },
}
const rollout = { stages: [50, 100], bakeMs: 600_000, extendUpTo: 3, percent: 50, left: [], quantiles: { load: [90] } }

type Told = { readonly requests: number; readonly errors: number; readonly samples: number; readonly ms: number }
const good: Told = { requests: 1000, errors: 1, samples: 1000, ms: 100 }

/** A look at one check after 14 minutes, both versions alike but for what the new one has in some of them. */
function look(check: PlannedCheck, odd: Partial<Told>, isOdd: (minute: number) => boolean, asOne: boolean): JudgedGate {
  const where = { ...scope, ...(asOne && { rollout }), percent: 50 }
  const arm = (metric: string, isNew: boolean): readonly Minute[] =>
    Array.from({ length: 26 }, (_, index) => index - 12).map((index) => {
      const told = { ...good, ...(isNew && isOdd(index) ? odd : {}) }
      if (metric === 'requests') return minute(index, 1, told.requests)
      if (metric === 'errors') return minute(index, 1, told.errors)
      return minute(index, told.samples, told.samples * told.ms, Math.round(told.samples / 100))
    })
  const evidence: Evidence = Object.fromEntries(
    needsOfGate(gate(check), where).flatMap((need): readonly (readonly [string, Finding])[] => {
      const query = 'q'
      if (need.need === 'window')
        return [
          [needKey(need), seen({ window: { from: at(0), to: at(12) }, query, values: { canary: 150, control: 150 } })],
        ]
      if (need.need !== 'series') return []
      return [[needKey(need), seen(series({ canary: arm(need.metric, true), control: arm(need.metric, false) }))]]
    }),
  )
  const now = at(14)
  const launch = { ...facts, baseline }
  return judgeGate(gate(check), evidence, context(0, { now, window: { from: at(0), to: now }, launch, scope: where }))
}

test('every kind that reads minutes is looked at', () => {
  const readsMinutes = checkKinds.filter(({ schema }) =>
    ['metric', 'of', 'traffic'].some((field) => Object.hasOwn(schema.shape, field)),
  )
  expect(new Set(checks.map(({ kind }) => kind))).toEqual(new Set(readsMinutes.map(({ kind }) => kind)))
})

describe.each(byKind)('%s', (_, check) => {
  test('passes what is good, so that what follows says something', () => {
    for (const asOne of [false, true]) expect(look(check, {}, () => false, asOne).verdict).toBe('pass')
  })

  test.each([
    ['of every minute', () => true],
    ['of one minute', (minute: number) => minute === 10],
  ])('a value %s that is no number never passes', (_name, isOdd) => {
    const odd = { requests: Number.NaN, errors: Number.NaN, ms: Number.NaN }
    for (const asOne of [false, true]) expect(look(check, odd, isOdd, asOne).verdict).not.toBe('pass')
  })

  test('a count that is no number never passes', () => {
    const odd = { requests: Number.NaN, errors: Number.NaN, samples: Number.NaN }
    for (const asOne of [false, true]) expect(look(check, odd, () => true, asOne).verdict).not.toBe('pass')
  })
})

describe.each(byKind.filter(([kind]) => kind !== 'count' && kind !== 'burn-rate'))('%s', (_, check) => {
  test('minutes without any request of the new version never pass', () => {
    const odd = { requests: 0, errors: 0, samples: 0 }
    for (const asOne of [false, true]) expect(look(check, odd, () => true, asOne).verdict).not.toBe('pass')
  })
})
