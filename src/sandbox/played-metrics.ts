import type { Signal, Variant } from './traffic.ts'
import type { SandboxMetric, Site } from './types.ts'

/** Which signal of the traffic model a run sheet's metric shows, by its id and name; the first row that fits counts. */
const signalTable = [
  { signal: 'occ-conflicts', unit: 'Count', words: /conflict|occ\b|409/ },
  { signal: 'errors', unit: 'Count', words: /error|fault|fail|5xx|4xx/ },
  { signal: 'board-load', unit: 'Milliseconds', words: /board.?load|load.?(ms|time|latency)|page.?load|\blcp\b/ },
  { signal: 'drawer-open', unit: 'Milliseconds', words: /drawer|latency|duration|response.?time/ },
  { signal: 'kpi-events', unit: 'Count', words: /kpi/ },
  { signal: 'interactions', unit: 'Count', words: /interaction|adoption|usage|engagement|active/ },
  { signal: 'requests', unit: 'Count', words: /request|traffic|hits|invocation/ },
] as const satisfies readonly { readonly signal: Signal; readonly unit: string; readonly words: RegExp }[]

type Row = (typeof signalTable)[number]

/** Null: the model has nothing to show for this metric, and it stays without data. */
function signalOf(id: string, name: string): Row | null {
  const byId = signalTable.find(({ words }) => words.test(spelled(id)))
  return byId ?? signalTable.find(({ words }) => words.test(spelled(name))) ?? null
}

/** `BoardLoadMs` → `board-load-ms`. */
function spelled(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()
}

/** One time series of the traffic model as CloudWatch knows it. */
export type PlayedSeries = {
  readonly key: string
  readonly namespace: string
  readonly name: string
  readonly dimensions: Dimensions
  readonly unit: string
  readonly signal: Signal
  /** Whose samples: one version's, or both together. */
  readonly variants: readonly Variant[]
  readonly lagMs: number
}

export type Dimensions = { readonly [name: string]: string }

/** Equal metrics have equal keys, whatever the order of their dimensions. */
export function metricKey(namespace: string, name: string, dimensions: Dimensions): string {
  return JSON.stringify([namespace, name, ...Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))])
}

/** The series a site publishes: the sheet's metrics under their own names, one per version where they tell versions apart. */
export function playedSeries(metrics: { readonly [id: string]: SandboxMetric }, site: Site): readonly PlayedSeries[] {
  return Object.entries(metrics).flatMap(([id, metric]) => {
    const row = signalOf(id, metric.name)
    if (!row) return []
    const base = inEnvironment(metric.dimensions, site.environment)
    const series = (dimensions: Dimensions, variants: readonly Variant[]): PlayedSeries => ({
      key: metricKey(metric.namespace, metric.name, dimensions),
      namespace: metric.namespace,
      name: metric.name,
      dimensions,
      unit: row.unit,
      signal: row.signal,
      variants,
      lagMs: metric.lagMs,
    })
    if (!metric.variant) return [series(base, ['canary', 'control'])]
    const { dimension, canary, control } = metric.variant
    return [
      series({ ...base, [dimension]: canary }, ['canary']),
      series({ ...base, [dimension]: control }, ['control']),
    ]
  })
}

function inEnvironment(dimensions: Dimensions, environment: string): Dimensions {
  const filled = Object.entries(dimensions).map(
    ([name, value]) => [name, value.replaceAll('${environment}', environment)] as const,
  )
  return Object.fromEntries(filled)
}
