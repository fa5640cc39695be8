import { epochMs, type EpochMs } from '../core/brand.ts'
import type { MetricQuery, Points } from './metric-query.ts'

/** Metric values still change while late samples arrive; after a quarter of an hour a value is taken as final. */
export const freezeAfterMs = 15 * 60_000

/** A day of minutes per query, and more queries than a gate has: bounds the memory of a launch that runs for weeks. */
const maxPoints = 1440
const maxQueries = 1000

type Frozen = { readonly from: number; readonly until: number; readonly points: Points }

/** What was read of each query and will not be read again: the stretch `[from, until)`. Owns its memory; one per environment. */
export class FrozenPoints {
  readonly #byKey = new Map<string, Frozen>()

  /** From when on the query still has to be read. */
  readFrom(query: MetricQuery): EpochMs {
    const frozen = this.#byKey.get(query.key)
    return frozen && covers(frozen, query.from) ? epochMs(Math.max(query.from, frozen.until)) : query.from
  }

  /** The query's points from `query.from` on: frozen ones as they were first settled, `fresh` for the rest. Freezes what ended by `horizon`. */
  merge(query: MetricQuery, fresh: Points, horizon: number): Points {
    const before = this.#byKey.get(query.key)
    const known =
      before && covers(before, query.from)
        ? before
        : { from: query.from, until: query.from, points: before?.points ?? new Map() }
    const points = new Map<number, number>()
    for (const [start, value] of fresh) if (start >= query.from && start >= known.until) points.set(start, value)
    for (const [start, value] of before?.points ?? []) if (start >= query.from) points.set(start, value)
    this.#freeze(query, known, points, horizon)
    return points
  }

  #freeze(query: MetricQuery, known: Frozen, points: Points, horizon: number): void {
    const until = Math.max(known.until, Math.floor(horizon / query.periodMs) * query.periodMs)
    const all = [...known.points, ...points].filter(([start]) => start < until).sort(([a], [b]) => a - b)
    const kept = new Map(all)
    const starts = [...kept.keys()]
    const surplus = starts.slice(0, Math.max(0, starts.length - maxPoints))
    for (const start of surplus) kept.delete(start)
    const from = surplus.length > 0 ? (starts[surplus.length] ?? until) : known.from
    this.#byKey.delete(query.key)
    this.#byKey.set(query.key, { from, until, points: kept })
    const [oldest] = this.#byKey.keys()
    if (this.#byKey.size > maxQueries && oldest !== undefined) this.#byKey.delete(oldest)
  }
}

function covers(frozen: Frozen, from: number): boolean {
  return frozen.from <= from && from <= frozen.until
}
