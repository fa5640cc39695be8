import { describe, expect, test } from 'vitest'
import { plural } from '../../src/core/quantity.ts'
import {
  clockTime,
  dateTime,
  localTime,
  measure,
  number,
  quantity,
  identity,
  who,
  whoAndWhere,
} from '../../src/ui/format.ts'

describe('observed beside its limit', () => {
  test.each([
    [412, 800, 'ms', '412ms < 800ms'],
    [0.0012, 0.01, 'share', '0.12% < 1%'],
    [0.014, 0.01, 'share', '1.4% > 1%'],
    [12_345, 10_000, 'count', '12,345 > 10,000'],
    [800, 800, 'ms', '800ms = 800ms'],
    [900_000, 900_000, 'ms', '15m = 15m'],
    [12.5, 20, 'rps', '12.5 rps < 20 rps'],
  ])('%d against %d in %s reads %s', (observed, limit, unit, text) => {
    expect(measure({ observed, limit, unit })).toBe(text)
  })

  test('never looks equal when it is not', () => {
    expect(measure({ observed: 799.9999, limit: 800, unit: 'ms' })).toBe('799.9999ms < 800ms')
    expect(measure({ observed: 0.0099999, limit: 0.01, unit: 'share' })).toBe('0.99999% < 1%')
  })

  test('says that there is no value, and what was wanted of words', () => {
    expect(measure({ observed: null, limit: 800, unit: 'ms' })).toBe('no value (limit 800ms)')
    expect(measure({ observed: 'main', limit: 'release/*', unit: '' })).toBe('main (wanted release/*)')
    expect(measure({ observed: 3, limit: null, unit: 'count' })).toBe('3')
    expect(measure({ observed: null, limit: null, unit: '' })).toBe('')
  })
})

describe('quantities and times', () => {
  test('have thousands separators and no needless digits', () => {
    expect([number(1_234_567), number(0.001234, 4), number(1234.5678), number(Number.NaN)]).toEqual([
      '1,234,567',
      '0.001234',
      '1,235',
      'not a number',
    ])
    expect([quantity(30, 'percent'), quantity(null, 'ms'), plural(1, 'sample'), plural(4210, 'sample')]).toEqual([
      '30%',
      '–',
      '1 sample',
      '4,210 samples',
    ])
  })

  test('are UTC, and local where a zone is named', () => {
    const at = Date.UTC(2026, 11, 2, 0, 4, 12)
    expect([clockTime(at), dateTime(at)]).toEqual(['00:04:12Z', '2026-12-02 00:04:12Z'])
    expect(localTime(at, 'America/Chicago')).toBe('2026-12-01 18:04')
    expect(localTime(at, 'Mars/Olympus')).toBe('2026-12-02 00:04')
  })

  test('people are named without their mail address, which stands where it is about who they are', () => {
    expect(who('Ada Byron <ada@sb.example>')).toBe('Ada Byron')
    expect(identity('Ada Byron <ada@sb.example>')).toBe('Ada Byron <ada@sb.example>')
    // Whoever has no other name keeps the one there is.
    expect(who('<ada@sb.example>')).toBe('<ada@sb.example>')
  })

  test('people whom a scenario plays are marked as played', () => {
    expect(who('sandbox:qa-lead')).toBe('qa-lead (played by the sandbox)')
    expect(identity('sandbox:qa-lead')).toBe('qa-lead (played by the sandbox)')
    expect(whoAndWhere({ name: 'Ada', host: 'ci-7', run: '4711' })).toBe('Ada on ci-7 (run 4711)')
  })
})
