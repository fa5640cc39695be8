import { expect, test } from 'vitest'
import { evaluate } from '../../src/sandbox/metric-math.ts'
import { parseExpression } from '../../src/sandbox/metric-math-parse.ts'
import { oneSeries, type Scope, type Series } from '../../src/sandbox/metric-math-values.ts'

/** One value per minute; null is a missing one. */
type Row = readonly (number | null)[]

function seriesOf(label: string, row: Row): Series {
  return {
    label,
    periodMs: 60_000,
    points: new Map(row.flatMap((value, at) => (value === null ? [] : [[at * 60_000, value] as const]))),
  }
}

function run(expression: string, rows: { readonly [id: string]: Row }): Row | number | null | readonly Row[] {
  const length = Math.max(...Object.values(rows).map((row) => row.length), 5)
  const periods = Array.from({ length }, (_, at) => at * 60_000)
  const known = new Map(Object.entries(rows).map(([id, row]) => [id, seriesOf(id, row)]))
  const scope: Scope = {
    lookup: (id) => {
      const series = known.get(id)
      if (!series) throw new Error(`unknown ${id}`)
      return oneSeries(series)
    },
    periodSeconds: (id) => (known.has(id) ? 60 : null),
    metrics: (containing) => [...known].filter(([id]) => id.includes(containing)).map(([, series]) => series),
    periods: () => periods,
    defaultPeriodMs: 60_000,
  }
  const value = evaluate(parseExpression(expression), scope)
  const row = (series: Series) => periods.map((at) => series.points.get(at) ?? null)
  if (value.type === 'scalar') return value.value
  return value.type === 'array' ? value.series.map(row) : row(value.series)
}

// The tables of "Using metric math" in the CloudWatch user guide.
const metric1 = [30, 20, 0, 0, null]
const metric2 = [20, null, 20, null, null]
test.each([
  ['metric1 < metric2', [0, 0, 1, 0, null]],
  ['metric1 >= 30', [1, 0, 0, 0, null]],
  ['metric1 > 15 AND metric2 > 15', [1, 0, 0, 0, null]],
  ['metric1 > 15 && metric2 > 15', [1, 0, 0, 0, null]],
])('compares as documented: %s', (expression, expected) => {
  expect(run(expression, { metric1, metric2 })).toEqual(expected)
})

const conditions = { c: [1, 1, 0, 0, null], yes: [30, null, 0, 0, 30], no: [0, 0, 20, null, 20] }
test.each([
  ['IF(c, yes, no)', [30, 0, 20, null, null]],
  ['IF(c, 5, no)', [5, 5, 20, null, null]],
  ['IF(c, yes, 5)', [30, 0, 5, 5, null]],
  ['IF(c, yes)', [30, 0, null, null, null]],
  ['IF(1, yes, no)', conditions.yes],
  ['IF(0, yes, no)', conditions.no],
])('decides as documented: %s', (expression, expected) => {
  expect(run(expression, conditions)).toEqual(expected)
})

// aws.md: an error rate from a sparse error count.
const rate = { e: [1, null, 2, 3, null], r: [100, 100, 0, null, null] }
test.each([
  ['100*e/r', [1, 0, null, null, null]],
  ['e+r', [101, 100, 2, 3, null]],
  ['r-e', [99, 100, -2, -3, null]],
  ['-e', [-1, null, -2, -3, null]],
  ['100*FILL(e,0)/r', [1, 0, null, null, null]],
  ['IF(r>0, 100*FILL(e,0)/r)', [1, 0, null, null, null]],
  ['IF(r>0, 100*FILL(e,0)/r, 0)', [1, 0, 0, null, null]],
])('a missing value is 0 and a division by zero drops the point: %s', (expression, expected) => {
  expect(run(expression, rate)).toEqual(expected)
})

const gaps = { m: [null, 2, null, null, 8], n: [7, 7, 7, null, 7] }
test.each([
  ['FILL(m, 10)', [10, 2, 10, 10, 8]],
  ['FILL(m, REPEAT)', [null, 2, 2, 2, 8]],
  ['FILL(m, LINEAR)', [null, 2, 4, 6, 8]],
  ['FILL(m, n)', [7, 2, 7, null, 8]],
  ['FILL(m, MIN(m1))', [1, 2, 1, 1, 8]],
])('fills gaps: %s', (expression, expected) => {
  expect(run(expression, { ...gaps, m1: [1, 5] })).toEqual(expected)
})

const pair = { a: [1, 2, null, null, null], b: [3, null, 5, null, null] }
test.each([
  ['SUM([a,b])', [4, 2, 5, null, null]],
  ['MAX([a,b])', [3, 2, 5, null, null]],
  ['MIN([a,b])', [1, 2, 5, null, null]],
  ['AVG([a,b])', [2, 1, 2.5, null, null]],
  ['SUM(METRICS())', [4, 2, 5, null, null]],
  ['SUM(METRICS("b"))', [3, null, 5, null, null]],
  ['DATAPOINT_COUNT([a,b])', [2, 1, 1, null, null]],
  [
    'METRICS()*10',
    [
      [10, 20, null, null, null],
      [30, null, 50, null, null],
    ],
  ],
  [
    '[a,b]/b',
    [
      [1 / 3, null, 0, null, null],
      [1, null, 1, null, null],
    ],
  ],
])('arrays of series: %s', (expression, expected) => {
  expect(run(expression, pair)).toEqual(expected)
})

test.each([
  ['SUM(a)', 3],
  ['MAX(b)', 5],
  ['AVG(a)', 3 / 5],
  ['SUM(a)/DATAPOINT_COUNT(a)', 1.5],
  ['PERIOD(a)', 60],
  ['2+3*4', 14],
  ['(2+3)*4', 20],
  ['2^3^2', 512],
  ['-2^2', -4],
  ['8/4/2', 1],
  ['1-2-3', -4],
  ['1/0', null],
  ['1 == 1 OR 1/1 > 3', 1],
])('a number comes of %s', (expression, expected) => {
  expect(run(expression, pair)).toBe(expected)
})

test('rates are taken between the points that are there, so a gap stretches them', () => {
  expect(run('RATE(m)', { m: [60, 120, null, 0, null] })).toEqual([null, 1, null, -1, null])
  expect(run('DIFF(m)', { m: [60, 120, null, 0, null] })).toEqual([null, 60, null, -120, null])
  expect(run('RUNNING_SUM(m)', { m: [1, 2, null, 3, null] })).toEqual([1, 3, null, 6, null])
  expect(run('m/PERIOD(m)', { m: [60, 120, null, 0, null] })).toEqual([1, 2, null, 0, null])
  expect(run('TIME_SERIES(MAX(m))', { m: [1, 2, null, 3, null] })).toEqual([3, 3, 3, 3, 3])
})

test.each([
  '',
  '1 +',
  '(1',
  'FILL(a',
  'a b',
  'a & b',
  '[1,2]',
  'SUM()',
  'SUM(1)',
  'sum(a)',
  'PERIOD(a+b)',
  'IF([a,b],1,0)',
  '"text"',
  ')',
])('"%s" is refused', (expression) => {
  expect(() => run(expression, pair)).toThrow(expect.objectContaining({ code: 'ValidationError' }))
})
