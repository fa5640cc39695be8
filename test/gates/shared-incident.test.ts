import { describe, expect, test } from 'vitest'
import { sharedMinutes } from '../../src/gates/shared-incident.ts'
import { at, context, counter, judge, metrics, planned, series, times } from '../support/looks.ts'

const ratio = planned({ kind: 'ratio', bad: 'errors', of: 'requests', below: '1%' })

/** Twenty minutes, 50 canary and 450 control requests each, unless told otherwise. */
function look(canary: readonly number[], control: readonly number[], traffic = { canary: 50, control: 450 }) {
  return metrics(ratio, {
    errors: series({ canary: counter(...canary), control: counter(...control) }),
    requests: series({
      canary: counter(...canary.map(() => traffic.canary)),
      control: counter(...control.map(() => traffic.control)),
    }),
  })
}

const quiet = times(10, 0)

describe('an incident that old and new version share', () => {
  test('holds the canary while it lasts, instead of rolling it back', () => {
    const judged = judge(ratio, look([...quiet, ...times(10, 5)], [...quiet, ...times(10, 45)]), context(20))
    expect(judged).toMatchObject({ verdict: 'unknown', observed: 0 })
    expect(judged.why).toBe(
      'control breaches in the newest minute: shared incident; 10 shared-incident minutes left out',
    )
  })

  test('is left out once it is over, and counted in the reason', () => {
    const errors = [...times(10, 5), ...quiet]
    const judged = judge(ratio, look(errors, [...times(10, 45), ...quiet]), context(20))
    expect(judged).toMatchObject({ verdict: 'pass', observed: 0, samples: 500 })
    expect(judged.why).toBe('errors 0% of 500 requests; 10 shared-incident minutes left out')
  })

  test('does not excuse a canary that stays bad after it is over', () => {
    const judged = judge(ratio, look(times(20, 5), [...times(10, 45), ...quiet]), context(20))
    expect(judged).toMatchObject({ verdict: 'fail', observed: 0.1, samples: 500 })
    expect(judged.why).toBe('errors 10% of 500 requests, limit 1%; 10 shared-incident minutes left out')
  })

  test('is seen over the whole window where single minutes of the control are too small to say so', () => {
    // 40 of the control's requests a minute are less than a fifth of the floor, 800 in all are enough.
    const judged = judge(ratio, look(times(20, 5), times(20, 2), { canary: 50, control: 40 }), context(20))
    expect(judged).toMatchObject({ verdict: 'unknown', observed: 0.1 })
    expect(judged.why).toBe('control breaches too (5% of 800): shared incident')
  })

  test('is no excuse when the control has too few samples to say so', () => {
    expect(judge(ratio, look(times(20, 5), times(20, 1), { canary: 50, control: 10 }), context(20)).verdict).toBe(
      'fail',
    )
  })
})

test('a canary that breaks alone fails beside a healthy control', () => {
  expect(judge(ratio, look(times(20, 5), times(20, 1)), context(20))).toMatchObject({
    verdict: 'fail',
    observed: 0.1,
    samples: 1000,
  })
})

test('before the canary the control is judged like anything else', () => {
  expect(judge(ratio, look(quiet, times(10, 45)), context(10, { subject: 'control' })).verdict).toBe('fail')
})

test('all minutes shared: unknown, with no value', () => {
  expect(judge(ratio, look(times(10, 5), times(10, 45)))).toMatchObject({
    verdict: 'unknown',
    observed: null,
    why: 'no requests in any settled minute; 10 shared-incident minutes left out',
  })
})

test('a minute of the control is an incident from a fifth of the floor and three events on', () => {
  const rule = { limit: 0.01, floor: 300, events: true }
  const parts = [
    { start: at(0), top: 3, samples: 59 },
    { start: at(1), top: 3, samples: 60 },
    { start: at(2), top: 2, samples: 60 },
    { start: at(3), top: 3, samples: 301 },
  ]
  expect([...sharedMinutes(parts, rule)]).toEqual([at(1)])
})
