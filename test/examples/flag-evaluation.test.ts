import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../examples/statusboard/src/evaluate.ts'
import { parseFlagDocument } from '../../examples/statusboard/src/flag-document.ts'
import { murmur3 } from '../../examples/statusboard/src/murmur3.ts'
import { boardFlag, flagWith } from '../support/board-flag.ts'

const key = 'status-board-v2'

function isOn(document: object, user: string, fallback = false): boolean {
  const parsed = parseFlagDocument(document, key)
  return parsed === null ? fallback : evaluate(parsed, key, user, fallback)
}
function usersOn(document: object, users: readonly string[]): readonly string[] {
  return users.filter((user) => isOn(document, user))
}
const someUsers = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`)
/** Indices of user-0 … user-23 that are on. */
const dealt = (flag: object) => usersOn(flagWith(flag), someUsers('user', 24)).map((user) => Number(user.slice(5)))

describe('the hash', () => {
  // Published vectors of MurmurHash3_x86_32, seed 0.
  test.each([
    ['', 0],
    ['hello', 0x248bfa47],
    ['hello, world', 0x149bbb7f],
    ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
  ])('of "%s" is the published one', (text, expected) => {
    expect(murmur3(text)).toBe(expected)
  })
  test('takes a seed', () => {
    expect(murmur3('', 1)).toBe(0x514e28b7)
    expect(murmur3('aaaa', 0x9747b28c)).toBe(0x5a97808a)
  })
})

describe('a rollout', () => {
  // Who is on was computed by @openfeature/flagd-core 4.0.1 from the same documents.
  test.each([
    [
      {
        fractional: [
          ['on', 1000],
          ['off', 9000],
        ],
      },
      [8, 23],
    ],
    [
      {
        fractional: [
          ['on', 3000],
          ['off', 7000],
        ],
      },
      [6, 8, 10, 17, 18, 19, 23],
    ],
    [
      {
        fractional: [
          ['on', 5000],
          ['off', 5000],
        ],
      },
      [0, 2, 3, 5, 6, 7, 8, 10, 13, 14, 17, 18, 19, 22, 23],
    ],
    [
      {
        fractional: [
          ['on', 1],
          ['off', 2],
          ['on', 3],
        ],
      },
      [1, 4, 6, 8, 9, 11, 12, 15, 16, 19, 20, 21, 23],
    ],
    [
      { fractional: [{ cat: [{ var: '$flagd.flagKey' }, '/', { var: 'targetingKey' }] }, ['on', 5000], ['off', 5000]] },
      [1, 3, 11, 14, 16, 17, 20, 21, 22],
    ],
    [{ fractional: [{ var: 'targetingKey' }, ['on', 5000], ['off', 5000]] }, [0, 3, 7, 9, 10, 11, 12, 13, 18, 19]],
  ])('deals the users flagd deals: %j', (targeting, expected) => {
    expect(dealt({ targeting })).toEqual(expected)
  })

  test('reaches its share of 20,000 users, and keeps everyone it had when it grows', () => {
    const users = someUsers('clinician', 20_000)
    const stages = [10, 30, 50, 100].map((percent) => new Set(usersOn(boardFlag(percent), users)))
    // Counts by @openfeature/flagd-core 4.0.1; each is within four standard deviations of n·p.
    expect(stages.map((stage) => stage.size)).toEqual([2030, 6030, 9969, 20_000])
    for (const [smaller, larger] of [
      [0, 1],
      [1, 2],
      [2, 3],
    ] as const) {
      expect([...(stages[smaller] ?? [])].filter((user) => !stages[larger]?.has(user))).toEqual([])
    }
  })

  test('grows for any user and any two shares without ever taking the board away', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: 0, max: 10_000 }), (user, a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a]
        expect(isOn(boardFlag(less / 100), user) && !isOn(boardFlag(more / 100), user)).toBe(false)
      }),
    )
  })

  test('of 0 % reaches nobody and of 100 % everybody', () => {
    fc.assert(
      fc.property(fc.uuid(), (user) => {
        expect([isOn(boardFlag(0), user), isOn(boardFlag(100), user)]).toEqual([false, true])
      }),
    )
  })

  test('gives a user without an id the default variant', () => {
    expect(isOn(boardFlag(100), '')).toBe(false)
  })

  test.each([true, false])('that is disabled leaves the compiled default %s', (fallback) => {
    expect(isOn(flagWith({ state: 'DISABLED', defaultVariant: 'on' }), 'u', fallback)).toBe(fallback)
  })
})

describe('a document', () => {
  test.each([
    ['is no object', null],
    ['is a list', []],
    ['has no flag', { flags: {}, launch: { serial: 1 } }],
    ['has another flag', { flags: { other: {} }, launch: { serial: 1 } }],
    ['has no launch block', { ...flagWith({}), launch: undefined }],
    ['has a serial that is no number', flagWith({}, JSON.parse('{"serial":"7"}'))],
    ['has an unknown state', flagWith({ state: 'PAUSED' })],
    ['has a variant that is no boolean', flagWith({ variants: { on: 'yes', off: false } })],
    ['has a default variant it does not define', flagWith({ defaultVariant: 'maybe' })],
    ['has a default variant every object inherits', flagWith({ defaultVariant: 'toString' })],
    ['targets with an operator this app does not know', flagWith({ targeting: { if: [true, 'on', 'off'] } })],
    [
      'splits by weights that are no integers',
      flagWith({
        targeting: {
          fractional: [
            ['on', 0.5],
            ['off', 99.5],
          ],
        },
      }),
    ],
    [
      'splits by negative weights',
      flagWith({
        targeting: {
          fractional: [
            ['on', -1],
            ['off', 10_001],
          ],
        },
      }),
    ],
    [
      'splits into a variant it does not define',
      flagWith({
        targeting: {
          fractional: [
            ['new', 1],
            ['off', 1],
          ],
        },
      }),
    ],
    [
      'splits by weights of nothing',
      flagWith({
        targeting: {
          fractional: [
            ['on', 0],
            ['off', 0],
          ],
        },
      }),
    ],
    [
      'splits by more than flagd allows',
      flagWith({
        targeting: {
          fractional: [
            ['on', 2_147_483_647],
            ['off', 1],
          ],
        },
      }),
    ],
    ['buckets by an unknown field', flagWith({ targeting: { fractional: [{ var: 'email' }, ['on', 1], ['off', 1]] } })],
  ])('that %s is malformed', (_, document) => {
    expect(parseFlagDocument(document, key)).toBeNull()
  })

  test('of any JSON is read or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (flag, launch) => {
        const parsed = parseFlagDocument({ flags: { [key]: flag }, launch }, key)
        expect(parsed === null ? false : evaluate(parsed, key, 'u', false)).toBeTypeOf('boolean')
      }),
    )
  })
})
