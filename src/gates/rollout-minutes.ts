import type { EpochMs } from '../core/brand.ts'
import { findingOf, type Evidence, type Minute, type Series } from '../core/evidence.ts'
import type { MinuteCounts } from '../core/judge/minutes.ts'
import { needsOf, type Counts } from './rollout-signals.ts'

/** Minutes of both versions. `missing`: what could not be read; `alone`: it is not told apart by version. */
export type SignalSeen =
  | {
      readonly status: 'seen'
      readonly periodMs: number
      readonly lagMs: number
      readonly canary: ArmSeen
      readonly control: ArmSeen
    }
  | { readonly status: 'missing'; readonly why: string }
  | { readonly status: 'alone' }

/** One version's minutes, settled or not. A minute of which only a part is known is not among them. */
export type ArmSeen = {
  /** The minute that begins then; null is no data. Found when asked for: a judge asks for few of them. */
  at(start: EpochMs): MinuteCounts | null
  starts(): readonly EpochMs[]
}

type Arm = 'canary' | 'control'
type Find = (start: EpochMs) => MinuteCounts | null

/** What is known of a signal's minutes. */
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
  const findIn = counts.of === 'share' ? shareIn : samplesIn
  const arms = { canary: armOf(findIn, all, 'canary'), control: armOf(findIn, all, 'control') }
  if (counts.of === 'samples' && (lacksCounts(all, 'canary') || lacksCounts(all, 'control'))) return { status: 'alone' }
  const lagMs = Math.max(...all.map((series) => series.lagMs))
  return { status: 'seen', periodMs: first.periodMs, lagMs, ...arms }
}

function armOf(findIn: (all: readonly Series[], arm: Arm) => Find, all: readonly Series[], arm: Arm): ArmSeen {
  const at = findIn(all, arm)
  return {
    at,
    starts: () => (all[0]?.minutes[arm] ?? []).flatMap(({ start }) => (at(start) === null ? [] : [start])),
  }
}

function shareIn([all, bad]: readonly Series[], arm: Arm): Find {
  const [everything, events, alive] = [all?.minutes[arm] ?? [], bad?.minutes[arm] ?? [], bad?.alive ?? []]
  return (start) => {
    const found = minuteAt(everything, start)
    const known = minuteAt(events, start)?.sum ?? (alive.includes(start) ? 0 : undefined)
    return found === undefined || known === undefined ? null : { n: found.sum, above: [known], sum: 0 }
  }
}

function samplesIn(cuts: readonly Series[], arm: Arm): Find {
  const columns = cuts.map((series) => series.minutes[arm] ?? [])
  return (start) => {
    const above: number[] = []
    for (const minutes of columns) {
      const found = minuteAt(minutes, start)
      if (found === undefined || found.over === null) return null
      above.push(found.over)
    }
    const first = minuteAt(columns[0] ?? [], start)
    return first === undefined || first.count === 0 ? null : { n: first.count, above, sum: first.sum }
  }
}

/** Whether samples were there and not counted above the cuts: the metric has no percentiles. */
function lacksCounts(cuts: readonly Series[], arm: Arm): boolean {
  const columns = cuts.map((series) => series.minutes[arm] ?? [])
  if (!columns.some((minutes) => minutes.some(({ over }) => over === null))) return false
  return (columns[0] ?? []).some(({ start, count }) => {
    const found = columns.map((minutes) => minuteAt(minutes, start))
    return count > 0 && !found.includes(undefined) && found.some((minute) => minute?.over === null)
  })
}

/** Minutes come oldest first. */
function minuteAt(minutes: readonly Minute[], start: EpochMs): Minute | undefined {
  let [from, to] = [0, minutes.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((minutes[middle]?.start ?? 0) < start) from = middle + 1
    else to = middle
  }
  const found = minutes[from]
  return found?.start === start ? found : undefined
}
