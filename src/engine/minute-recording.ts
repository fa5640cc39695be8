import { epochMs, type EpochMs } from '../core/brand.ts'
import {
  missing,
  needKey,
  seen,
  type Evidence,
  type Finding,
  type Minute,
  type Need,
  type NeedOf,
  type Series,
} from '../core/evidence.ts'
import type { MetricPlan } from '../core/plan.ts'
import { asEvidence, bothOf, isCounted, type RecordedMetrics, type Shift } from '../core/recorded.ts'
import { floorTo } from '../core/settled.ts'
import type { LaunchState } from '../core/state.ts'
import type { Window } from '../core/verdict.ts'
import { dealtArms, type ArmMinutes, type Arms, type Deal } from './dealt-arms.ts'
import type { Recording } from './replay-rollout.ts'

export type MinuteSource = Deal & {
  /** The launch before its first stage: its baseline too. */
  readonly before: LaunchState
  readonly beginsAt: EpochMs
  /** The recording ends here. */
  readonly endsAt: EpochMs
  /** When the flag stood where, as it was recorded; empty: the run sheet's own stages. */
  readonly shifts: readonly Shift[]
}

/**
 * A recording of minutes. Where the versions were not told apart, the canary is dealt from everybody's minutes by the share
 * of users it has then. A minute is there as soon as it is over; when it is settled, the run sheet's lag says.
 */
export function minuteRecording(source: MinuteSource): Recording {
  const { before, beginsAt, endsAt, shifts, metrics } = source
  const rows = rowsOf(source, dealtArms(source))
  return {
    before,
    beginsAt,
    raisedAt: (percent, now) =>
      shifts.length === 0 ? now : (shifts.find((shift) => shift.percent === percent && shift.at >= now)?.at ?? null),
    lookAt: (percent, now) => {
      if (now > endsAt) return 'the recording ends there'
      const own = shifts.findLastIndex((shift) => shift.percent === percent && shift.at <= now)
      const next = shifts[own + 1]
      // A stage may be left in the very moment the next one begins.
      if (own === -1 || !next || next.at >= now) return now
      return next.percent === 0
        ? 'the recorded launch was rolled back there'
        : `the recorded launch went on to ${next.percent} % there`
    },
    evidenceAt: (needs, window, raised) => evidenceAt(needs, window, raised, source, rows),
    lacks: (needs) => [...new Set(needs.flatMap((need) => lacking(need, metrics)))],
  }
}

function evidenceAt(
  needs: readonly Need[],
  window: Window,
  shifts: readonly Shift[],
  { plan, metrics }: MinuteSource,
  rows: Rows,
): Evidence {
  const findingFor = (need: Need): Finding => {
    if (need.need === 'window') return seen(unshown(window, plan.metrics[need.metric]))
    if (need.need !== 'series') return missing('a backtest has no evidence of it')
    const metric = plan.metrics[need.metric]
    return metric && metrics[need.metric] ? seen(seriesOf(need, metric, window, shifts, rows)) : missing('not recorded')
  }
  return Object.fromEntries(needs.map((need) => [needKey(need), findingFor(need)]))
}

/**
 * The percentile of a window cannot be had from its minutes. A point of no judged window is never shown: the check then shows
 * the share that it judges by.
 */
function unshown(window: Window, metric: MetricPlan | undefined) {
  const values = metric?.variant === null ? { all: 0 } : { canary: 0, control: 0 }
  return { window: { from: epochMs(0), to: window.to }, query: 'not recorded', values }
}

function seriesOf(
  need: NeedOf<'series'>,
  metric: MetricPlan,
  window: Window,
  shifts: readonly Shift[],
  rows: Rows,
): Series {
  const { periodMs, lagMs } = metric
  const wanted = need.lookbackMs === undefined ? window.from : floorTo(window.to - lagMs, periodMs) - need.lookbackMs
  const [canary, control, all, alive]: [Minute[], Minute[], Minute[], EpochMs[]] = [[], [], [], []]
  for (let start = floorTo(wanted, periodMs); start + periodMs <= window.to; start = epochMs(start + periodMs)) {
    const row = rows(need, start, shareAt(shifts, start))
    if (row.canary) canary.push(row.canary)
    if (row.control) control.push(row.control)
    if (row.all) all.push(row.all)
    if (row.alive) alive.push(start)
  }
  return {
    periodMs,
    lagMs,
    query: `recorded ${need.metric}`,
    minutes: metric.variant === null ? { all } : { canary, control },
    alive: metric.sparse === null ? null : alive,
  }
}

/** The canary's share of users in a minute: that of its beginning. */
function shareAt(shifts: readonly Shift[], start: EpochMs): number {
  return (shifts.findLast(({ at }) => at <= start)?.percent ?? 0) / 100
}

/** One minute of a series: what is there of each arm, and whether its heartbeat vouches for what is not. */
type Row = {
  readonly canary: Minute | null
  readonly control: Minute | null
  readonly all: Minute | null
  readonly alive: boolean
}
type Rows = (need: NeedOf<'series'>, start: EpochMs, share: number) => Row

/** Rows are made once: every look reads most of those of the look before. */
function rowsOf({ plan, metrics }: MinuteSource, arms: Arms): Rows {
  const known = new Map<string, Map<EpochMs, { readonly share: number; readonly row: Row }>>()
  return (need, start, share) => {
    const name = `${need.metric} ${need.cut ?? ''}`
    const rows = known.get(name) ?? new Map<EpochMs, { share: number; row: Row }>()
    known.set(name, rows)
    const before = rows.get(start)
    if (before?.share === share) return before.row
    const row = rowAt(need, start, share)
    rows.set(start, { share, row })
    return row
  }

  function rowAt({ metric: id, cut }: NeedOf<'series'>, start: EpochMs, share: number): Row {
    const own = arms(id, start, share)
    const sparse = plan.metrics[id]?.sparse ?? null
    const heartbeat = sparse !== null && metrics[sparse] ? plan.metrics[sparse] : undefined
    const beats = heartbeat ? arms(heartbeat.id, start, share) : null
    const told = heartbeat?.variant !== null
    // Where the heartbeat tells versions apart, it vouches for the zeros of its own version only.
    const minute = (arm: keyof ArmMinutes) => {
      if (own[arm]) return asEvidence(own[arm], cut)
      return told && beats?.[arm] ? { start, count: 0, sum: 0, over: cut === undefined ? null : 0 } : null
    }
    const both = own.canary && own.control ? bothOf(own.canary, own.control) : (own.canary ?? own.control)
    return {
      canary: minute('canary'),
      control: minute('control'),
      all: both && asEvidence(both, cut),
      alive: told
        ? beats?.canary != null && beats.control !== null
        : beats !== null && (beats.canary ?? beats.control) !== null,
    }
  }
}

/** Counts above a cut are had or not for a whole metric. */
function lacking(need: Need, metrics: RecordedMetrics): readonly string[] {
  if (need.need !== 'series') return []
  const metric = metrics[need.metric]
  if (!metric) return [need.metric]
  const { cut } = need
  if (cut === undefined || isCounted(metric, cut)) return []
  return [`${need.metric} at or above ${cut}`]
}
