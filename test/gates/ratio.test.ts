import { describe, expect, test } from 'vitest'
import { missing } from '../../src/core/evidence.ts'
import { at, context, counter, judge, metrics, minute, planned, series, times } from '../support/looks.ts'

const check = planned({ kind: 'ratio', bad: 'errors', of: 'requests', below: '1%' })

function look(errors: readonly number[], requests: readonly number[]) {
  return metrics(check, {
    errors: series({ all: counter(...errors) }),
    requests: series({ all: counter(...requests) }),
  })
}

test('is called by both metrics and the limit', () => {
  expect(check.title).toBe('errors / requests < 1%')
})

describe('the limit', () => {
  test.each([
    [29, 'pass'],
    [30, 'fail'],
    [31, 'fail'],
  ])('%d errors in 3,000 requests: %s', (errors, verdict) => {
    expect(judge(check, look([errors, 0], [1500, 1500]))).toMatchObject({
      verdict,
      observed: errors / 3000,
      limit: 0.01,
      unit: 'share',
      samples: 3000,
    })
  })

  test('it is the sum over the sum, not the mean of the shares of the minutes', () => {
    // One of ten and none of 2,990: the mean of the shares would be 5 %.
    expect(judge(check, look([1, 0], [10, 2990]))).toMatchObject({ verdict: 'pass', observed: 1 / 3000 })
  })

  test('a limit that floating point puts just above the share still fails at equality', () => {
    const odd = planned({ kind: 'ratio', bad: 'errors', of: 'requests', below: '1.1%' })
    const found = metrics(odd, { errors: series({ all: counter(11) }), requests: series({ all: counter(1000) }) })
    expect(judge(odd, found).verdict).toBe('fail')
  })
})

describe('too little evidence', () => {
  test('212 requests are unknown and say so, 300 without an error pass', () => {
    expect(judge(check, look([0], [212]))).toMatchObject({
      verdict: 'unknown',
      why: '212 of 300 requests',
      observed: 0,
    })
    expect(judge(check, look([0], [300])).verdict).toBe('pass')
  })

  test('two errors in twenty requests wait; three are certain to reach 1 % of 300 and fail at once', () => {
    expect(judge(check, look([2], [20]))).toMatchObject({ verdict: 'unknown', why: '20 of 300 requests, 10% so far' })
    expect(judge(check, look([3], [20])).verdict).toBe('fail')
  })

  test('a floor of its own is used', () => {
    const small = planned({ kind: 'ratio', bad: 'errors', of: 'requests', below: '1%', floor: 50 })
    expect(
      judge(small, metrics(small, { errors: series({ all: counter(0) }), requests: series({ all: counter(50) }) }))
        .verdict,
    ).toBe('pass')
  })

  test('zero requests are unknown, never NaN', () => {
    expect(judge(check, look([0, 0], [0, 0]))).toMatchObject({
      verdict: 'unknown',
      observed: null,
      why: 'no requests in any settled minute',
    })
  })

  test('each dropped reply alone makes it unknown', () => {
    expect(judge(check, metrics(check, { requests: series({ all: counter(5000) }) })).verdict).toBe('unknown')
    expect(judge(check, metrics(check, { errors: series({ all: counter(0) }) })).verdict).toBe('unknown')
    expect(
      judge(check, metrics(check, { errors: missing('Forbidden'), requests: series({ all: counter(5000) }) })).why,
    ).toBe('errors: Forbidden')
  })
})

describe('an error metric that is only published when there are errors', () => {
  const requests = series({ all: counter(500, 500) })

  test('its missing minutes are zeros while the heartbeat has data', () => {
    const errors = series({ all: [] }, { alive: [at(0), at(1)] })
    expect(judge(check, metrics(check, { errors, requests }))).toMatchObject({
      verdict: 'pass',
      observed: 0,
      samples: 1000,
    })
  })

  test('they are no data when nothing vouches for them', () => {
    expect(judge(check, metrics(check, { errors: series({ all: [] }), requests })).verdict).toBe('unknown')
    expect(judge(check, metrics(check, { errors: series({ all: [] }, { alive: [] }), requests })).verdict).toBe(
      'unknown',
    )
  })

  test('only minutes that both metrics have are counted', () => {
    const errors = series({ all: [minute(1, 1, 2)] })
    expect(judge(check, metrics(check, { errors, requests }))).toMatchObject({
      verdict: 'pass',
      samples: 500,
      observed: 2 / 500,
    })
  })
})

test('metrics of different periods are not divided', () => {
  const found = metrics(check, {
    errors: series({ all: counter(0) }, { periodMs: 300_000 }),
    requests: series({ all: counter(5000) }),
  })
  expect(judge(check, found)).toMatchObject({ verdict: 'unknown', why: 'errors comes every 5m, requests every 1m' })
})

test('minutes from before the gate, and those not yet settled, are not evidence', () => {
  const found = metrics(check, {
    errors: series({ all: [minute(-1, 1, 900), minute(0, 1, 0), minute(1, 1, 900)] }),
    requests: series({ all: [minute(-1, 1, 900), minute(0, 1, 400), minute(1, 1, 900)] }),
  })
  expect(judge(check, found, context(1))).toMatchObject({ verdict: 'pass', samples: 400 })
})

test('a canary in whose place the metric has only a control has no data', () => {
  const found = metrics(check, {
    errors: series({ control: counter(0) }),
    requests: series({ control: counter(...times(1, 5000)) }),
  })
  expect(judge(check, found).verdict).toBe('unknown')
})
