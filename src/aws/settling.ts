import type { EpochMs } from '../core/brand.ts'
import type { MetricQuery, Points } from './metric-query.ts'

/** A day of minutes per query is more than is ever read again; older queries are forgotten. */
const maxQueries = 1000

type Known = { readonly at: number; readonly from: number; readonly points: Points }

/**
 * How late minutes settle: what was read of each query last, and the greatest age at which a minute was not yet what it
 * became. Owns its memory; one per environment.
 */
export class SettlingMinutes {
  readonly #last = new Map<string, Known>()
  readonly #latest = new Map<string, number>()

  /** Takes what was read of a query at `now`. A minute read before that is another now had not settled then. */
  note(query: MetricQuery, points: Points, now: EpochMs): void {
    const before = this.#last.get(query.key)
    if (before && before.at < now) {
      const starts = new Set([...before.points.keys(), ...points.keys()])
      for (const start of starts) {
        const age = before.at - (start + query.periodMs)
        const wasRead = start >= before.from && age >= 0 && start >= query.from
        if (wasRead && before.points.get(start) !== points.get(start) && age > this.latest(query))
          this.#latest.set(query.key, age)
      }
    }
    this.#last.delete(query.key)
    this.#last.set(query.key, { at: now, from: query.from, points })
    const [oldest] = this.#last.keys()
    if (this.#last.size > maxQueries && oldest !== undefined) {
      this.#last.delete(oldest)
      this.#latest.delete(oldest)
    }
  }

  /** Milliseconds after its end at which a minute of this query still changed later; −1 when none was seen to. */
  latest(query: MetricQuery): number {
    return this.#latest.get(query.key) ?? -1
  }
}
