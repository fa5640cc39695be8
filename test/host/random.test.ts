import fc from 'fast-check'
import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { ulidRandom } from '../../src/host/random.ts'

test('an id is a ULID: 26 characters of Crockford base 32, time first', () => {
  // The time part of the specification's own example, 01ARZ3NDEK…, decoded with python: 1469922850259 ms.
  const random = ulidRandom({ now: () => epochMs(1_469_922_850_259) })

  expect(random.id()).toMatch(/^01ARZ3NDEK[0-9A-HJKMNP-TV-Z]{16}$/)
})

test('ids grow within a millisecond and when the clock steps back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 100 }), (times) => {
      let at = 0
      const random = ulidRandom({ now: () => epochMs(1_700_000_000_000 + (times[at++] ?? 0)) })
      const ids = times.map(() => random.id())

      expect(ids).toEqual([...ids].sort())
      expect(new Set(ids).size).toBe(ids.length)
    }),
  )
})

test('two processes do not make the same id in the same millisecond', () => {
  const still = { now: () => epochMs(1_700_000_000_000) }

  expect(ulidRandom(still).id()).not.toBe(ulidRandom(still).id())
})
