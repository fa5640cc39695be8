import { describe, expect, test } from 'vitest'
import { missing } from '../../src/core/evidence.ts'
import { context, counter, judge, metrics, minute, planned, series, times, windowStat } from '../support/looks.ts'

const ratio = planned({ kind: 'ratio', bad: 'errors', of: 'requests', below: '1%' })
const p95 = planned({ kind: 'percentile', metric: 'board-load', percentile: 95, below: '800ms' })
const check = planned({ kind: 'steady', traffic: 'requests', window: '15m', slos: 'slo', bursts: 'errors' }, [
  ratio,
  p95,
])

type Played = { readonly requests: readonly number[]; readonly errors: readonly number[]; readonly slow?: number }

function look({ requests, errors, slow = 0 }: Played) {
  const load = requests.map((_, i) => minute(i, 100, 30_000, slow))
  return metrics(
    check,
    {
      requests: series({ all: counter(...requests) }),
      errors: series({ all: counter(...errors) }),
      'board-load': series({ all: load }),
    },
    { 'board-load': windowStat({ all: 420 }, requests.length - 15, requests.length) },
  )
}
const judged = (played: Played) => judge(check, look(played), context(played.requests.length))

test('fifteen minutes of traffic inside every SLO pass', () => {
  expect(check.title).toBe('requests steady for 15m, slo inside')
  expect(judged({ requests: times(15, 100), errors: times(15, 0) })).toMatchObject({
    verdict: 'pass',
    observed: 15,
    limit: 15,
    samples: 1500,
    why: '15 of 15 minutes have traffic; 4 more conditions held',
  })
})

test('nine minutes are not yet fifteen', () => {
  expect(judged({ requests: times(9, 100), errors: times(9, 0) }).why).toMatch(/^traffic: 9 of 15 minutes/)
})

test('a broken SLO fails before the window is full', () => {
  const judgement = judged({ requests: times(9, 100), errors: times(9, 5) })
  expect(judgement).toMatchObject({
    verdict: 'fail',
    why: 'errors / requests < 1%: errors 5% of 900 requests, limit 1%',
  })
})

test('the SLOs are judged over the last fifteen minutes, not over all', () => {
  const recovered = { requests: times(40, 100), errors: [...times(20, 5), ...times(20, 0)] }
  expect(judged(recovered).verdict).toBe('pass')
})

describe('traffic', () => {
  const without = (...gone: readonly number[]) => times(20, 100).map((sum, i) => (gone.includes(i) ? 0 : sum))

  test('one empty minute of fifteen is tolerated, two are not', () => {
    expect(judged({ requests: without(10), errors: times(20, 0) }).verdict).toBe('pass')
    expect(judged({ requests: without(10, 14), errors: times(20, 0) }).why).toMatch(
      /^traffic: 13 of 15 minutes have traffic, longest gap 1/,
    )
  })

  test('in a long window a gap of two minutes is tolerated, of three not', () => {
    const long = planned({ kind: 'steady', traffic: 'requests', window: '40m' })
    const of = (...gone: readonly number[]) => {
      const requests = times(40, 100).map((sum, i) => (gone.includes(i) ? 0 : sum))
      return judge(long, metrics(long, { requests: series({ all: counter(...requests) }) }), context(40)).verdict
    }
    expect([of(20, 21), of(20, 21, 22)]).toEqual(['pass', 'unknown'])
  })

  test('none at all, or a dropped reply, is unknown', () => {
    expect(judge(check, {}).verdict).toBe('unknown')
    expect(judged({ requests: times(15, 0), errors: times(15, 0) }).verdict).toBe('unknown')
  })
})

describe('bursts', () => {
  const burst = (at: number) => ({
    requests: times(30, 5000),
    errors: times(30, 1).map((usual, i) => (i === at ? 40 : usual)),
  })

  test('one inside the window starts it again: unknown, with how long it has been clean', () => {
    const judgement = judged(burst(22))
    expect(judgement.verdict).toBe('unknown')
    expect(judgement.why).toBe('errors bursts: 40 at 2026-12-01T18:22:00Z where 1 are usual; 7m of 15m clean since')
  })

  test('one before the window is history', () => {
    expect(judged(burst(14)).verdict).toBe('pass')
    expect(judged(burst(15)).verdict).toBe('unknown')
  })

  test('a dropped reply about errors is unknown', () => {
    const lone = planned({ kind: 'steady', traffic: 'requests', window: '15m', bursts: 'errors' })
    const requests = series({ all: counter(...times(15, 100)) })
    expect(judge(lone, metrics(lone, { requests, errors: missing('Forbidden') }), context(15)).why).toBe(
      'errors bursts: Forbidden',
    )
    expect(judge(lone, metrics(lone, { requests, errors: series({ all: [] }) }), context(15)).verdict).toBe('unknown')
  })
})

describe('drift', () => {
  const lone = planned({ kind: 'steady', traffic: 'requests', window: '15m', bursts: 'errors' })
  /** Seven minutes with one error each, then eight with these. */
  const of = (check: typeof lone, later: readonly number[]) => {
    const errors = [...times(7, 1), ...later]
    const found = {
      requests: series({ all: counter(...times(15, 1000)) }),
      errors: series({ all: counter(...errors) }),
    }
    return judge(check, metrics(check, found), context(15))
  }

  test('a second half that is worse than the first is not steady: unknown, both halves side by side', () => {
    // scripts/gates-oracle.py: against 7 of 7,000, 28 of 8,000 are the fewest with 20 : 1.
    expect(of(lone, [3, 3, 3, 3, 3, 4, 4, 4]).verdict).toBe('pass')
    expect(of(lone, [3, 3, 3, 3, 4, 4, 4, 4])).toMatchObject({
      verdict: 'unknown',
      why: 'errors drift: 0.35% of 8,000 in the second half after 0.1% of 7,000 in the first; evidence 27 : 1, 20 or more is drift',
    })
  })

  test('a second half that is better is steady', () => {
    const errors = [...times(7, 4), ...times(8, 1)]
    const found = {
      requests: series({ all: counter(...times(15, 1000)) }),
      errors: series({ all: counter(...errors) }),
    }
    expect(judge(lone, metrics(lone, found), context(15)).verdict).toBe('pass')
  })

  test('errors that come in bunches weigh less', () => {
    expect(of(lone, [0, 0, 0, 0, 10, 0, 9, 9]).why).not.toMatch(/drift/)
  })

  test('it can be left out, and a plan that is older than the word has none', () => {
    const without = planned({ kind: 'steady', traffic: 'requests', window: '15m', bursts: 'errors', drift: false })
    expect(of(without, times(8, 4)).verdict).toBe('pass')
    const { drift: _, ...older } = { ...lone.spec, drift: true }
    expect(of({ ...lone, spec: older }, times(8, 4)).verdict).toBe('pass')
    expect(of(lone, times(8, 4)).verdict).toBe('unknown')
  })
})

test('an observed SLO inside it does not block', () => {
  const observed = planned({ kind: 'ratio', bad: 'errors', of: 'requests', below: '1%', observe: true })
  const calm = planned({ kind: 'steady', traffic: 'requests', window: '15m', slos: 'slo' }, [observed])
  const found = metrics(calm, {
    requests: series({ all: counter(...times(15, 100)) }),
    errors: series({ all: counter(...times(15, 50)) }),
  })
  expect(judge(calm, found, context(15)).verdict).toBe('pass')
})
