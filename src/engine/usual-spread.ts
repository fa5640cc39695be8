import { epochMs, type EpochMs } from '../core/brand.ts'
import type { SpreadSource } from '../core/check.ts'
import { environmentOf } from '../core/environment-of.ts'
import { findingOf, needKey, type Evidence, type MeasuredSpread, type NeedOf, type Series } from '../core/evidence.ts'
import { messageOf } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import { plannedGates } from '../core/planned-gates.ts'
import { floorTo, settledMinutes } from '../core/settled.ts'
import { countDispersion, type Stretch } from '../core/stats/count-dispersion.ts'
import { checkKind } from '../gates/registry.ts'
import type { EnginePorts } from './ports.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** The hour a launch begins in, on each of so many days before; statistics.md §2 c. */
const days = 7
/** And so many hours right before it. */
const lastHours = 2

type Spreads = { readonly [metric: string]: readonly MeasuredSpread[] }
type Hours = { readonly from: EpochMs; readonly hours: number }

/**
 * How far counts spread at this hour of the last seven days and in the two hours before, of every metric that a check of the
 * plan looks for spikes of and `among` names. Hours that cannot be read are as good as none: the check then says so.
 */
export async function usualSpreads(
  among: ReadonlySet<string>,
  at: EpochMs,
  plan: Plan,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<Spreads> {
  const sources = spreadSources(plan).filter(({ metric }) => among.has(metric))
  if (sources.length === 0) return {}
  const ids = new Set(sources.flatMap(({ metric, of }) => (of === undefined ? [metric] : [metric, of])))
  const needs = [...ids].map((metric): NeedOf<'series'> => ({ need: 'series', metric }))
  const lag = Math.max(0, ...[...ids].map((id) => plan.metrics[id]?.lagMs ?? 0))
  const step = Math.max(60_000, ...[...ids].map((id) => plan.metrics[id]?.periodMs ?? 0))
  const stretches = hoursBefore(at, lag, step)
  const seen = await Promise.all(
    stretches.map(async ({ from, hours }): Promise<Evidence> => {
      const window = { from, to: epochMs(from + hours * hourMs + lag) }
      const findings = await ports
        .metrics(needs, environmentOf(plan, 'production'), window, signal)
        .catch((error: unknown) => needs.map(() => ({ status: 'missing', why: messageOf(error) }) as const))
      return Object.fromEntries(needs.flatMap((need, i) => (findings[i] ? [[needKey(need), findings[i]]] : [])))
    }),
  )
  signal.throwIfAborted()
  const measured = sources.map((source) => {
    const hours = stretches.flatMap((one, index) => stretchesOf(source, one, seen[index] ?? {}))
    const { perMs, of } = source
    return [source.metric, { perMs, ...(of !== undefined && { of }), ...countDispersion(hours) }] as const
  })
  return Object.fromEntries(
    [...among].flatMap((id) => {
      const own = measured.flatMap(([metric, spread]) => (metric === id ? [spread] : []))
      return own.length === 0 ? [] : [[id, own] as const]
    }),
  )
}

/** Oldest first, on the edge of a period. */
function hoursBefore(at: EpochMs, lag: number, stepMs: number): readonly Hours[] {
  const sameHour = Array.from({ length: days }, (_, i) => ({
    from: floorTo(at - (days - i) * dayMs, stepMs),
    hours: 1,
  }))
  return [...sameHour, { from: floorTo(at - lag - lastHours * hourMs, stepMs), hours: lastHours }]
}

/** Each once, whatever number of checks has it. */
function spreadSources(plan: Plan): readonly SpreadSource[] {
  const checks = plannedGates(plan)
    .flatMap((gate) => gate.checks)
    .flatMap((check) => [check, ...check.nested])
  const sources = checks.flatMap(({ kind, spec }) => checkKind(kind).spread(spec) ?? [])
  return [...new Map(sources.map((source) => [JSON.stringify(source), source])).values()]
}

/** The whole stretches of each hour; one with a minute that is missing is none. */
function stretchesOf(source: SpreadSource, { from, hours }: Hours, seen: Evidence): readonly (readonly Stretch[])[] {
  const bad = seriesOf(source.metric, seen)
  const all = source.of === undefined ? null : seriesOf(source.of, seen)
  if (!bad || (source.of !== undefined && !all)) return []
  return Array.from({ length: hours }, (_, hour) => {
    const begin = from + hour * hourMs
    return Array.from({ length: Math.floor(hourMs / source.perMs) }, (_, i) => begin + i * source.perMs).flatMap(
      (start) => {
        const events = totalOf(bad, start, source.perMs)
        const among = all ? totalOf(all, start, source.perMs) : 1
        return events === null || among === null ? [] : [{ events, among }]
      },
    )
  })
}

function seriesOf(metric: string, seen: Evidence): Series | null {
  const finding = findingOf({ need: 'series', metric }, seen)
  return finding?.status === 'seen' ? finding.value : null
}

/** Everybody's events in one stretch; null unless every period of it is there. */
function totalOf(series: Series, from: number, perMs: number): number | null {
  const { periodMs, lagMs } = series
  const wanted = Math.ceil(perMs / periodMs)
  const stretch = { from: epochMs(from), to: epochMs(from + wanted * periodMs + lagMs) }
  const { minutes } = settledMinutes(series, 'all', stretch)
  return minutes.length < wanted ? null : minutes.reduce((sum, minute) => sum + minute.sum, 0)
}
