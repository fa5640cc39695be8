import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { envelope } from '../../src/ui/envelope.ts'
import { quiet } from '../../src/ui/quiet.ts'
import { healthyLaunch } from '../support/launch-stories.ts'
import { reported } from '../support/views.ts'

const base = { command: 'auto', env: 'production', sandbox: false } as const

test('a launch that succeeds writes nothing', () => {
  expect(
    reported(quiet, healthyLaunch().events, envelope({ ...base, outcome: 'succeeded', exitCode: 0, error: null })),
  ).toBe('')
})

test('one that does not says what happened, why and what to do', () => {
  const error = new LaunchError('CREDENTIALS', 'token of profile sb-prod expired')

  const text = reported(quiet, [], envelope({ ...base, outcome: error.outcome, exitCode: error.exitCode, error }))

  expect(text).toBe(
    [
      'result  ✖ unavailable: credentials, permission or a service unreachable; nothing changed (exit 6)',
      'error   token of profile sb-prod expired [CREDENTIALS]',
      'hint    aws sso login, set AWS_PROFILE or AWS_ACCESS_KEY_ID, or check the role of the run sheet',
      'next    launch validate',
      '',
    ].join('\n'),
  )
})
