import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketOf, isDealtOn, murmur3 } from '../../src/flags/bucket.ts'

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
