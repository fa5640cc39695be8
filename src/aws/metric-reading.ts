import type { EpochMs } from '../core/brand.ts'
import type { Finding } from '../core/evidence.ts'
import type { MetricPlan } from '../core/plan.ts'
import type { Window } from '../core/verdict.ts'
import type { MetricQuery, QueryAnswer } from './metric-query.ts'

export type GatherScope = {
  readonly metrics: { readonly [id: string]: MetricPlan }
  /** The environment's name, for `${environment}` in dimensions. */
  readonly environment: string
  /** From when evidence counts. */
  readonly window: Window
  readonly now: EpochMs
}

/** With the region to ask for metrics that have none of their own. */
export type MetricScope = GatherScope & { readonly region: string }

export type Ask = (query: MetricQuery) => QueryAnswer

/** A need as queries to ask and a way to read their answers. */
export type Reading<T> = {
  readonly queries: readonly MetricQuery[]
  read(ask: Ask): Finding<T>
}
