import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { foreignKeys, removableForeign } from '../../src/core/foreign.ts'
import { keys } from '../../src/core/release.ts'
import type { ListedObject } from '../../src/core/retention.ts'

const day = 86_400_000
const now = epochMs(100 * day)
const released = {
  files: [
    {
      path: 'index.html',
      bytes: 1,
      sha256: 'a'.repeat(64) as never,
      class: 'html',
      contentType: '',
      cacheControl: '',
    },
  ],
} as const
const uses = { flagKey: 'flags/board.json', statePrefixes: ['launches/'], health: ['/healthz'] }

test('foreign is what is neither of launch, nor the flag document, nor of a recorded release', () => {
  const listed = [keys.current, 'flags/board.json', 'flags/other.json', 'index.html', 'old/a.js']
  expect(foreignKeys(listed, [released], 'flags/board.json')).toEqual(['flags/other.json', 'old/a.js'])
  expect(foreignKeys(listed, [released], null)).toEqual(['flags/board.json', 'flags/other.json', 'old/a.js'])
  expect(foreignKeys(listed, [], 'flags/board.json')).toContain('index.html')
})

function removed(objects: readonly ListedObject[], isNamed = (_key: string) => true): readonly string[] {
  return removableForeign(objects, [released], uses, { isNamed, now }).map(({ key }) => key)
}
const old = (key: string): ListedObject => ({ key, bytes: 1, at: epochMs(now - 2 * day) })

test('only what is named and a day old is removable', () => {
  expect(removed([old('old/a.js'), old('old/b.js')], (key) => key.endsWith('a.js'))).toEqual(['old/a.js'])
  const ages = [day - 1, day, day + 1].map((age) => ({ key: `old/${age}`, bytes: 1, at: epochMs(now - age) }))
  expect(removed(ages)).toEqual([`old/${day}`, `old/${day + 1}`])
  expect(removed([{ key: 'old/of-unknown-age', bytes: 1 }])).toEqual([])
})

test.each([
  ['a file of a release', 'index.html'],
  ['a file of launch', keys.current],
  ['the flag document', 'flags/board.json'],
  ['what stands next to the flag document', 'flags/other.json'],
  ['where launches are remembered', 'launches/l-1/00000001.json'],
  ['what is asked for health', 'healthz'],
])('%s is never removable, also when it is named', (_what, key) => {
  expect(removed([old(key), old('old/a.js')])).toEqual(['old/a.js'])
})
