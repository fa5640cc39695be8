import type { LaunchEvent } from '../core/event.ts'
import type { Minute, Series, VariantName } from '../core/evidence.ts'

/** Every minute of a metric that the looks at gates journaled, oldest first, as last seen. */
export type JournaledSeries = {
  readonly metric: string
  readonly periodMs: number
  readonly minutes: { readonly [V in VariantName]?: readonly Minute[] }
}

/** By metric id, for one environment. Later looks replace what earlier ones saw of the same minute. */
export function journaledSeries(
  events: readonly LaunchEvent[],
  environment: string,
): ReadonlyMap<string, JournaledSeries> {
  const found = new Map<string, { periodMs: number; variants: Map<VariantName, Map<number, Minute>> }>()
  for (const event of events) {
    if (event.type !== 'gate-judged' || event.environment !== environment) continue
    for (const [key, finding] of Object.entries(event.evidence)) {
      const metric = seriesNeedOf(key)?.metric
      if (metric === undefined || finding.status === 'missing' || !isSeries(finding.value)) continue
      const entry = found.get(metric) ?? { periodMs: finding.value.periodMs, variants: new Map() }
      found.set(metric, entry)
      addMinutes(entry.variants, finding.value)
    }
  }
  return new Map(
    [...found].map(([metric, { periodMs, variants }]) => [metric, { metric, periodMs, minutes: sorted(variants) }]),
  )
}

/** Minutes of what users of the new version did: the canary's where there is a variant, everybody's where not. */
export function newVersionMinutes(series: JournaledSeries): readonly Minute[] {
  return series.minutes.canary ?? series.minutes.all ?? []
}

function addMinutes(variants: Map<VariantName, Map<number, Minute>>, series: Series): void {
  for (const variant of ['canary', 'control', 'all'] as const) {
    const minutes = series.minutes[variant]
    if (!minutes) continue
    const known = variants.get(variant) ?? new Map<number, Minute>()
    variants.set(variant, known)
    for (const minute of minutes) known.set(minute.start, minute)
  }
}

function sorted(variants: ReadonlyMap<VariantName, ReadonlyMap<number, Minute>>): JournaledSeries['minutes'] {
  return Object.fromEntries(
    [...variants].map(([variant, minutes]) => [variant, [...minutes.values()].sort((a, b) => a.start - b.start)]),
  )
}

/** What a need's key asks minutes of, or null for another kind of need; keys are made by `needKey`. */
export function seriesNeedOf(key: string): { readonly metric: string; readonly cut: number | null } | null {
  try {
    const entries: unknown = JSON.parse(key)
    if (!Array.isArray(entries)) return null
    const need = new Map(
      entries.filter((entry): entry is [string, unknown] => Array.isArray(entry) && typeof entry[0] === 'string'),
    )
    const [metric, cut] = [need.get('metric'), need.get('cut')]
    if (need.get('need') !== 'series' || typeof metric !== 'string') return null
    return { metric, cut: typeof cut === 'number' ? cut : null }
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** Evidence is read back as plain JSON; one with another shape is left out. */
export function isSeries(value: unknown): value is Series {
  return (
    typeof value === 'object' &&
    value !== null &&
    'minutes' in value &&
    typeof value.minutes === 'object' &&
    value.minutes !== null &&
    'periodMs' in value &&
    typeof value.periodMs === 'number'
  )
}
