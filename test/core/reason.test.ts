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

test('what is not known says what is missing', () => {
  expect(unknownReason([slow, few])).toBe('errors: 212 of 300 requests')
})
