import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { foreignNamed } from '../../src/steps/foreign.ts'

const now = epochMs(1_000_000_000)
const order = { uses: { flagKey: null, statePrefixes: [], health: [] }, now }
const listed = ['old/a.js', 'old/deep/b.js', 'old/.hidden', '!odd.js', 'top.js'].map((key) => ({
  key,
  bytes: 1,
  at: epochMs(0),
}))
const named = (...globs: readonly string[]) => foreignNamed(globs, listed, [], order).map(({ key }) => key)

test.each([
  { globs: [], keys: [] },
  { globs: ['old/*'], keys: ['old/a.js'] },
  { globs: ['old/**'], keys: ['old/a.js', 'old/deep/b.js'] },
  { globs: ['old/.hidden', 'top.js'], keys: ['old/.hidden', 'top.js'] },
])('$globs names $keys', ({ globs, keys }) => {
  expect(named(...globs)).toEqual(keys)
})

test('a `!` inverts nothing: it names what begins with one', () => {
  expect(named('!top.js')).toEqual([])
  expect(named('!odd.js')).toEqual(['!odd.js'])
})
