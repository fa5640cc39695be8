import { floorTo } from '../core/settled.ts'
import type { FrozenPoints } from './frozen-points.ts'
import type { MetricBatch } from './metric-data.ts'
import type { MetricQuery } from './metric-query.ts'

/**
 * As few GetMetricData calls as one start and end per call allow: everything of a region in one, except a window whose
 * single point would not begin where the call begins (after earlier minutes were frozen and are not read again).
 */
export function batchQueries(
  series: readonly MetricQuery[],
  windows: readonly MetricQuery[],
  frozen: FrozenPoints,
): ReadonlyMap<string, readonly MetricBatch[]> {
  const batches = new Map<string, readonly MetricBatch[]>()
  for (const region of new Set([...series, ...windows].map((query) => query.region))) {
    const inRegion = (query: MetricQuery) => query.region === region
    batches.set(region, batchRegion(widest(series.filter(inRegion)), widest(windows.filter(inRegion)), frozen))
  }
  return batches
}

function batchRegion(
  series: readonly MetricQuery[],
  windows: readonly MetricQuery[],
  frozen: FrozenPoints,
): readonly MetricBatch[] {
  const open: { start: number; end: number; queries: MetricQuery[] }[] = []
  if (series.length > 0) {
    const step = series.reduce((all, query) => leastCommonMultiple(all, query.periodMs), 1)
    const start = floorTo(Math.min(...series.map((query) => frozen.readFrom(query))), step)
    open.push({ start, end: Math.max(...series.map((query) => query.to)), queries: [...series] })
  }
  for (const query of windows) {
    const fits = open.find(
      ({ start, end }) => start <= query.from && query.to <= end && (query.from - start) % query.periodMs === 0,
    )
    if (fits) fits.queries.push(query)
    else open.push({ start: query.from, end: query.to, queries: [query] })
  }
  return open
}

/** One query per key, with the widest stretch anybody asked for. Windows of different stretches stay apart. */
function widest(queries: readonly MetricQuery[]): readonly MetricQuery[] {
  const byKey = new Map<string, MetricQuery>()
  for (const query of queries) {
    const other = byKey.get(query.key)
    byKey.set(query.key, other && other.from <= query.from ? other : query)
  }
  return [...byKey.values()]
}

function leastCommonMultiple(a: number, b: number): number {
  return (a / greatestCommonDivisor(a, b)) * b
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
