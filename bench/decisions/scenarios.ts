/** One world of the benchmark. What is not said is as in `none`. */
export type Scenario = {
  readonly name: string
  /** Whether the release is healthy, has a regression that must not pass, or one inside the limits (grey). */
  readonly release: 'healthy' | 'bad' | 'grey'
  /** Share of the canary's requests that fail on top. */
  readonly moreErrors?: number
  /** Factor on the canary's latency. */
  readonly slower?: number
  /** Stage from which the regression is there. */
  readonly fromStage?: number
  /** Coefficient of variation of a variant's own errors, and spread of its own latency, per minute. */
  readonly ownErrors?: number
  readonly ownLatency?: number
  /** Mean size of clusters in which errors come. */
  readonly clusters?: number
  /** One minute in which a fifth of requests fails and all take three times as long. */
  readonly blip?: 'shared' | 'canary'
  /** Ten minutes in which both variants fail more. */
  readonly outage?: boolean
  /** Minutes become visible bit by bit. */
  readonly delay?: boolean
  readonly noCanaryTraffic?: boolean
}

export const scenarios: readonly Scenario[] = [
  { name: 'none', release: 'healthy' },
  { name: 'noisy', release: 'healthy', ownErrors: 0.6, ownLatency: 0.06 },
  { name: 'clusters', release: 'healthy', clusters: 3 },
  { name: 'blip, shared', release: 'healthy', blip: 'shared' },
  { name: 'blip, canary', release: 'healthy', blip: 'canary' },
  { name: 'outage, shared', release: 'healthy', outage: true },
  { name: 'delay', release: 'healthy', delay: true },
  { name: 'zero canary traffic', release: 'bad', noCanaryTraffic: true },
  { name: '+0.5 points', release: 'grey', moreErrors: 0.005 },
  { name: '+2 points', release: 'bad', moreErrors: 0.02 },
  { name: '+10 points', release: 'bad', moreErrors: 0.1 },
  { name: '+20 % latency', release: 'grey', slower: 1.2 },
  { name: '+60 % latency', release: 'bad', slower: 1.6 },
  { name: '+2 points, late', release: 'bad', moreErrors: 0.02, fromStage: 2 },
  { name: '+10 points, delay', release: 'bad', moreErrors: 0.1, delay: true },
]
