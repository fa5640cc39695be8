import { epochMs, type EpochMs } from './brand.ts'
import type { Minute } from './evidence.ts'

/** Minutes of the past as a backtest reads them, whatever they were read from. */

/** One period of one metric. `over`: samples at or above a cut, by the cut as text (`"800"`), where that was counted. */
export type RecordedMinute = {
  readonly start: EpochMs
  readonly count: number
  readonly sum: number
  readonly over: { readonly [cut: string]: number }
}

export type RecordedArm = ReadonlyMap<EpochMs, RecordedMinute>

/** `told`: the versions were told apart when it was recorded; otherwise everybody's minutes stand together. */
export type RecordedMetric =
  | { readonly told: true; readonly canary: RecordedArm; readonly control: RecordedArm }
  | { readonly told: false; readonly all: RecordedArm }

export type RecordedMetrics = { readonly [metric: string]: RecordedMetric }

/** From when on the flag stood at this percent of users. */
export type Shift = { readonly percent: number; readonly at: EpochMs }

/** Everybody's minute; null where there is none. */
export function minuteAt(metric: RecordedMetric, start: EpochMs): RecordedMinute | null {
  if (!metric.told) return metric.all.get(start) ?? null
  const [canary, control] = [metric.canary.get(start), metric.control.get(start)]
  return canary && control ? bothOf(canary, control) : (canary ?? control ?? null)
}

/** Everybody's minutes of a metric. */
function everybody(metric: RecordedMetric): readonly RecordedMinute[] {
  return metric.told ? [...metric.canary.values(), ...metric.control.values()] : [...metric.all.values()]
}

/** Whether samples of any minute were counted above a cut. */
export function isCounted(metric: RecordedMetric, cut: number): boolean {
  return everybody(metric).some(({ over }) => over[String(cut)] !== undefined)
}

/** Both arms of a minute together: a cut that only one of them was counted above is not known of both. */
export function bothOf(a: RecordedMinute, b: RecordedMinute): RecordedMinute {
  const over = Object.entries(a.over).flatMap(([cut, count]) => {
    const other = b.over[cut]
    return other === undefined ? [] : [[cut, count + other] as const]
  })
  return { start: a.start, count: a.count + b.count, sum: a.sum + b.sum, over: Object.fromEntries(over) }
}

/** As evidence for a need that asks above `cut`; `over` is null where that was not counted. */
export function asEvidence({ start, count, sum, over }: RecordedMinute, cut: number | undefined): Minute {
  return { start, count, sum, over: cut === undefined ? null : (over[String(cut)] ?? null) }
}

/** Every cut that all minutes of a metric were counted above, ascending. */
export function recordedCuts(metric: RecordedMetric): readonly number[] {
  const counted = everybody(metric).filter(({ count }) => count > 0)
  const [first, ...others] = counted
  if (!first) return []
  const everywhere = Object.keys(first.over).filter((cut) => others.every(({ over }) => over[cut] !== undefined))
  return everywhere.map(Number).toSorted((a, b) => a - b)
}

/** From the start of the first minute to the end of the last one; null for nothing. */
export function recordedSpan(
  metrics: RecordedMetrics,
  periodMs: (metric: string) => number,
): { readonly from: EpochMs; readonly to: EpochMs } | null {
  let from = Infinity
  let to = -Infinity
  for (const [id, metric] of Object.entries(metrics))
    for (const { start } of everybody(metric)) {
      from = Math.min(from, start)
      to = Math.max(to, start + periodMs(id))
    }
  return from < to ? { from: epochMs(from), to: epochMs(to) } : null
}
