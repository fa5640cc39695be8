import { epochMs, isoTime, type EpochMs } from '../core/brand.ts'
import { environmentOf } from '../core/environment-of.ts'
import { LaunchError } from '../core/errors.ts'
import { findingOf, needKey, type Evidence, type NeedOf, type Series } from '../core/evidence.ts'
import type { Plan } from '../core/plan.ts'
import type { RecordedMetrics, RecordedMinute } from '../core/recorded.ts'
import type { Window } from '../core/verdict.ts'
import { slowest, type Quantiles } from '../engine/imagined-launch.ts'
import type { EnginePorts, MetricNeed } from '../engine/ports.ts'

/** Whom to ask for the past. */
export type Asking = {
  readonly ports: EnginePorts
  readonly plan: Plan
  readonly environment: string
  readonly signal: AbortSignal
}

const hourMs = 3_600_000
/** Asked for at once; CloudWatch pages what is more. */
const chunkMs = 24 * hourMs
/** Cut points are those of the beginning: CloudWatch puts at most a day into one point. */
const quantilesMs = 12 * hourMs

/** Median, p75 and p90 of the first hours: what a live launch would count above. A metric without them has none. */
export async function usualValues(ids: readonly string[], { from, to }: Window, asking: Asking): Promise<Quantiles> {
  const statistics = ['p50', 'p75', 'p90'] as const
  const needs = ids.flatMap((metric) => statistics.map((stat) => ({ need: 'window', metric, stat }) as const))
  const found = await asked(needs, { from, to: epochMs(Math.min(to, from + quantilesMs)) }, asking)
  return Object.fromEntries(
    ids.flatMap((metric) => {
      const values = needs.flatMap((need) => {
        const finding = need.metric === metric ? findingOf(need, found) : null
        if (finding?.status !== 'seen') return []
        return finding.value.values.all ?? finding.value.values.control ?? []
      })
      return values.length === statistics.length ? [[metric, values] as const] : []
    }),
  )
}

/** Everybody's minutes of every metric that is asked for. Throws UNREACHABLE for one that cannot be read, NOT_FOUND when there are none. */
export async function pastMinutes(
  needs: readonly NeedOf<'series'>[],
  { from, to }: Window,
  asking: Asking,
): Promise<RecordedMetrics> {
  const wanted = [...new Map(needs.map(({ lookbackMs: _past, ...need }) => [needKey(need), need])).values()]
  const found = new Map<string, Map<EpochMs, RecordedMinute>>()
  for (let at: number = from - slowest(asking.plan); at < to; at += chunkMs) {
    const evidence = await asked(wanted, { from: epochMs(at), to: epochMs(Math.min(to, at + chunkMs)) }, asking)
    for (const need of wanted) {
      const finding = findingOf(need, evidence) ?? unanswered
      if (finding.status === 'missing')
        throw new LaunchError('UNREACHABLE', `${need.metric} cannot be read: ${finding.why}`)
      const minutes = found.get(need.metric) ?? new Map<EpochMs, RecordedMinute>()
      found.set(need.metric, minutes)
      for (const minute of everybodys(finding.value, need.cut))
        minutes.set(minute.start, { ...minute, over: { ...minutes.get(minute.start)?.over, ...minute.over } })
    }
  }
  if ([...found.values()].some((minutes) => minutes.size > 0))
    return Object.fromEntries([...found].map(([id, all]) => [id, { told: false, all }]))
  const names = [...found.keys()].join(', ')
  throw new LaunchError('NOT_FOUND', `there is no minute of ${names} between ${isoTime(from)} and ${isoTime(to)}`, {
    hint: 'CloudWatch keeps minutes for 15 days; are the dimensions those of the run sheet',
  })
}

/** Both versions together, whoever had them then. */
function everybodys({ minutes }: Series, cut: number | undefined): readonly RecordedMinute[] {
  const found = new Map<EpochMs, RecordedMinute>()
  for (const { start, count, sum, over } of [minutes.canary, minutes.control, minutes.all].flatMap(
    (arm) => arm ?? [],
  )) {
    // A zero that only its heartbeat vouches for is no datapoint.
    if (count === 0) continue
    const other = found.get(start)
    const above = cut === undefined || over === null ? {} : { [cut]: over + (other?.over[cut] ?? 0) }
    found.set(start, { start, count: count + (other?.count ?? 0), sum: sum + (other?.sum ?? 0), over: above })
  }
  return [...found.values()]
}

const unanswered = { status: 'missing', why: 'it was not answered' } as const

async function asked(
  needs: readonly MetricNeed[],
  window: Window,
  { ports, plan, environment, signal }: Asking,
): Promise<Evidence> {
  const findings = await ports.metrics(needs, environmentOf(plan, environment), window, signal)
  return Object.fromEntries(needs.map((need, index) => [needKey(need), findings[index] ?? unanswered]))
}
