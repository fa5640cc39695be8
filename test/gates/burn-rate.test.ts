import { expect, test } from 'vitest'
import { missing } from '../../src/core/evidence.ts'
import { context, counter, judge, metrics, planned, series, times } from '../support/looks.ts'

const written = { kind: 'burn-rate', bad: 'errors', of: 'requests', objective: '99.9%' }
const check = planned(written)

/** An hour of requests, 100 a minute, and the errors of its minutes. */
function hour(errors: readonly number[], variants: 'all' | 'both' = 'all') {
  const split = (sums: readonly number[]) =>
    variants === 'all'
      ? series({ all: counter(...sums) })
      : series({ canary: counter(...sums), control: counter(...sums) })
  return metrics(check, { errors: split(errors), requests: split(times(60, 100)) })
}
const judged = (errors: readonly number[]) => judge(check, hour(errors), context(60))

// The SRE workbook's first pair: 2 % of a month's budget in an hour is a burn rate of 14.4, seen over 1 h and 5 m.
test('86 errors in 6,000 requests burn 14.3 times the budget of 99.9 %, 87 are too many', () => {
  expect(judged([...times(55, 1), ...times(4, 6), 7])).toMatchObject({ verdict: 'pass', limit: 14.4, samples: 6000 })
  expect(judged([...times(55, 1), ...times(4, 6), 8])).toMatchObject({
    verdict: 'fail',
    why: 'burns at 14.5 times its budget over 1h, 64 over 5m, limit 14.4',
  })
})

test('what burned within the hour and has stopped is no fail: the last five minutes say so', () => {
  expect(judged([...times(30, 10), ...times(30, 0)])).toMatchObject({
    verdict: 'pass',
    observed: 0,
    why: 'burns at 50 times its budget over 1h, 0 over 5m',
  })
})

test('both versions together burn one budget', () => {
  expect(judge(check, hour(times(60, 5), 'both'), context(60))).toMatchObject({ verdict: 'fail', samples: 12_000 })
})

test('two errors at little traffic are a rate, and no reason to stop', () => {
  const quiet = metrics(check, {
    errors: series({ all: counter(...times(58, 0), 1, 1) }),
    requests: series({ all: counter(...times(60, 1)) }),
  })
  expect(judge(check, quiet, context(60)).verdict).toBe('pass')
})

test('without requests, or without an answer, nobody knows', () => {
  const none = metrics(check, { errors: series({ all: [] }), requests: series({ all: [] }) })
  expect(judge(check, none, context(60))).toMatchObject({ verdict: 'unknown', why: 'no requests in 5m' })
  const lost = metrics(check, { errors: missing('Forbidden'), requests: series({ all: [] }) })
  expect(judge(check, lost, context(60))).toMatchObject({ verdict: 'unknown', why: 'errors: Forbidden' })
})

test.each([
  [{ objective: '100%' }, 'leaves no budget'],
  [{ short: '2h' }, 'short is less than long'],
  [{ long: '31d' }, 'long less than period'],
])('%o is refused', (says, why) => {
  expect(() => planned({ ...written, ...says })).toThrow(why)
})
