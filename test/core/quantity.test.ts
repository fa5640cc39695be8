import { expect, test } from 'vitest'
import { formatCount, formatQuantity, plural } from '../../src/core/quantity.ts'

test('milliseconds just below a limit are not shown as the limit', () => {
  expect(formatQuantity(799.96, 'ms')).toBe('799.96ms')
  expect(formatQuantity(800, 'ms')).toBe('800ms')
  expect(formatQuantity(90_000, 'ms')).toBe('1.5m')
})

test('shares, percents and counts carry what they are', () => {
  expect(formatQuantity(0.0123, 'share')).toBe('1.23%')
  expect(formatQuantity(10, 'percent')).toBe('10%')
  expect(formatQuantity(12_000, 'count')).toBe('12,000')
  expect(formatCount(1.234)).toBe('1.23')
  expect([0, -0, 999, 1000, -5, -1234, 999_999, 1_000_000, 1_234_567, 1234.5].map(formatCount)).toEqual([
    '0',
    '-0',
    '999',
    '1,000',
    '-5',
    '-1,234',
    '999,999',
    '1,000,000',
    '1,234,567',
    '1,234.5',
  ])
})

test('one of a thing has no s', () => {
  expect([plural(1, 'minute'), plural(0, 'minute'), plural(1200, 'minute')]).toEqual([
    '1 minute',
    '0 minutes',
    '1,200 minutes',
  ])
})

test('a whole number is written with the commas of its thousands, whatever its size', () => {
  const written = [0, 7, 999, 1000, 1001, 12_040, 999_999, 1_000_000, 1_234_567, -1234].map(formatCount)
  expect(written).toEqual(['0', '7', '999', '1,000', '1,001', '12,040', '999,999', '1,000,000', '1,234,567', '-1,234'])
})
