/**
 * One data set for every statistic: distinct values with how often each occurred, ascending, plus what statistic sets
 * brought whose single values are unknown. Periods, variants and publishers merge by adding counts, so a percentile, a
 * percentile rank, a sum and a sample count of the same window always agree with each other.
 */
export type Samples = {
  readonly values: readonly number[]
  /** As many as `values`; positive. */
  readonly counts: readonly number[]
  readonly sets: StatisticSet | null
}

export type StatisticSet = { readonly count: number; readonly sum: number; readonly min: number; readonly max: number }

export type Statistic =
  | { readonly kind: 'SampleCount' | 'Sum' | 'Average' | 'Minimum' | 'Maximum' }
  /** `p95.5` has share 0.955. */
  | { readonly kind: 'percentile'; readonly share: number }
  /** `PR(a:b)` as percent, `TC(a:b)` as count, of the values in (a, b]. */
  | { readonly kind: 'PR' | 'TC'; readonly above: number; readonly upTo: number }

export const noSamples: Samples = { values: [], counts: [], sets: null }

const simple = ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'] as const
const bound = String.raw`(-?\d+(?:\.\d+)?)?`
const rankPattern = new RegExp(`^(PR|TC)\\(${bound}:${bound}\\)$`)

/** `p95`, `p99.9`, `PR(:800)`, `PR(100:)`, `PR(100:800)`, `TC(…)`, or a basic statistic; null for anything else. */
export function parseStatistic(text: string): Statistic | null {
  const basic = simple.find((name) => name === text)
  if (basic) return { kind: basic }
  const percent = /^p(100|\d{1,2}(?:\.\d{1,10})?)$/i.exec(text)?.[1]
  if (percent !== undefined) return { kind: 'percentile', share: Number(percent) / 100 }
  const [, kind, above, upTo] = rankPattern.exec(text) ?? []
  if (kind === undefined || (above === undefined && upTo === undefined)) return null
  const bounds = {
    above: above === undefined ? -Infinity : Number(above),
    upTo: upTo === undefined ? Infinity : Number(upTo),
  }
  return bounds.above < bounds.upTo ? { kind: kind === 'PR' ? 'PR' : 'TC', ...bounds } : null
}

export function mergeSamples(parts: readonly Samples[]): Samples {
  const [first] = parts
  if (parts.length === 1 && first) return first
  const counted = new Map<number, number>()
  let sets: StatisticSet | null = null
  for (const part of parts) {
    part.values.forEach((value, at) => counted.set(value, (counted.get(value) ?? 0) + (part.counts[at] ?? 0)))
    sets = mergeSets(sets, part.sets)
  }
  const values = [...counted.keys()].sort((a, b) => a - b)
  return { values, counts: values.map((value) => counted.get(value) ?? 0), sets }
}

function mergeSets(a: StatisticSet | null, b: StatisticSet | null): StatisticSet | null {
  if (!a || !b) return a ?? b
  return { count: a.count + b.count, sum: a.sum + b.sum, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) }
}

export function sampleCount(samples: Samples): number {
  return samples.counts.reduce((sum, count) => sum + count, samples.sets?.count ?? 0)
}

/** Null when there is no data, or when single values are needed and a statistic set or a negative value hides them. */
export function statistic(samples: Samples, stat: Statistic): number | null {
  const count = sampleCount(samples)
  if (count === 0) return null
  switch (stat.kind) {
    case 'SampleCount':
      return count
    case 'Sum':
      return sumOf(samples)
    case 'Average':
      return sumOf(samples) / count
    case 'Minimum':
      return Math.min(samples.values[0] ?? Infinity, samples.sets?.min ?? Infinity)
    case 'Maximum':
      return Math.max(samples.values.at(-1) ?? -Infinity, samples.sets?.max ?? -Infinity)
    case 'percentile':
      return hidesValues(samples) ? null : percentile(samples, count, stat.share)
    case 'PR':
      return hidesValues(samples) ? null : (100 * between(samples, stat.above, stat.upTo)) / count
    case 'TC':
      return hidesValues(samples) ? null : between(samples, stat.above, stat.upTo)
  }
}

function sumOf({ values, counts, sets }: Samples): number {
  return values.reduce((sum, value, at) => sum + value * (counts[at] ?? 0), sets?.sum ?? 0)
}

function hidesValues(samples: Samples): boolean {
  return samples.sets !== null || (samples.values[0] ?? 0) < 0
}

function between({ values, counts }: Samples, above: number, upTo: number): number {
  return values.reduce((sum, value, at) => (value > above && value <= upTo ? sum + (counts[at] ?? 0) : sum), 0)
}

/** Linear between the two nearest ranks (Hyndman and Fan's type 7, numpy's default); CloudWatch does not document its own. */
function percentile(samples: Samples, count: number, share: number): number {
  const rank = (count - 1) * share
  const low = Math.floor(rank)
  const below = valueAt(samples, low)
  return below + (rank - low) * (valueAt(samples, Math.min(low + 1, count - 1)) - below)
}

/** The value at a rank counted from 0. */
function valueAt({ values, counts }: Samples, rank: number): number {
  let seen = 0
  for (const [at, value] of values.entries()) {
    seen += counts[at] ?? 0
    if (seen > rank) return value
  }
  return values.at(-1) ?? 0
}

/** The first `share` of a data set as it trickles in: cumulative counts are scaled, so its shape stays. */
export function partOf(samples: Samples, share: number): Samples {
  if (share >= 1) return samples
  let all = 0
  let taken = 0
  const scaled = samples.counts.map((count) => {
    all += count
    const part = Math.floor(all * share) - taken
    taken += part
    return part
  })
  const values = samples.values.filter((_, at) => (scaled[at] ?? 0) > 0)
  return { values, counts: scaled.filter((count) => count > 0), sets: null }
}
