import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Argv, Duration, Limit, Percent, Share } from '../../src/core/fields.ts'
import { formatDuration, formatShare, parseDuration, parseShare } from '../../src/core/units.ts'

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
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e10 }), (ms) => {
      expect(formatDuration(ms)).toMatch(/^\d[\d.]*(ms|s|m|h|d)( \d+[sm])?$/)
    }),
  )
})

test('shares need their sign and stay within the whole', () => {
  expect(['1%', '0.5%', '100%', '0%', '12 %'].map(parseShare)).toEqual([0.01, 0.005, 1, 0, 0.12])
  expect(['1', '101%', '-1%', '%'].map(parseShare)).toEqual([null, null, null, null])
  expect([0.0123, 1, 0.5].map(formatShare)).toEqual(['1.23%', '100%', '50%'])
})

test('fields of a run sheet become plain numbers', () => {
  expect(
    z.tuple([Duration, Share, Percent, Limit, Limit, Limit]).parse(['10m', '1%', '0.5%', '800ms', '1%', 30]),
  ).toEqual([
    600_000,
    0.01,
    0.5,
    { value: 800, unit: 'ms' },
    { value: 0.01, unit: 'share' },
    { value: 30, unit: 'count' },
  ])
})

test('a field that is not a quantity says how to write one', () => {
  const messageOf = (schema: z.ZodType, value: unknown) => schema.safeParse(value).error?.issues[0]?.message
  expect(messageOf(Duration, '10')).toBe('"10" is not a duration; write a number and ms, s, m, h or d, like 10m')
  expect(messageOf(Share, '120%')).toContain('from 0% to 100%')
  expect(messageOf(Limit, 'fast')).toContain('is not a limit')
  expect(Argv.safeParse([]).success).toBe(false)
})
