import { expect, test } from 'vitest'
import { failureReason, unknownReason } from '../../src/core/reason.ts'
import { result } from '../support/journal-builder.ts'

const slow = result('p95', 'percentile', 'board-load p95 < 800ms', {
  verdict: 'fail',
  observed: 1240,
  limit: 800,
  unit: 'ms',
  samples: 2104,
})
const sign = result('s', 'approval', 'signed off', { verdict: 'fail', observed: '1 of 2 signed', unit: '' })
const none = result('a', 'alarms', 'alarms quiet', { verdict: 'fail', why: 'statusboard-slo is in ALARM' })
const few = result('r', 'ratio', 'errors', { verdict: 'unknown', why: '212 of 300 requests' })

test('a failure names each failing check, its value, where and on how much', () => {
  expect(failureReason([slow, few], 30)).toBe('board-load p95 < 800ms: 1240ms at 30 % (2,104 samples)')
  expect(failureReason([sign, none], null)).toBe('signed off: 1 of 2 signed; alarms quiet: statusboard-slo is in ALARM')
})

test('a failure without a value of its own says where before it says why', () => {
  expect(failureReason([none], 30)).toBe('alarms quiet at 30 %: statusboard-slo is in ALARM')
})

test('a value inside its limit does not say what is wrong with it: the reason does', () => {
  const load = (more: object) =>
    failureReason(
      [
        result('p95', 'percentile', 'load', {
          verdict: 'fail',
          unit: 'ms',
          why: 'slower than the old version',
          ...more,
        }),
      ],
      null,
    )
  expect(load({ observed: 700, limit: 800 })).toBe('load: slower than the old version')
  expect(load({ observed: 800, limit: 800 })).toBe('load: 800ms')
  expect(load({ observed: 900, limit: null })).toBe('load: 900ms')
  expect(load({ observed: null, limit: 800 })).toBe('load: slower than the old version')
})

test('one reason of several checks is said once, two are spelled out, the others are counted', () => {
  const unknown = (title: string, why: string) => result(title, 'ratio', title, { verdict: 'unknown', why })
  const [a, b, c, d] = [unknown('A', 'no data'), unknown('B', 'too few'), unknown('C', 'no data'), unknown('D', 'late')]
  expect(unknownReason([a, b])).toBe('A: no data; B: too few')
  expect(unknownReason([a, b, c])).toBe('A, C: no data; B: too few')
  expect(unknownReason([a, b, c, d, unknown('E', 'x')])).toBe('A, C: no data; B: too few; and 2 more')
  expect(unknownReason([slow])).toBe('')
})

test('what is not known says what is missing', () => {
  expect(unknownReason([slow, few])).toBe('errors: 212 of 300 requests')
})
