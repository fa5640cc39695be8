import type { SignalSource } from '../core/check.ts'
import type { EventOf } from '../core/event.ts'
import type { VariantName } from '../core/evidence.ts'
import { formatQuantity } from '../core/quantity.ts'
import { seenSeries, type SeenSeries } from './seen-series.ts'

/** One point of a line: `top` of `samples` over the `everyMs` that begin at `at`; its value is their quotient. */
export type Part = {
  readonly at: number
  readonly top: number
  readonly samples: number
  readonly settled: boolean
}

export type SloParts = {
  /** What is drawn: `samples at or above 800ms`. */
  readonly about: string
  readonly unit: string
  readonly limit: number | null
  readonly everyMs: number
  readonly parts: { readonly [V in VariantName]?: readonly Part[] }
}

type Looks = readonly EventOf<'gate-judged'>[]

/** What a check bounds, minute by minute, as the looks journaled it; null when they hold no minutes of it. */
export function sloParts(source: SignalSource, looks: Looks): SloParts | null {
  switch (source.of) {
    case 'slow': {
      const cut = formatQuantity(source.cut, source.unit)
      const series = seenSeries(looks, source.metric, source.cut)
      return ofSeries(series, 'over', `share of samples at or above ${cut}`, 'share', source.below)
    }
    case 'mean': {
      const series = seenSeries(looks, source.metric, null)
      return ofSeries(series, 'sum', `average of ${source.metric}`, source.unit, source.below)
    }
    case 'share': {
      const [bad, all] = [seenSeries(looks, source.bad, null), seenSeries(looks, source.all, null)]
      return bad && all && bad.periodMs === all.periodMs ? ofTwo(bad, all, source) : null
    }
  }
}

function ofSeries(
  series: SeenSeries | null,
  top: 'over' | 'sum',
  about: string,
  unit: string,
  limit: number | null,
): SloParts | null {
  if (!series) return null
  const parts = eachVariant(series, (minutes) =>
    minutes.flatMap(({ start, count, settled, [top]: value }) =>
      count === 0 || value === null ? [] : [{ at: start, top: value, samples: count, settled }],
    ),
  )
  return { about, unit, limit, everyMs: series.periodMs, parts }
}

/** Sums over sums, in the minutes both are known in. */
function ofTwo(
  bad: SeenSeries,
  all: SeenSeries,
  { bad: badName, all: allName, below }: Extract<SignalSource, { of: 'share' }>,
): SloParts {
  const parts = eachVariant(all, (minutes, variant) => {
    const tops = new Map((bad.minutes[variant] ?? []).map((minute) => [minute.start, minute]))
    return minutes.flatMap(({ start, sum, settled }) => {
      const top = tops.get(start)
      if (top === undefined || sum === 0) return []
      return [{ at: start, top: top.sum, samples: sum, settled: settled && top.settled }]
    })
  })
  return { about: `${badName} as a share of ${allName}`, unit: 'share', limit: below, everyMs: all.periodMs, parts }
}

function eachVariant(
  series: SeenSeries,
  toParts: (minutes: NonNullable<SeenSeries['minutes'][VariantName]>, variant: VariantName) => readonly Part[],
): SloParts['parts'] {
  return Object.fromEntries(
    (['canary', 'control', 'all'] as const).flatMap((variant) => {
      const minutes = series.minutes[variant]
      return minutes ? [[variant, toParts(minutes, variant)]] : []
    }),
  )
}

/** At most so many points: neighbouring periods become one, sums and samples added, so that every value stays exact. */
export function thinned(given: SloParts, fromMs: number, toMs: number, most: number): SloParts {
  const periods = Math.max(1, Math.ceil((toMs - fromMs) / given.everyMs))
  const everyMs = given.everyMs * Math.ceil(periods / most)
  const thin = (parts: readonly Part[]) => {
    const buckets = new Map<number, Part>()
    for (const part of parts) {
      if (part.at < fromMs || part.at > toMs) continue
      const at = Math.floor(part.at / everyMs) * everyMs
      const { top, samples, settled } = buckets.get(at) ?? { top: 0, samples: 0, settled: true }
      buckets.set(at, {
        at,
        top: top + part.top,
        samples: samples + part.samples,
        settled: settled && part.settled,
      })
    }
    return [...buckets.values()]
  }
  return {
    ...given,
    everyMs,
    parts: Object.fromEntries(Object.entries(given.parts).map(([variant, parts]) => [variant, thin(parts)])),
  }
}
