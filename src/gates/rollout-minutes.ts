import type { EpochMs } from '../core/brand.ts'
import { findingOf, type Evidence, type Minute, type Series } from '../core/evidence.ts'
import type { MinuteCounts } from '../core/judge/minutes.ts'
import type { Counts } from './rollout-signals.ts'

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
  for (const { need, key } of counts.asked) {
    const finding = findingOf(need, evidence, key)
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
  const [everything, events] = [finderIn(all, arm), finderIn(bad, arm)]
  const alive = bad?.alive ?? []
  return (start) => {
    const found = everything(start)
    const known = events(start)?.sum ?? (alive.includes(start) ? 0 : undefined)
    return found === undefined || known === undefined ? null : { n: found.sum, above: [known], sum: 0 }
  }
}

function samplesIn(cuts: readonly Series[], arm: Arm): Find {
  const columns = cuts.map((series) => finderIn(series, arm))
  return (start) => {
    const above: number[] = []
    let first: Minute | undefined
    for (const minuteAt of columns) {
      const found = minuteAt(start)
      if (found === undefined || found.over === null) return null
      above.push(found.over)
      first ??= found
    }
    return first === undefined || first.count === 0 ? null : { n: first.count, above, sum: first.sum }
  }
}

/** Whether samples were there and not counted above the cuts: the metric has no percentiles. */
function lacksCounts(cuts: readonly Series[], arm: Arm): boolean {
  if (!cuts.some(({ minutes }) => minutes[arm]?.some(({ over }) => over === null))) return false
  const columns = cuts.map((series) => finderIn(series, arm))
  return (cuts[0]?.minutes[arm] ?? []).some(({ start, count }) => {
    const found = columns.map((minuteAt) => minuteAt(start))
    return count > 0 && !found.includes(undefined) && found.some((minute) => minute?.over === null)
  })
}

/** The minute that begins at an instant. Minutes come oldest first and are mostly asked for one after the other. */
function finderIn(series: Series | undefined, arm: Arm): (start: EpochMs) => Minute | undefined {
  const minutes = series?.minutes[arm] ?? []
  let next = 0
  return (start) => {
    if (minutes[next]?.start !== start) next = firstFrom(minutes, start)
    const found = minutes[next]
    if (found?.start !== start) return undefined
    next++
    return found
  }
}

/** Where the first minute is that does not begin before an instant. */
function firstFrom(minutes: readonly Minute[], start: EpochMs): number {
  let [from, to] = [0, minutes.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((minutes[middle]?.start ?? 0) < start) from = middle + 1
    else to = middle
  }
  return from
}
