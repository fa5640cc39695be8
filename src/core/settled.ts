import { epochMs, type EpochMs } from './brand.ts'
import type { Minute, Series, VariantName } from './evidence.ts'
import type { Window } from './verdict.ts'

export function ceilTo(at: number, stepMs: number): EpochMs {
  return epochMs(Math.ceil(at / stepMs) * stepMs)
}

export function floorTo(at: number, stepMs: number): EpochMs {
  return epochMs(Math.floor(at / stepMs) * stepMs)
}

/**
 * The part of a window whose periods are closed, epoch-aligned and settled: `start ≥ ceil(from)` and
 * `start + period + lag ≤ to` (`to` is now). Empty windows have `to === from`.
 */
export function settledWindow(window: Window, periodMs: number, lagMs: number): Window {
  const from = ceilTo(window.from, periodMs)
  const to = floorTo(window.to - lagMs, periodMs)
  return { from, to: to > from ? to : from }
}

export type SettledMinutes = {
  readonly window: Window
  /** Settled minutes with data, oldest first; for a sparse metric also the zero minutes its heartbeat vouches for. */
  readonly minutes: readonly Minute[]
  /** How many settled minutes the window has, with or without data. */
  readonly expected: number
}

/** The settled minutes of one variant in a window. A metric without variants answers for every variant with `all`. */
export function settledMinutes(series: Series, variant: VariantName, window: Window): SettledMinutes {
  const settled = settledWindow(window, series.periodMs, series.lagMs)
  const inside = (start: EpochMs) => start >= settled.from && start + series.periodMs <= settled.to
  const found = minutesOf(series, variant).filter((minute) => inside(minute.start))
  const expected = Math.round((settled.to - settled.from) / series.periodMs)
  if (series.alive === null) return { window: settled, minutes: found, expected }
  const present = new Set(found.map((minute) => minute.start))
  const zeros = series.alive
    .filter((start) => inside(start) && !present.has(start))
    .map((start) => ({ start, count: 0, sum: 0, over: 0 }))
  return { window: settled, minutes: [...found, ...zeros].sort((a, b) => a.start - b.start), expected }
}

function minutesOf(series: Series, variant: VariantName): readonly Minute[] {
  const { all, canary, control } = series.minutes
  if (all) return all
  if (variant === 'canary') return canary ?? []
  if (variant === 'control') return control ?? []
  return mergeMinutes(canary ?? [], control ?? [])
}

/** Counts and sums add across variants; percentiles would not. */
function mergeMinutes(a: readonly Minute[], b: readonly Minute[]): readonly Minute[] {
  const merged = new Map<EpochMs, Minute>()
  for (const minute of [...a, ...b]) {
    const other = merged.get(minute.start)
    merged.set(
      minute.start,
      other
        ? {
            start: minute.start,
            count: other.count + minute.count,
            sum: other.sum + minute.sum,
            over: other.over === null || minute.over === null ? null : other.over + minute.over,
          }
        : minute,
    )
  }
  return [...merged.values()].sort((x, y) => x.start - y.start)
}

export function sumOf(minutes: readonly Minute[], field: 'count' | 'sum' | 'over'): number {
  return minutes.reduce((total, minute) => total + (minute[field] ?? 0), 0)
}
