import { expect, test } from 'vitest'
import { withoutTrailing } from '../../src/core/without-trailing.ts'

test.each([
  ['/', 'https://a.example//', 'https://a.example'],
  ['/', '//', ''],
  ['/', '', ''],
  ['/', 'a/ ', 'a/ '],
  [' ', 'a b  ', 'a b'],
  [' ', 'a\t ', 'a\t'],
] as const)('%j is taken from the end of %j: %j', (character, text, left) => {
  expect(withoutTrailing(character, text)).toBe(left)
})

test('a long run that is not at the end takes no time', () => {
  const text = `${'/'.repeat(250_000)}x`
  const before = process.cpuUsage()
  expect(withoutTrailing('/', text)).toBe(text)
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(200)
})
