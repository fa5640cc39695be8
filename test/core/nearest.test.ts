import { expect, test } from 'vitest'
import { listed, nearest, suggestion } from '../../src/core/nearest.ts'

test.each([
  ['BoardLoadMS', ['Requests', 'BoardLoadMs'], 'BoardLoadMs'],
  ['captian', ['captain', 'contacts'], 'captain'],
  ['zebra', ['captain', 'contacts'], null],
  ['x', [], null],
  // Of several that are near the nearest, the first of those that are as near.
  ['errors', ['error', 'errore', 'errors-2'], 'error'],
  ['pasue', ['parse', 'pause', 'paste'], 'pause'],
  // A swap of neighbours is one change, at the beginning and at the end as well; three letters bear one change and no two.
  ['bat', ['abt'], 'abt'],
  ['abt', ['atb'], 'atb'],
  ['abc', ['acd'], null],
  ['abcd', ['badc'], null],
  ['ab', ['ba'], 'ba'],
  ['a', ['b'], 'b'],
  ['ab', ['cd'], null],
  ['abcdef', ['abcdxy'], 'abcdxy'],
  ['abcdef', ['abcxyz'], null],
  ['abc', ['abcdef'], null],
  ['abcdef', ['abcd'], 'abcd'],
  ['x'.repeat(60), ['X'.repeat(60)], 'X'.repeat(60)],
  ['x'.repeat(61), ['x'.repeat(61)], null],
])('what is meant by %s among %o: %s', (word, candidates, meant) => {
  expect(nearest(word, candidates)).toBe(meant)
})

test('where nothing is near, what there is is listed', () => {
  expect(suggestion('zebra', ['a-gate', 'b-gate'], 'one of')).toBe('one of a-gate or b-gate')
})

test('what is near is asked about, and nothing is listed where there is nothing', () => {
  expect(suggestion('captian', ['captain'], 'one of')).toBe('did you mean captain')
  expect(suggestion('x', [], 'there is none')).toBe('there is none')
})

test('a list reads as people write one, and is cut after two dozen', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a or b', 'a, b or c'])
  const words = Array.from({ length: 25 }, (_, n) => `w${n}`)
  expect(listed(words.slice(0, 24))).toMatch(/^w0, w1, .*, w22 or w23$/)
  expect(listed(words)).toMatch(/^w0, w1, .*, w22, w23 …$/)
})
