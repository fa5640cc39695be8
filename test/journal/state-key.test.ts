import { expect, test } from 'vitest'
import { assertStateKey, assertStatePrefix, isStateKey } from '../../src/journal/state-key.ts'

test.each(['a', 'v1/app/active.json', 'a/.hidden', '...', 'a..b/_-9', 'a'.repeat(128)])('%s is a key', (key) => {
  expect(isStateKey(key)).toBe(true)
  expect(() => assertStateKey(key)).not.toThrow()
  expect(() => assertStatePrefix(`${key}/`)).not.toThrow()
})

test.each([
  '',
  '.',
  '..',
  './a',
  'a/..',
  'a/../b',
  '/a',
  'a/',
  'a//b',
  'a b',
  'ä',
  'a\n',
  'a@1',
  '~a',
  'a'.repeat(129),
])('%j is none, and no folder either', (key) => {
  expect(isStateKey(key)).toBe(false)
  expect(() => assertStateKey(key)).toThrow(`"${key}" is no state key`)
  expect(() => assertStatePrefix(`${key}/`)).toThrow(`"${key}/" is no state prefix`)
})

test('what is listed is everything, or a folder', () => {
  expect(() => assertStatePrefix('')).not.toThrow()
  for (const key of ['a/b', 'ab']) expect(() => assertStatePrefix(key)).toThrow(`"${key}" is no state prefix`)
})
