import { expect, test } from 'vitest'
import { writeFlagDocument } from '../../src/flags/document.ts'
import { readFlagDocument } from '../../src/flags/read-document.ts'
import { flagAt } from '../contract/flag-store.contract.ts'

const written = (percent: number) => JSON.parse(writeFlagDocument(flagAt(percent)))
const audience = { include: ['ada', 'grace'], exclude: ['eve'], holdbackPercent: 2 }
const named = (percent: number) => JSON.parse(writeFlagDocument(flagAt(percent, { audience })))
const flagOf = (percent: number) => written(percent).flags.board

test('the flag is one flagd flag whose default is off, whatever its share', () => {
  for (const percent of [0, 0.01, 50, 100]) {
    expect(flagOf(percent)).toMatchObject({
      state: 'ENABLED',
      variants: { on: true, off: false },
      defaultVariant: 'off',
    })
  }
})

test('exposure is in whole basis points, on first; none at all has no targeting', () => {
  expect(flagOf(0)).not.toHaveProperty('targeting')
  expect(flagOf(0.01).targeting).toEqual({
    fractional: [
      ['on', 1],
      ['off', 9999],
    ],
  })
  expect(flagOf(0.29).targeting).toEqual({
    fractional: [
      ['on', 29],
      ['off', 9971],
    ],
  })
  expect(flagOf(10).targeting).toEqual({
    fractional: [
      ['on', 1000],
      ['off', 9000],
    ],
  })
  expect(flagOf(100).targeting).toEqual({
    fractional: [
      ['on', 10_000],
      ['off', 0],
    ],
  })
})

test('a share that basis points cannot say is a bug, not a rounding', () => {
  for (const percent of [-1, 100.01, 0.005, Number.NaN])
    expect(() => writeFlagDocument(flagAt(percent))).toThrow(RangeError)
})

test('the launch block says who wrote what, when and why', () => {
  expect(written(10).launch).toEqual({
    launch: '01JDZX3V5K8M',
    percent: 10,
    serial: 1_764_612_001_000,
    writeId: 'write-10',
    latch: false,
    acks: [],
    updatedAt: '2026-12-01T18:00:00.000Z',
    updatedBy: 'ci@example.test',
    reason: 'stage "10%" passed <b>',
  })
})

test("flagd's default bucketing may be spelled out, and fields of a newer launch block are no harm", () => {
  const document = written(10)
  const bucketing = { cat: [{ var: '$flagd.flagKey' }, { var: 'targetingKey' }] }
  document.flags.board.targeting.fractional.unshift(bucketing)
  document.launch.newer = true
  expect(readFlagDocument(JSON.stringify(document), 'board')).toEqual({ status: 'read', flag: flagAt(10) })
})

type Edit = (document: ReturnType<typeof written>) => unknown
test.each<[string, Edit, string, ((percent: number) => unknown)?]>([
  ['an empty object', () => ({}), 'flags is missing or not an object'],
  ['a list', () => [], 'the document is missing or not an object'],
  ['another flag', (d) => ({ ...d, flags: { other: d.flags.board } }), 'flags has an unknown field "other"'],
  [
    'a disabled flag',
    (d) => ((d.flags.board.state = 'DISABLED'), d),
    `state is "DISABLED": a flag that is not ENABLED gives the caller's default`,
  ],
  ['a default of on', (d) => ((d.flags.board.defaultVariant = 'on'), d), 'defaultVariant is "on", not "off"'],
  [
    'swapped variants',
    (d) => ((d.flags.board.variants = { on: false, off: true }), d),
    'variants are not { on: true, off: false }',
  ],
  [
    'an unknown operator',
    (d) => ((d.flags.board.targeting = { starts_with: [{ var: 'email' }, 'ada'] }), d),
    'targeting has an unknown field "starts_with"',
  ],
  [
    'a negative weight',
    (d) => ((d.flags.board.targeting.fractional[1][1] = -1), d),
    'weight -1 is not a whole number from 0 to 10000',
  ],
  [
    'a broken weight',
    (d) => ((d.flags.board.targeting.fractional[0][1] = 0.5), d),
    'weight 0.5 is not a whole number from 0 to 10000',
  ],
  [
    'percents for weights',
    (d) => (
      (d.flags.board.targeting.fractional = [
        ['on', 10],
        ['off', 90],
      ]),
      d
    ),
    'weights 10 and 90 do not add up to 10000',
  ],
  ['off first', (d) => (d.flags.board.targeting.fractional.reverse(), d), 'fractional is not [["on", n], ["off", m]]'],
  [
    'another salt',
    (d) => (d.flags.board.targeting.fractional.unshift({ var: 'email' }), d),
    'a fractional bucket is not a list',
  ],
  [
    'a percent that is not the share',
    (d) => ((d.launch.percent = 50), d),
    'launch.percent is 50 but the targeting exposes 10 %',
  ],
  ['a latch that exposes somebody', (d) => ((d.launch.latch = true), d), 'it is latched but exposes 10 %'],
  ['a serial that is no number', (d) => ((d.launch.serial = '7'), d), 'launch.serial is "7", not a number'],
  [
    'a list that somebody added to',
    (d) => (d.flags.board.targeting.if[2].in[1].push('mallory'), d),
    'its lists of users are not those that launch wrote',
    named,
  ],
  [
    'a list where launch wrote none',
    (d) => ((d.flags.board.targeting = named(10).flags.board.targeting), d),
    'its lists of users are not those that launch wrote',
  ],
  [
    'parts of ids in place of a list',
    (d) => ((d.flags.board.targeting.if[0].in[1] = 'eve'), d),
    'a list of users is not a list',
    named,
  ],
  [
    'another field than the id',
    (d) => ((d.flags.board.targeting.if[0].in[0] = { var: 'email' }), d),
    'a condition of if is not the targeting key in a list of users',
    named,
  ],
  [
    'included before excluded',
    (d) => (d.flags.board.targeting.if.unshift(...d.flags.board.targeting.if.splice(2, 2)), d),
    'if is not who is excluded, "off", who is included, "on", and the share of the others',
    named,
  ],
  ['a holdback of everybody', (d) => ((d.launch.holdback = 100), d), 'launch.holdback is 100', named],
  [
    'a share that leaves nobody held back',
    (d) => (
      (d.flags.board.targeting.if[4].fractional[0][1] = 10_000),
      (d.flags.board.targeting.if[4].fractional[1][1] = 0),
      d
    ),
    'launch.percent is 100 with 2 % held back but the targeting exposes 100 %',
    () => named(100),
  ],
  ['no launch block', (d) => ({ ...d, launch: undefined }), 'launch is missing or not an object'],
])('%s is malformed and says why', (_case, edit, why, make = written) => {
  expect(readFlagDocument(JSON.stringify(edit(make(10))), 'board')).toEqual({ status: 'malformed', why })
})

test('what is not JSON is malformed', () => {
  expect(readFlagDocument('<!doctype html>', 'board')).toEqual({ status: 'malformed', why: 'it is not JSON' })
})

test('who is excluded stands before who is included, and both before the share, from which the holdback is taken', () => {
  const key = { var: 'targetingKey' }
  expect(named(100).flags.board.targeting).toEqual({
    if: [
      { in: [key, ['eve']] },
      'off',
      { in: [key, ['ada', 'grace']] },
      'on',
      {
        fractional: [
          ['on', 9800],
          ['off', 200],
        ],
      },
    ],
  })
  expect(readFlagDocument(JSON.stringify(named(100)), 'board')).toMatchObject({ flag: { percent: 100, audience } })
})

test('off names nobody: a rollback reaches who is included, too', () => {
  const off = named(0)
  expect(off.flags.board).not.toHaveProperty('targeting')
  expect(off.launch).not.toHaveProperty('holdback')
  expect(off.launch).not.toHaveProperty('lists')
})
