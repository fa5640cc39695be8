import { expect, test } from 'vitest'
import { nearest, suggestion } from '../../src/core/nearest.ts'

test.each([
  ['BoardLoadMS', ['Requests', 'BoardLoadMs'], 'BoardLoadMs'],
  ['captian', ['captain', 'contacts'], 'captain'],
  ['zebra', ['captain', 'contacts'], null],
  ['x', [], null],
])('what is meant by %s among %o: %s', (word, candidates, meant) => {
  expect(nearest(word, candidates)).toBe(meant)
})

test('where nothing is near, what there is is listed', () => {
  expect(suggestion('zebra', ['a-gate', 'b-gate'], 'one of')).toBe('one of a-gate or b-gate')
})
