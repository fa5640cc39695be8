import { validationError } from './cloudwatch-error.ts'
import type { Expression } from './metric-math-parse.ts'
import {
  eachSeries,
  instants,
  mapSeries,
  oneSeries,
  scalar,
  withPoints,
  type MathValue,
  type Scope,
  type Series,
} from './metric-math-values.ts'

/** The functions of metric math that this endpoint knows; any other is refused by name. */

type MathFunction = {
  readonly least: number
  readonly most: number
  apply(args: readonly Expression[], scope: Scope, value: (arg: Expression) => MathValue): MathValue
}

export const mathFunctions: { readonly [name: string]: MathFunction } = {
  SUM: aggregate(
    (values) => sum(values),
    (points) => sum(points),
  ),
  // A missing value counts as 0: the mean is over all periods, or over all members of the array.
  AVG: aggregate(
    (values, members) => sum(values) / members,
    (points, periods) => (periods === 0 ? null : sum(points) / periods),
  ),
  MIN: aggregate(
    (values) => Math.min(...values),
    (points) => (points.length > 0 ? Math.min(...points) : null),
  ),
  MAX: aggregate(
    (values) => Math.max(...values),
    (points) => (points.length > 0 ? Math.max(...points) : null),
  ),
  DATAPOINT_COUNT: aggregate(
    (values) => values.length,
    (points) => points.length,
  ),
  ABS: pointwise(Math.abs),
  CEIL: pointwise(Math.ceil),
  FLOOR: pointwise(Math.floor),
  DIFF: stepwise((now, before) => now - before),
  RATE: stepwise((now, before, seconds) => (now - before) / seconds),
  RUNNING_SUM: { least: 1, most: 1, apply: ([of], _, value) => eachSeries(value(required(of)), runningSum) },
  METRICS: {
    least: 0,
    most: 1,
    apply: ([text], scope) => ({ type: 'array', series: scope.metrics(text?.type === 'text' ? text.value : '') }),
  },
  PERIOD: { least: 1, most: 1, apply: ([of], scope) => scalar(periodOf(required(of), scope)) },
  TIME_SERIES: { least: 1, most: 1, apply: ([of], scope, value) => oneSeries(constant(value(required(of)), scope)) },
  FILL: {
    least: 2,
    most: 2,
    apply: ([of, by], scope, value) => fillAll(value(required(of)), required(by), scope, value),
  },
  IF: {
    least: 2,
    most: 3,
    apply: ([condition, yes, no], scope, value) =>
      choose(value(required(condition)), value(required(yes)), no ? value(no) : null, scope),
  },
}

function required(arg: Expression | undefined): Expression {
  if (arg) return arg
  throw validationError('An argument is missing')
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** One series becomes a number; an array becomes the series of what its members have at each instant. */
function aggregate(
  ofMembers: (values: readonly number[], members: number) => number,
  ofPoints: (points: readonly number[], periods: number) => number | null,
): MathFunction {
  const apply: MathFunction['apply'] = ([of], scope, value) => {
    const input = value(required(of))
    if (input.type === 'scalar') throw validationError('A time series is expected where a number is')
    if (input.type === 'series') {
      const { points, periodMs } = input.series
      return scalar(ofPoints([...points.values()], scope.periods(periodMs).length))
    }
    const present = (at: number) => input.series.flatMap(({ points }) => points.get(at) ?? [])
    const points = instants(input.series).map((at) => [at, ofMembers(present(at), input.series.length)] as const)
    return oneSeries({ label: '', periodMs: shortest(input.series, scope), points: new Map(points) })
  }
  return { least: 1, most: 1, apply }
}

function shortest(series: readonly Series[], scope: Scope): number {
  return series.length === 0 ? scope.defaultPeriodMs : Math.min(...series.map(({ periodMs }) => periodMs))
}

function pointwise(change: (value: number) => number): MathFunction {
  return { least: 1, most: 1, apply: ([of], _, value) => mapSeries(value(required(of)), change) }
}

/** From one present point to the next present one; the first has none before it. */
function stepwise(change: (now: number, before: number, seconds: number) => number): MathFunction {
  const steps = (series: Series) => {
    const points = [...series.points]
    const changed = points.slice(1).map(([at, now], index) => {
      const [then, before] = points[index] ?? [at, now]
      return [at, change(now, before, (at - then) / 1000)] as const
    })
    return withPoints(series, changed)
  }
  return { least: 1, most: 1, apply: ([of], _, value) => eachSeries(value(required(of)), steps) }
}

function runningSum(series: Series): Series {
  let total = 0
  return withPoints(
    series,
    [...series.points].map(([at, value]) => [at, (total += value)]),
  )
}

function periodOf(of: Expression, scope: Scope): number {
  const seconds = of.type === 'name' ? scope.periodSeconds(of.name) : null
  if (seconds === null) throw validationError('PERIOD takes a metric, not an expression')
  return seconds
}

function constant(value: MathValue, scope: Scope): Series {
  if (value.type !== 'scalar') throw validationError('TIME_SERIES takes a number')
  const held = value.value
  const points = held === null ? [] : scope.periods(scope.defaultPeriodMs).map((at) => [at, held] as const)
  return { label: '', periodMs: scope.defaultPeriodMs, points: new Map(points) }
}

type Filler = (series: Series, at: number) => number | undefined

function fillAll(of: MathValue, by: Expression, scope: Scope, value: (arg: Expression) => MathValue): MathValue {
  const filler = fillerOf(by, value)
  return eachSeries(of, (series) => {
    const filled = scope.periods(series.periodMs).flatMap((at) => {
      const point = series.points.get(at) ?? filler(series, at)
      return point === undefined ? [] : [[at, point] as const]
    })
    return withPoints(series, filled)
  })
}

function fillerOf(by: Expression, value: (arg: Expression) => MathValue): Filler {
  if (by.type === 'name' && by.name === 'REPEAT') return (series, at) => before(series, at)?.[1]
  if (by.type === 'name' && by.name === 'LINEAR') return interpolated
  const fill = value(by)
  if (fill.type === 'array') throw validationError('FILL takes a number, a time series, REPEAT or LINEAR')
  if (fill.type === 'series') return (_, at) => fill.series.points.get(at)
  return () => fill.value ?? undefined
}

function before(series: Series, at: number): readonly [number, number] | undefined {
  return [...series.points].findLast(([time]) => time < at)
}

/** On the line between the points around a gap; nothing before the first point or after the last one. */
function interpolated(series: Series, at: number): number | undefined {
  const left = before(series, at)
  const right = [...series.points].find(([time]) => time > at)
  if (!left || !right) return undefined
  return left[1] + ((right[1] - left[1]) * (at - left[0])) / (right[0] - left[0])
}

/**
 * By the condition's own points: where it has none there is none. True without a second value is 0, false without a third
 * is dropped.
 */
function choose(condition: MathValue, yes: MathValue, no: MathValue | null, scope: Scope): MathValue {
  if (condition.type === 'array') throw validationError('IF takes one time series or a number as its condition')
  if (condition.type === 'scalar') {
    if (condition.value !== 0) return yes
    return no ?? oneSeries({ label: '', periodMs: scope.defaultPeriodMs, points: new Map() })
  }
  const points = [...condition.series.points].flatMap(([at, holds]) => {
    const value = holds === 0 ? pick(no, at) : (pick(yes, at) ?? 0)
    return value === null ? [] : [[at, value] as const]
  })
  return oneSeries(withPoints(condition.series, points))
}

function pick(from: MathValue | null, at: number): number | null {
  if (from === null) return null
  if (from.type === 'array') throw validationError('IF takes numbers and single time series')
  return from.type === 'scalar' ? from.value : (from.series.points.get(at) ?? null)
}
