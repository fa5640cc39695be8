import { epochMs } from '../core/brand.ts'
import type { EventOf, LaunchEvent } from '../core/event.ts'
import type { Minute, VariantName } from '../core/evidence.ts'
import { settledMinutes } from '../core/settled.ts'
import { isSeries, seriesNeedOf } from './journaled-series.ts'

/** The minutes of one metric as looks at gates last saw them, oldest first. */
export type SeenSeries = {
  readonly periodMs: number
  readonly minutes: { readonly [V in VariantName]?: readonly SeenMinute[] }
}

/** `settled`: no look came too early to see all of it. What is not may still be what a rollback was decided by. */
export type SeenMinute = Minute & { readonly settled: boolean }

/**
 * What the looks of one environment journaled of a metric; null when no look did. `cut`: only series in which the samples at
 * or above it were counted. A silent minute that its heartbeat vouches for is a zero.
 */
export function seenSeries(
  looks: readonly EventOf<'gate-judged'>[],
  metric: string,
  cut: number | null,
): SeenSeries | null {
  const found = new Map<VariantName, Map<number, SeenMinute>>()
  let periodMs: number | null = null
  for (const { evidence, at } of looks) {
    for (const [key, finding] of Object.entries(evidence)) {
      const need = seriesNeedOf(key)
      if (need?.metric !== metric || (cut !== null && need.cut !== cut)) continue
      if (finding.status === 'missing' || !isSeries(finding.value)) continue
      const series = finding.value
      periodMs ??= series.periodMs
      if (series.periodMs !== periodMs) continue
      for (const variant of variants) {
        if (!series.minutes[variant]) continue
        const known = found.get(variant) ?? new Map<number, SeenMinute>()
        found.set(variant, known)
        const settleMs = series.periodMs + series.lagMs
        const { minutes } = settledMinutes(series, variant, { from: epochMs(0), to: epochMs(at + settleMs) })
        for (const minute of minutes) known.set(minute.start, { ...minute, settled: minute.start + settleMs <= at })
      }
    }
  }
  if (periodMs === null) return null
  return {
    periodMs,
    minutes: Object.fromEntries(
      [...found].map(([variant, minutes]) => [variant, [...minutes.values()].sort((a, b) => a.start - b.start)]),
    ),
  }
}

const variants = ['canary', 'control', 'all'] as const

/** The looks at the gates of one environment. */
export function looksAt(events: readonly LaunchEvent[], environment: string): readonly EventOf<'gate-judged'>[] {
  return events.filter(
    (event): event is EventOf<'gate-judged'> => event.type === 'gate-judged' && event.environment === environment,
  )
}
