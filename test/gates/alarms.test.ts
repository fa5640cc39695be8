import { expect, test } from 'vitest'
import type { AlarmState } from '../../src/core/evidence.ts'
import { evidence, judge, planned } from '../support/looks.ts'

const names = ['api-5xx', 'latency']
const check = planned({ kind: 'alarms', names })
const alarm = (name: string, state: AlarmState['state']): AlarmState => ({
  name,
  state,
  since: null,
  reason: 'threshold crossed',
})
const judged = (...states: readonly AlarmState[]) => judge(check, evidence([{ need: 'alarms', names }, states]))

test('all OK passes', () => {
  expect(judged(alarm('latency', 'OK'), alarm('api-5xx', 'OK'))).toMatchObject({
    verdict: 'pass',
    observed: '2 of 2 OK',
  })
})

test('one in ALARM fails with its reason, whatever the others say', () => {
  expect(judged(alarm('api-5xx', 'ALARM'), alarm('latency', 'INSUFFICIENT_DATA'))).toMatchObject({
    verdict: 'fail',
    why: 'api-5xx is in ALARM: threshold crossed',
  })
})

test('one that has judged nothing, or that did not come back, is unknown', () => {
  expect(judged(alarm('api-5xx', 'OK'), alarm('latency', 'INSUFFICIENT_DATA')).why).toBe('latency is INSUFFICIENT_DATA')
  expect(judged(alarm('api-5xx', 'OK'))).toMatchObject({ verdict: 'unknown', why: 'latency does not exist' })
  expect(judge(check, {}).verdict).toBe('unknown')
})
