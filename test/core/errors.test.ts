import { expect, test } from 'vitest'
import { LaunchError, messageOf } from '../../src/core/errors.ts'

test('an error says what to do: its own advice, else that of its code, and its code gives the exit code', () => {
  const own = new LaunchError('USAGE', 'no "x"', { hint: 'write y' })
  expect(own).toMatchObject({ name: 'LaunchError', hint: 'write y', at: null, outcome: 'invalid', exitCode: 2 })
  expect(new LaunchError('USAGE', 'no "x"').hint).not.toBe('')
  expect(own.hint).not.toBe(new LaunchError('USAGE', 'no "x"').hint)
})

test('an error keeps where it is and what it comes from, and has no cause when there was none', () => {
  const at = { file: 'runsheet.yaml', line: 3, col: 7 }
  const cause = new Error('below')
  expect(new LaunchError('USAGE', 'm', { at, cause })).toMatchObject({ at, cause })
  expect('cause' in new LaunchError('USAGE', 'm')).toBe(false)
})

test('whatever was thrown has a message', () => {
  expect([new Error('x'), 'text', 5, undefined].map(messageOf)).toEqual(['x', 'text', '5', 'undefined'])
})
