import { expect, test } from 'vitest'
import { missing } from '../../src/core/evidence.ts'
import { evidence, judge, planned } from '../support/looks.ts'

const check = planned({
  kind: 'command',
  run: ['npm', 'run', 'smoke'],
  cwd: 'examples',
  timeout: '1m',
  requires: ['chromium', 'google-chrome'],
})
const need = {
  need: 'command',
  run: ['npm', 'run', 'smoke'],
  cwd: 'examples',
  timeoutMs: 60_000,
  anyOf: ['chromium', 'google-chrome'],
} as const
const judged = (value: unknown) => judge(check, evidence([need, value]))

test('exit 0 passes', () => {
  expect(judged({ ran: true, exitCode: 0, ms: 1234, tail: 'ok' })).toMatchObject({
    verdict: 'pass',
    why: 'exit 0 after 1.2s',
  })
})

test('another exit code fails with the last line it printed', () => {
  expect(
    judged({ ran: true, exitCode: 3, ms: 10, tail: 'board loads: ok\r\ndrawer opens: no drawer\n\n' }),
  ).toMatchObject({
    verdict: 'fail',
    observed: 'exit 3',
    why: 'exit 3 after 10ms: drawer opens: no drawer',
  })
  expect(judged({ ran: true, exitCode: 1, ms: 10, tail: '' }).why).toBe('exit 1 after 10ms, without output')
})

test('without any of the programs it requires it is waived and says why', () => {
  expect(judged({ ran: false, absent: 'neither chromium nor google-chrome is installed' })).toMatchObject({
    verdict: 'waived',
    why: 'not run: neither chromium nor google-chrome is installed',
  })
})

test('a timeout or no answer at all is unknown', () => {
  expect(judged(missing('stopped after 1m'))).toMatchObject({ verdict: 'unknown', why: 'stopped after 1m' })
  expect(judge(check, {}).verdict).toBe('unknown')
})
