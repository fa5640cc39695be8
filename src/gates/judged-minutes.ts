import { epochMs } from '../core/brand.ts'
import type { Look } from '../core/check.ts'
import type { Minute, Series, VariantName } from '../core/evidence.ts'
import { settledMinutes, type SettledMinutes } from '../core/settled.ts'

/** The settled minutes a check judges: those of the look's window, of which `overMs` keeps the last ones. */
export function judgedMinutes(
  series: Series,
  variant: VariantName,
  look: Look,
  overMs: number | undefined,
): SettledMinutes {
  const settled = settledMinutes(series, variant, look.window)
  if (overMs === undefined) return settled
  const from = epochMs(Math.max(settled.window.from, settled.window.to - overMs))
  return {
    window: { from, to: settled.window.to },
    minutes: settled.minutes.filter((minute) => minute.start >= from),
    expected: Math.floor((settled.window.to - from) / series.periodMs),
  }
}

/** Whose minutes a concurrent comparison may use: the control's, while the canary is judged on a metric with variants. */
export function hasControl(series: Series, look: Look): boolean {
  return look.subject === 'canary' && series.minutes.all === undefined && (series.minutes.control?.length ?? 0) > 0
}

/**
 * Whether minutes are there often enough to say that nothing happened in the others: at least 90 % of them, and no gap
 * longer than two (statistics.md §2 f). The number is that of minutes with data, the gap the longest run without.
 */
export function coverage(settled: SettledMinutes, periodMs: number, counts: (minute: Minute) => boolean = () => true) {
  const starts = settled.minutes.filter((minute) => counts(minute)).map((minute) => minute.start)
  const edges = [settled.window.from - periodMs, ...starts, settled.window.to]
  const gaps = edges.slice(1).map((edge, i) => Math.round((edge - (edges[i] ?? edge)) / periodMs) - 1)
  const longestGap = Math.max(0, ...gaps)
  return { present: starts.length, longestGap, dense: starts.length >= settled.expected * 0.9 && longestGap <= 2 }
}
