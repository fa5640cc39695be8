import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSeries, readSeriesFile } from '../../src/commands/series-file.ts'
import { LaunchError } from '../../src/core/errors.ts'
import { planOf } from '../support/backtests.ts'

const { metrics } = planOf()
const at = '2026-12-01T18:00:00Z'
const minute = (more: object = {}) =>
  JSON.stringify({ metric: 'requests', variant: 'canary', minute: at, count: 600, sum: 600, ...more })
const stage = (more: object = {}) => JSON.stringify({ stage: 10, at, ...more })
const parsed = (...lines: readonly string[]) => parseSeries('x.jsonl', lines.join('\n'), metrics)

/** What was wrong, with where. */
function complaint(...lines: readonly string[]): string {
  try {
    parsed(...lines)
  } catch (error) {
    if (error instanceof LaunchError && error.code === 'USAGE') return error.message
    throw error
  }
  return 'nothing'
}

test('minutes by metric and version, and the shifts, whatever blank lines and line ends are between them', () => {
  const found = parsed(
    `\uFEFF${stage()}\r`,
    '',
    minute(),
    minute({ variant: 'control', count: 5400, sum: 5400 }),
    minute({ metric: 'board-load', variant: null, count: 10, sum: 1400, over: { '800': 1, '89.6': 5 } }),
    stage({ stage: 30, at: '2026-12-01T20:00:00+01:00' }),
  )

  const start = Date.parse(at)
  expect(found.shifts).toEqual([
    { percent: 10, at: start },
    { percent: 30, at: Date.parse('2026-12-01T19:00:00Z') },
  ])
  expect(found.metrics['requests']).toMatchObject({ told: true })
  expect(found.metrics['board-load']).toEqual({
    told: false,
    all: new Map([[start, { start, count: 10, sum: 1400, over: { '800': 1, '89.6': 5 } }]]),
  })
})

test('the old version alone stands for everybody: a quiet day', () => {
  expect(parsed(minute({ variant: 'control' })).metrics['requests']).toMatchObject({ told: false })
})

describe('a line that is not one of the two is refused with its number and what was expected', () => {
  test.each([
    ['{', 'x.jsonl:2: expected one JSON object in a line'],
    ['[]', 'x.jsonl:2: expected object, received array'],
    ['null', 'x.jsonl:2: expected object, received null'],
    ['7', 'x.jsonl:2: expected object, received number'],
    [minute({ metric: 7 }), 'x.jsonl:2: metric: expected the id of a metric'],
    [minute({ variant: 'green' }), 'x.jsonl:2: variant: expected "canary", "control" or null'],
    [minute({ minute: '18:00' }), 'x.jsonl:2: minute: expected a time like 2026-12-01T18:00:00Z'],
    [minute({ minute: '2026-12-01T18:00:00' }), 'x.jsonl:2: minute: expected a time like 2026-12-01T18:00:00Z'],
    [
      minute({ minute: '2026-12-01T18:00:30Z' }),
      'x.jsonl:2: 2026-12-01T18:00:30Z is not the beginning of a period of 60s',
    ],
    [minute({ count: -1 }), 'x.jsonl:2: count: expected a number of 0 or more'],
    [minute({ count: 1.5 }), 'x.jsonl:2: count: expected a whole number'],
    [minute({ count: '600' }), 'x.jsonl:2: count: expected a number'],
    [minute().replace('"sum":600', '"sum":NaN'), 'x.jsonl:2: expected one JSON object in a line'],
    [minute().replace('"sum":600', '"sum":1e999'), 'x.jsonl:2: sum: expected a number'],
    [minute({ sum: null }), 'x.jsonl:2: sum: expected a number'],
    [minute({ p95: 700 }), 'x.jsonl:2: expected no field p95'],
    [minute({ over: { '800ms': 1 } }), 'x.jsonl:2: over.800ms: expected a cut point: a number in quotes'],
    [
      minute({ over: { '800': 601 } }),
      'x.jsonl:2: more samples above a cut point than in all, or than above a lower one',
    ],
    [
      minute({ over: { '300': 1, '800': 2 } }),
      'x.jsonl:2: more samples above a cut point than in all, or than above a lower one',
    ],
    [stage({ stage: 101 }), 'x.jsonl:2: stage: expected a percent from 0 to 100'],
    [stage({ stage: '10%' }), 'x.jsonl:2: stage: expected a percent from 0 to 100'],
    [stage({ at: 1 }), 'x.jsonl:2: at: expected a time like 2026-12-01T18:00:00Z'],
    [stage({ by: 'me' }), 'x.jsonl:2: expected no field by'],
    [
      minute({ minute: '2026-12-01T17:59:00Z' }),
      'x.jsonl:2: a second line for requests canary at 2026-12-01T17:59:00Z',
    ],
    [minute({ variant: null }), 'x.jsonl:2: requests is told apart by variant in some lines and not in others'],
  ])('%s', (line, message) => {
    expect(complaint(minute({ minute: '2026-12-01T17:59:00Z' }), line)).toBe(message)
  })

  test('a metric that the run sheet does not have, whatever it is called', () => {
    expect(complaint(minute({ metric: 'latency' }))).toMatch(
      /^x\.jsonl:1: metric "latency" is not in the run sheet; it has board-load, /,
    )
    expect(complaint(minute().replace('"requests"', '"__proto__"'))).toContain('metric "__proto__" is not in')
  })

  test('a stage that is not after the one before', () => {
    expect(complaint(minute(), stage(), stage({ stage: 30 }))).toBe(
      'x.jsonl:3: its time is not after that of the stage before',
    )
  })

  test('a file without a minute', () => {
    expect(complaint('', '')).toBe('x.jsonl holds no minute of a metric')
    expect(complaint(stage())).toBe('x.jsonl holds no minute of a metric')
  })

  test('any garbage, at the line it is in', () => {
    const valid = minute({ minute: '2026-12-01T17:59:00Z' })
    const garbage = fc
      .oneof(
        fc.string({ minLength: 1 }),
        fc.json(),
        fc.jsonValue().map((value) => JSON.stringify({ metric: 'requests', minute: value, count: value })),
        fc.jsonValue().map((value) => JSON.stringify({ stage: 'x', at: value })),
      )
      .filter((text) => text.trim() !== '' && !/[\n\r\u2028\u2029]/.test(text))
    fc.assert(
      fc.property(fc.nat(5), garbage, (before, line) => {
        const empty = Array.from({ length: before }, () => '')
        expect(complaint(valid, ...empty, line)).toMatch(new RegExp(`^x\\.jsonl:${before + 2}: `))
      }),
      { numRuns: 300 },
    )
  })
})

test('a file that is not there is said by its name', async () => {
  await expect(readSeriesFile('nowhere.jsonl', ['/tmp', '/'], metrics)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: 'nowhere.jsonl cannot be read',
  })
  await expect(readSeriesFile('tmp', ['/'], metrics)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
