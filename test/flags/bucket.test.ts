import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketOf, isDealtOn, murmur3, onFrom } from '../../src/flags/bucket.ts'

const flag = 'status-board-v2'

test('the hash is MurmurHash3 x86 32-bit', () => {
  // Published vectors, seed 0.
  expect(murmur3('')).toBe(0)
  expect(murmur3('hello')).toBe(0x248bfa47)
  expect(murmur3('hello, world')).toBe(0x149bbb7f)
  expect(murmur3('The quick brown fox jumps over the lazy dog')).toBe(0x2e4ff723)
})

test('users are dealt as flagd deals them', () => {
  const users = Array.from({ length: 24 }, (_, index) => index)
  const on = (percent: number) => users.filter((index) => isDealtOn(flag, `user-${index}`, percent))
  // Computed by @openfeature/flagd-core 4.0.1.
  expect(on(10)).toEqual([8, 23])
  expect(on(30)).toEqual([6, 8, 10, 17, 18, 19, 23])
  expect(on(50)).toEqual([0, 2, 3, 5, 6, 7, 8, 10, 13, 14, 17, 18, 19, 22, 23])
})

describe('whatever the flag and the user', () => {
  const stages = [10, 30, 50, 100] as const
  test('who is on at 10 % is on at 30 %, 50 % and 100 %', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (key, user) => {
        const on = stages.map((percent) => isDealtOn(key, user, percent))
        expect(on).toEqual([...on].sort((a, b) => Number(a) - Number(b)))
        expect(on.at(-1)).toBe(true)
        expect(isDealtOn(key, user, 0)).toBe(false)
      }),
      { numRuns: 2000 },
    )
  })

  test('with a holdback 10 ⊂ 30 ⊂ 50 ⊂ 100 − holdback, who is named stays where the list puts them, and off is off for all', () => {
    const ids = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 6 })
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.string({ minLength: 1 }),
        ids,
        fc.integer({ min: 1, max: 4999 }),
        (key, user, named, points) => {
          const audience = { include: named.slice(0, 3), exclude: named.slice(3), holdbackPercent: points / 100 }
          const on = stages.map((percent) => isDealtOn(key, user, percent, audience))
          expect(on).toEqual([...on].sort((a, b) => Number(a) - Number(b)))
          const heldBack = bucketOf(key, user) >= 10_000 - points
          expect(on.at(-1)).toBe(audience.include.includes(user) || (!audience.exclude.includes(user) && !heldBack))
          for (const id of audience.include) expect(isDealtOn(key, id, 10, audience)).toBe(true)
          for (const id of audience.exclude) expect(isDealtOn(key, id, 100, audience)).toBe(false)
          for (const id of [user, ...named]) expect(isDealtOn(key, id, 0, audience)).toBe(false)
          const from = onFrom(key, user, audience)
          expect(from === null ? false : isDealtOn(key, user, from, audience)).toBe(on.at(-1))
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('a step of 0.01 % adds the users of one bucket and takes nobody away', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 0, max: 9999 }), (user, points) => {
        const [before, after] = [isDealtOn(flag, user, points / 100), isDealtOn(flag, user, (points + 1) / 100)]
        expect(before && !after).toBe(false)
        expect(!before && after).toBe(bucketOf(flag, user) === points)
      }),
    )
  })

  test('a user without an id gets the default, off', () => {
    expect(isDealtOn(flag, '', 100)).toBe(false)
  })
})
