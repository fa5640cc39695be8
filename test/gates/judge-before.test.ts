import { describe, expect, test } from 'vitest'
import { Random } from '../../bench/decisions/random.ts'
import { scenarios } from '../../bench/decisions/scenarios.ts'
import { World } from '../../bench/decisions/world.ts'
import { needKey, seen, type Evidence, type Finding, type Minute } from '../../src/core/evidence.ts'
import { judgeGate, needsOfGate, type JudgedGate } from '../../src/gates/judge-gate.ts'
import { at, context, gate, lagMs, minute, planned, scope, series, windowStat } from '../support/looks.ts'
import { canaryGate, verdicts, whyOf } from '../support/rollouts.ts'

/** The old version's minute: requests, errors, samples at or above 800 ms, their mean. */
type Told = { readonly n: number; readonly errors: number; readonly slow: number; readonly mean: number }
const scopeBefore = { ...scope, before: true as const }

function look(
  told: readonly Told[],
  {
    of = canaryGate,
    waivers = {},
    apart = true,
  }: Partial<{ of: typeof canaryGate; waivers: object; apart: boolean }> = {},
): JudgedGate {
  const minuteOf = (metric: string, one: Told, index: number): Minute => {
    if (metric === 'requests') return minute(index, 1, one.n)
    if (metric === 'errors') return minute(index, 1, one.errors)
    return minute(index, one.n, one.n * one.mean, one.slow)
  }
  const found: Evidence = Object.fromEntries(
    needsOfGate(of, scopeBefore).flatMap((need): readonly (readonly [string, Finding])[] => {
      if (need.need === 'window') {
        const p95 = (told[0]?.slow ?? 0) > 50 ? 900 : 400
        return [[needKey(need), seen(windowStat(apart ? { control: p95 } : { all: p95 }, 0, told.length - 2))]]
      }
      if (need.need !== 'series') return []
      const minutes = told.map((one, index) => minuteOf(need.metric, one, index))
      return [[needKey(need), seen(series(apart ? { control: minutes } : { all: minutes }, { lagMs }))]]
    }),
  )
  const now = at(told.length)
  const where = context(0, {
    now,
    window: { from: at(0), to: now },
    subject: 'control',
    scope: scopeBefore,
    ...waivers,
  })
  return judgeGate(of, found, where)
}

const usual: Told = { n: 1000, errors: 3, slow: 10, mean: 140 }
const minutes = (told: Partial<Told>, length = 15): readonly Told[] =>
  Array.from({ length }, () => ({ ...usual, ...told }))

describe('the old version alone, before a canary', () => {
  test('inside its limits it passes', () => {
    expect(verdicts(look(minutes({})))).toEqual({ errors: 'pass', p95: 'pass', mean: 'pass' })
  })

  test.each([
    ['errors', { errors: 30 }, 'errors 3% of 13,000 requests, limit 1%'],
    ['p95', { slow: 100 }, 'at or above 800ms: 10% of 13,000 samples, limit 5%'],
    ['mean', { mean: 250 }, 'average 250ms of 13,000 samples, limit 200ms'],
  ] as const)('outside that of %s it fails, whether the versions are told apart or not', (id, told, why) => {
    for (const apart of [true, false]) {
      const judged = look(minutes(told), { apart })
      expect(judged.verdict).toBe('fail')
      expect(verdicts(judged)).toMatchObject({ [id]: 'fail' })
      expect(whyOf(judged, id)).toBe(why)
    }
  })

  test('a value that is outside by chance stops nothing: 3 of 130 requests are 2.3 %, and one in 180 such looks has as many', () => {
    // scipy.stats.poisson.sf(2, 130 * 0.003): 0.0074.
    const told = minutes({ n: 10, errors: 0, slow: 0 }).map((one, i) => (i % 5 === 1 ? { ...one, errors: 1 } : one))
    const judged = look(told)
    expect(verdicts(judged)).toMatchObject({ errors: 'unknown' })
    expect(whyOf(judged, 'errors')).toMatch(/not certain$/)
  })

  test('one bad minute is an incident that is over, not a version that is broken', () => {
    const told = minutes({}).map((one, index) => (index === 6 ? { ...one, errors: 200 } : one))
    expect(verdicts(look(told))).toMatchObject({ errors: 'unknown' })
  })

  test('nothing is known without data, and nothing is stopped', () => {
    expect(look([]).verdict).toBe('unknown')
    expect(look(minutes({ n: 0, errors: 0, slow: 0 })).verdict).toBe('unknown')
  })

  test('evidence counts also where the canary itself will be judged by threshold, or by its newest minutes', () => {
    const plain = { kind: 'ratio', id: 'errors', bad: 'errors', of: 'requests', below: '1%' }
    for (const more of [{ judge: 'threshold' }, { over: '5m' }]) {
      const of = gate(planned({ ...plain, ...more }))
      expect(look(minutes({ errors: 30 }), { of }).verdict).toBe('fail')
      const noise = minutes({ n: 10, errors: 0 }).map((one, i) => (i > 8 && i % 2 ? { ...one, errors: 1 } : one))
      expect(look(noise, { of }).verdict).toBe('unknown')
    }
  })

  test('a looser limit to roll back by is the one that counts', () => {
    const of = gate(
      planned({ kind: 'ratio', id: 'errors', bad: 'errors', of: 'requests', below: '1%', rollbackAt: '5%' }),
    )
    expect(look(minutes({ errors: 30 }), { of }).verdict).toBe('unknown')
    expect(look(minutes({ errors: 80 }), { of }).verdict).toBe('fail')
  })

  test('a count of events is certain as it is', () => {
    const of = gate(planned({ kind: 'count', id: 'many', metric: 'errors', per: '5m', below: 30 }))
    expect(look(minutes({ errors: 6 }), { of }).verdict).toBe('fail')
    expect(look(minutes({ errors: 5 }), { of }).verdict).toBe('pass')
  })

  test('what was waived is said and does not stop', () => {
    const waivers = { waivers: { errors: { reason: 'the new one mends it', by: 'ann' } } }
    const judged = look(minutes({ errors: 30 }), { waivers })
    expect(judged.verdict).toBe('pass')
    expect(whyOf(judged, 'errors')).toBe(
      'waived by ann: the new one mends it (fail: errors 3% of 13,000 requests, limit 1%)',
    )
  })
})

test.each([10, 100, 1000])('at %i requests a minute no healthy old version is called broken', (rpm) => {
  const [none, noisy] = ['none', 'noisy'].map((name) => scenarios.find((one) => one.name === name))
  if (!none || !noisy) throw new Error('no such scenario')
  const runs = 80
  const failed = Array.from({ length: runs }, (_, seed) => {
    const world = new World(new Random(seed + 1), seed % 2 === 0 ? none : noisy, rpm, false)
    const told = Array.from({ length: 15 }, () => {
      const { control } = world.next(0)
      return { n: control.n, errors: control.errors, slow: control.above[3] ?? 0, mean: control.sum / control.n }
    })
    return look(told).verdict
  }).filter((verdict) => verdict === 'fail')
  expect(failed).toEqual([])
})
