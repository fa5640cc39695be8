import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Argv, Bytes, Duration, GateRef, Limit, MetricRef, Percent, Share } from '../../src/core/fields.ts'
import { formatDuration, formatShare, parseBytes, parseDuration, parseShare } from '../../src/core/units.ts'

test('durations are read with their unit', () => {
  expect(['800ms', '30s', '10m', '1.5h', '7d', ' 5m '].map(parseDuration)).toEqual([
    800, 30_000, 600_000, 5_400_000, 604_800_000, 300_000,
  ])
  expect(['10', 'm', '-5m', '5 m', '1e3s', '', '5mm'].map(parseDuration)).toEqual(Array.from({ length: 7 }, () => null))
})

test('durations are written as people say them', () => {
  expect([0, 300, 1234, 60_000, 600_000, 754_000, 5_400_000, 3_700_000, 86_400_000].map(formatDuration)).toEqual([
    '0s',
    '300ms',
    '1.2s',
    '1m',
    '10m',
    '12m 34s',
    '1.5h',
    '1h 1m',
    '1d',
  ])
  // Where one way of writing ends and the next begins.
  expect(
    [
      1, 999, 999.4, 1000, 59_949, 59_950, 59_999, 61_000, 66_000, 3_599_000, 3_600_000, 3_660_000, 90_000_000,
      129_600_000,
    ].map(formatDuration),
  ).toEqual([
    '1ms',
    '999ms',
    '999ms',
    '1s',
    '59.9s',
    '1m',
    '1m',
    '1m 1s',
    '1.1m',
    '59m 59s',
    '1h',
    '61m',
    '25h',
    '1.5d',
  ])
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e10 }), (ms) => {
      expect(formatDuration(ms)).toMatch(/^\d[\d.]*(ms|s|m|h|d)( \d+[sm])?$/)
    }),
  )
})

test('what is written as a duration reads back as the same time, to the digits that are shown', () => {
  const unitsMs: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 }
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), (ms) => {
      const parts = [...formatDuration(ms).matchAll(/([\d.]+)(ms|[dhms])/g)]
      const read = parts.reduce(
        (total, [, number, unit = '']) => total + Number(number) * (unitsMs[unit] ?? Number.NaN),
        0,
      )
      // Hours leave their seconds out, minutes their milliseconds, seconds all but a tenth.
      const shown = ms >= 3_600_000 ? 60_000 : ms >= 60_000 ? 501 : ms >= 1000 ? 51 : 1
      expect(Math.abs(read - ms)).toBeLessThan(shown)
    }),
  )
})

test('sizes are read with their unit, decimal and binary', () => {
  expect(['5MB', '800 KB', '0B', '1.5GB', '1KiB', '2MiB', '1GiB', ' 7B '].map(parseBytes)).toEqual([
    5_000_000, 800_000, 0, 1_500_000_000, 1024, 2_097_152, 1_073_741_824, 7,
  ])
  expect(['5', 'MB', '5mb', '5TB', '-5B', '5MBs', 'x5MB', '1.MB', '0.3 B'].map(parseBytes)).toEqual([
    ...Array.from({ length: 8 }, () => null),
    0,
  ])
})

test('shares need their sign and stay within the whole', () => {
  expect(['1%', '0.5%', '100%', '0%', '12 %'].map(parseShare)).toEqual([0.01, 0.005, 1, 0, 0.12])
  expect([' 1% ', '12.25%', '10  %'].map(parseShare)).toEqual([0.01, 0.1225, 0.1])
  expect(['1', '101%', '-1%', '%', 'x1%', '1%x', '1.%', '100.1%'].map(parseShare)).toEqual(
    Array.from({ length: 8 }, () => null),
  )
  expect([0.0123, 1, 0.5, 0.012345].map(formatShare)).toEqual(['1.23%', '100%', '50%', '1.234%'])
})

test('fields of a run sheet become plain numbers', () => {
  expect(
    z
      .tuple([Duration, Share, Percent, Bytes, Limit, Limit, Limit])
      .parse(['10m', '1%', '0.5%', '5MB', '800ms', '1%', 30]),
  ).toEqual([
    600_000,
    0.01,
    0.5,
    5_000_000,
    { value: 800, unit: 'ms' },
    { value: 0.01, unit: 'share' },
    { value: 30, unit: 'count' },
  ])
})

test('a field that is not a quantity says how to write one', () => {
  const messageOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues[0]?.message
  expect(messageOf(Duration, '10')).toBe('"10" is not a duration; write a number and ms, s, m, h or d, like 10m')
  expect(messageOf(Share, '120%')).toBe('"120%" is not a percentage from 0% to 100%; write it like 1% or 0.5%')
  expect(messageOf(Percent, '10')).toContain('"10" is not a percentage')
  expect(messageOf(Bytes, '5TB')).toBe(
    '"5TB" is not a size; write a number and B, KB, MB, GB, KiB, MiB or GiB, like 5MB',
  )
  expect(messageOf(Limit, 'fast')).toBe('"fast" is not a limit; write 800ms, 1% or a plain count')
})

test('a name or a command has at least one sign or word', () => {
  for (const [field, empty, least] of [
    [MetricRef, '', 'm'],
    [GateRef, '', 'g'],
    [Argv, [], ['true']],
  ] as const)
    expect([field.safeParse(empty).success, field.safeParse(least).success]).toEqual([false, true])
})
