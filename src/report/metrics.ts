import type { EpochMs } from '../core/brand.ts'
import type { CheckResult, EventOf, LaunchEvent } from '../core/event.ts'
import type { Minute } from '../core/evidence.ts'
import type { Plan } from '../core/plan.ts'
import { plannedGates } from '../core/planned-gates.ts'
import type { LaunchState } from '../core/state.ts'
import type { Judgement } from '../core/verdict.ts'
import { sumOf } from '../core/settled.ts'
import { journaledSeries, newVersionMinutes } from './journaled-series.ts'

const hourMs = 3_600_000

/** A check of the summary with the last value that was seen, or the fail without one, and the worst one if any look failed. */
export type Headline = {
  readonly last: CheckResult
  readonly at: EpochMs
  readonly stage: number | null
  readonly failed: { readonly result: CheckResult; readonly at: EpochMs; readonly stage: number | null } | null
}

/** The checks that `report.headline` names; without any, every check with a number and a limit. */
export function headlineOf(plan: Plan, events: readonly LaunchEvent[], environment: string): readonly Headline[] {
  const looks = events.filter(
    (event): event is EventOf<'gate-judged'> => event.type === 'gate-judged' && event.environment === environment,
  )
  const found = new Map<string, Headline>()
  for (const look of looks) {
    for (const result of look.checks) {
      // A rollout that is judged as one fails without a single value: its reason stands for it.
      if (result.judgement.observed === null && result.judgement.verdict !== 'fail') continue
      const here = { result, at: look.at, stage: look.stage }
      const failed = result.judgement.verdict === 'fail' ? here : (found.get(result.id)?.failed ?? null)
      found.set(result.id, { last: result, at: look.at, stage: look.stage, failed })
    }
  }
  const seen = [...found.values()]
  if (plan.report.headline.length > 0)
    return plan.report.headline.flatMap((name) => seen.find(({ last }) => isNamed(last, name)) ?? [])
  return seen.filter(({ last: { judgement } }) => isNumeric(judgement) || isOfSamples(judgement))
}

function isNumeric({ observed, limit }: Judgement): boolean {
  return typeof observed === 'number' && typeof limit === 'number'
}

function isOfSamples({ observed, samples }: Judgement): boolean {
  return observed === null && samples > 0
}

/** Titles of the checks `report.headline` names that no look has seen a value of. */
export function unseenOf(plan: Plan, headline: readonly Headline[]): readonly string[] {
  const checks = plannedGates(plan).flatMap((gate) => gate.checks)
  return plan.report.headline
    .filter((name) => !headline.some(({ last }) => isNamed(last, name)))
    .map((name) => checks.find((check) => isNamed(check, name))?.title ?? name)
}

/** A run sheet names a check by its id, by `list/id`, or by its title. */
function isNamed({ id, title }: Pick<CheckResult, 'id' | 'title'>, name: string): boolean {
  return name === id || name === title || name.slice(name.lastIndexOf('/') + 1) === id
}

/** How often the new version was used in the hour after it first served; `coveredMs` is how much of it was seen. */
export type Adoption = { readonly metric: string; readonly interactions: number; readonly coveredMs: number }

export function adoptionOf(plan: Plan, events: readonly LaunchEvent[], environment: string): Adoption | null {
  const metric = plan.report.adoption
  const servedAt = firstServed(events)
  if (metric === null || servedAt === null) return null
  const series = journaledSeries(events, environment).get(metric)
  if (!series) return null
  const hour = newVersionMinutes(series).filter(
    ({ start }) => start >= servedAt - series.periodMs && start < servedAt + hourMs,
  )
  if (hour.length === 0) return null
  return { metric, interactions: sumOf(hour, 'sum'), coveredMs: Math.min(hourMs, hour.length * series.periodMs) }
}

/**
 * A metric before the launch and with the new version: mean per sample, and sum per minute. After is judged from when the
 * flag stood highest, at `percent` of users: below 100 % the sums are those of a part of the users.
 */
export type Delta = { readonly metric: string; readonly percent: number; readonly before: Level; readonly after: Level }
type Level = { readonly mean: number | null; readonly perMinute: number }

export function deltasOf(state: LaunchState, events: readonly LaunchEvent[], environment: string): readonly Delta[] {
  const peak = highest(events)
  const { baseline } = state
  if (!baseline || !peak) return []
  const seen = journaledSeries(events, environment)
  return Object.entries(baseline.metrics).flatMap(([metric, { count, sum }]) => {
    const series = seen.get(metric)
    const minutes = series ? newVersionMinutes(series).filter(({ start }) => start >= peak.at) : []
    if (!series || minutes.length === 0) return []
    const before = level(count, sum, (baseline.window.to - baseline.window.from) / 60_000)
    const after = levelOf(minutes, series.periodMs)
    // What counts ones has no mean to speak of, and its sums are those of a part of the users until all of them have it.
    const counts = before.mean === 1 && (after.mean ?? 1) === 1
    if (counts && peak.percent < 100) return []
    const known = (level: Level) => (counts ? { ...level, mean: null } : level)
    return [{ metric, percent: peak.percent, before: known(before), after: known(after) }]
  })
}

function levelOf(minutes: readonly Minute[], periodMs: number): Level {
  return level(sumOf(minutes, 'count'), sumOf(minutes, 'sum'), (minutes.length * periodMs) / 60_000)
}

function level(count: number, sum: number, minutes: number): Level {
  return { mean: count === 0 ? null : sum / count, perMinute: minutes === 0 ? 0 : sum / minutes }
}

function firstServed(events: readonly LaunchEvent[]): EpochMs | null {
  return events.find(({ type }) => type === 'flag-confirmed')?.at ?? null
}

function highest(events: readonly LaunchEvent[]): EventOf<'flag-confirmed'> | null {
  const confirmed = events.filter((event): event is EventOf<'flag-confirmed'> => event.type === 'flag-confirmed')
  return confirmed.reduce<EventOf<'flag-confirmed'> | null>(
    (top, event) => (top && top.percent >= event.percent ? top : event),
    null,
  )
}
