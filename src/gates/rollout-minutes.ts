import { epochMs, type EpochMs } from '../core/brand.ts'
import { findingOf, type Evidence, type Series } from '../core/evidence.ts'
import type { MinuteCounts } from '../core/judge/minutes.ts'
import { needsOf, type Counts } from './rollout-signals.ts'

/** Minutes of both versions by the instant they begin. `missing`: what could not be read; `alone`: it is not told apart by version. */
export type SignalSeen =
  | {
      readonly status: 'seen'
      readonly periodMs: number
      readonly lagMs: number
      readonly canary: ReadonlyMap<EpochMs, MinuteCounts>
      readonly control: ReadonlyMap<EpochMs, MinuteCounts>
    }
  | { readonly status: 'missing'; readonly why: string }
  | { readonly status: 'alone' }

type Arm = 'canary' | 'control'

/** What is known of a signal's minutes, settled or not. A minute of which only a part is known is not among them. */
export function signalSeen(counts: Counts, evidence: Evidence): SignalSeen {
  const all: Series[] = []
  for (const need of needsOf(counts)) {
    const finding = findingOf(need, evidence)
    if (!finding) return { status: 'missing', why: `${need.metric}: no answer came` }
    if (finding.status === 'missing') return { status: 'missing', why: `${need.metric}: ${finding.why}` }
    all.push(finding.value)
  }
  const [first] = all
  if (!first || all.some((series) => series.minutes.all !== undefined || series.periodMs !== first.periodMs))
    return { status: 'alone' }
  const arms = { canary: armOf(counts, all, 'canary'), control: armOf(counts, all, 'control') }
  if (arms.canary === null || arms.control === null) return { status: 'alone' }
  const lagMs = Math.max(...all.map((series) => series.lagMs))
  return { status: 'seen', periodMs: first.periodMs, lagMs, canary: arms.canary, control: arms.control }
}

/** Null when samples cannot be counted above the cuts: the metric has no percentiles. */
function armOf(counts: Counts, all: readonly Series[], arm: Arm): ReadonlyMap<EpochMs, MinuteCounts> | null {
  return counts.of === 'share' ? shares(all, arm) : samples(all, arm)
}

function shares([all, bad]: readonly Series[], arm: Arm): ReadonlyMap<EpochMs, MinuteCounts> {
  const known = new Map((bad?.minutes[arm] ?? []).map((minute) => [minute.start, minute.sum]))
  for (const start of bad?.alive ?? []) if (!known.has(start)) known.set(start, 0)
  return new Map(
    (all?.minutes[arm] ?? []).flatMap(({ start, sum }) => {
      const events = known.get(start)
      return events === undefined ? [] : [[start, { n: sum, above: [events], sum: 0 }] as const]
    }),
  )
}

function samples(cuts: readonly Series[], arm: Arm): ReadonlyMap<EpochMs, MinuteCounts> | null {
  const [first, ...others] = cuts.map((series) => series.minutes[arm] ?? [])
  const rest = others.map((minutes) => new Map(minutes.map((minute) => [minute.start, minute])))
  const found = new Map<EpochMs, MinuteCounts>()
  for (const minute of first ?? []) {
    const all = [minute, ...rest.map((minutes) => minutes.get(minute.start))]
    if (minute.count === 0 || all.some((one) => one === undefined)) continue
    const above = all.map((one) => one?.over ?? null)
    if (above.includes(null)) return null
    found.set(epochMs(minute.start), { n: minute.count, above: above.map((over) => over ?? 0), sum: minute.sum })
  }
  return found
}
