import { validationError } from './cloudwatch-error.ts'

/** The values of metric math: numbers, time series, arrays of time series. */

export type Series = {
  readonly label: string
  readonly periodMs: number
  /** Value by the beginning of its period, oldest first. */
  readonly points: ReadonlyMap<number, number>
}

export type MathValue =
  /** Null: a division by zero among numbers. */
  | { readonly type: 'scalar'; readonly value: number | null }
  | { readonly type: 'series'; readonly series: Series }
  | { readonly type: 'array'; readonly series: readonly Series[] }

/** What an expression can see. */
export type Scope = {
  /** The value of an id of this request; throws ValidationError for an unknown one. */
  lookup(id: string): MathValue
  /** The period of a metric of this request; null for an expression or an unknown id. */
  periodSeconds(id: string): number | null
  /** All metrics of the request whose id contains the text. */
  metrics(containing: string): readonly Series[]
  /** Beginnings of all periods of the request, data or not. */
  periods(periodMs: number): readonly number[]
  /** For an expression without any series. */
  readonly defaultPeriodMs: number
}

export function scalar(value: number | null): MathValue {
  return { type: 'scalar', value }
}

export function oneSeries(series: Series): MathValue {
  return { type: 'series', series }
}

export function mapSeries(value: MathValue, change: (value: number) => number): MathValue {
  if (value.type === 'scalar') return scalar(value.value === null ? null : change(value.value))
  return eachSeries(value, (series) =>
    withPoints(
      series,
      [...series.points].map(([at, point]) => [at, change(point)]),
    ),
  )
}

/** Applies to every series of a value; a number is refused. */
export function eachSeries(value: MathValue, change: (series: Series) => Series): MathValue {
  if (value.type === 'scalar') throw validationError('A time series is expected where a number is')
  return value.type === 'array' ? { type: 'array', series: value.series.map(change) } : oneSeries(change(value.series))
}

export function withPoints(series: Series, points: Iterable<readonly [number, number]>): Series {
  return { ...series, points: new Map(points) }
}

type Combine = (a: number, b: number) => number | null

/** Combines point by point; a number goes with every point, an array with every member, two arrays member by member. */
export function pairwise(left: MathValue, right: MathValue, combine: Combine): MathValue {
  if (left.type === 'scalar' && right.type === 'scalar') {
    return scalar(left.value === null || right.value === null ? null : combine(left.value, right.value))
  }
  if (left.type === 'array' && right.type === 'array') {
    if (left.series.length !== right.series.length)
      throw validationError('Arrays of different length cannot be combined')
    return {
      type: 'array',
      series: left.series.map((series, at) => combined(series, right.series[at] ?? series, combine)),
    }
  }
  if (left.type === 'array')
    return { type: 'array', series: left.series.map((series) => combined(series, single(right), combine)) }
  if (right.type === 'array')
    return { type: 'array', series: right.series.map((series) => combined(single(left), series, combine)) }
  return oneSeries(combined(single(left), single(right), combine))
}

function single(value: MathValue): Series | number | null {
  if (value.type === 'array') throw validationError('One time series is expected where an array is')
  return value.type === 'scalar' ? value.value : value.series
}

type Operand = Series | number | null

function combined(left: Operand, right: Operand, combine: Combine): Series {
  const shape = isSeries(left) ? left : isSeries(right) ? right : null
  if (!shape) throw validationError('A time series is expected where two numbers are')
  const times = instants([left, right].filter(isSeries))
  const points = times.flatMap((at): [number, number][] => {
    const a = valueAt(left, at)
    const b = valueAt(right, at)
    const value = a === null || b === null ? null : combine(a, b)
    return value === null || !Number.isFinite(value) ? [] : [[at, value]]
  })
  const periodMs = Math.min(...[left, right].filter(isSeries).map((series) => series.periodMs))
  return { label: shape.label, periodMs, points: new Map(points) }
}

function isSeries(operand: Operand): operand is Series {
  return operand !== null && typeof operand !== 'number'
}

function valueAt(operand: Operand, at: number): number | null {
  return isSeries(operand) ? (operand.points.get(at) ?? 0) : operand
}

/** Every instant at which at least one of the series has a value, oldest first. */
export function instants(series: readonly Series[]): readonly number[] {
  const times = new Set(series.flatMap(({ points }) => [...points.keys()]))
  return [...times].sort((a, b) => a - b)
}
