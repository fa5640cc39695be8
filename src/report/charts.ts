import type { SignalSource } from '../core/check.ts'
import type { EventOf, LaunchEvent } from '../core/event.ts'
import type { Plan, PlannedCheck } from '../core/plan.ts'
import type { Judgement } from '../core/verdict.ts'
import type { FlagChange } from './flag-changes.ts'
import type { Headline } from './metrics.ts'
import type { RollbackStory } from './rollbacks.ts'
import { looksAt } from './seen-series.ts'
import { sloParts, thinned, type SloParts } from './slo-lines.ts'

/** What there is to draw of a launch, as values. Times are epoch ms. */
export type Charts = {
  readonly from: number
  readonly to: number
  /** How many percent of users had the new version, one after the other. */
  readonly bands: readonly Band[]
  readonly marks: readonly Mark[]
  readonly slos: readonly SloChart[]
}
export type Band = { readonly from: number; readonly to: number; readonly percent: number }
export type Mark = { readonly at: number; readonly label: string }

export type SloChart = {
  readonly id: string
  readonly title: string
  /** What is drawn, in words. */
  readonly about: string
  readonly unit: string
  readonly limit: number | null
  /** How far two points lie apart without a gap; null where points are looks at a gate, which come when they come. */
  readonly everyMs: number | null
  readonly lines: readonly Line[]
}
export type Line = { readonly of: 'canary' | 'control' | 'all'; readonly points: readonly Point[] }
/** `settled`: the provider had all of it when it was last seen. */
export type Point = {
  readonly at: number
  readonly value: number
  readonly samples: number
  readonly settled: boolean
}

/** What a check bounds in terms of its metrics; its kind knows, views do not. */
export type SignalOf = (check: PlannedCheck) => SignalSource | null

type Told = {
  readonly plan: Plan
  readonly events: readonly LaunchEvent[]
  readonly environment: string
  readonly headline: readonly Headline[]
  readonly flag: readonly FlagChange[]
  readonly rollbacks: readonly RollbackStory[]
  readonly signalOf: SignalOf
}

/** A little of the time before: what the first stage is compared with by eye. */
const beforeMs = 5 * 60_000
/** Points of a line: more than this nobody can tell apart, and a launch of a day would make a page of megabytes. */
const mostPoints = 180

/** Null when the flag was never raised: there is nothing users saw. */
export function chartsOf({ plan, events, environment, headline, flag, rollbacks, signalOf }: Told): Charts | null {
  const [first] = flag
  // A note of next week does not make the launch a week long.
  const last = events.findLast(({ type }) => type !== 'noted' && type !== 'issue-noted')
  if (!first || !last) return null
  const [from, to] = [first.at - beforeMs, Math.max(last.at, first.at + 60_000)]
  const looks = looksAt(events, environment)
  const checks = checksOf(plan, environment)
  return {
    from,
    to,
    bands: flag.map(({ at, percent }, index) => ({ from: at, to: flag[index + 1]?.at ?? to, percent })),
    marks: rollbacks.map(({ at, result }) => ({
      at,
      label: result?.outcome === 'failed' ? 'rollback failed' : 'rollback',
    })),
    slos: headline.flatMap(({ last: { id, title, judgement } }) => {
      const planned = checks.find((check) => check.id === id)
      const source = planned ? signalOf(planned) : null
      const parts = source && sloParts(source, looks)
      const drawn =
        (parts && minuteChart(thinned(parts, from, to, mostPoints))) ?? lookChart(looks, id, from, judgement)
      return drawn ? [{ id, title, ...drawn }] : []
    }),
  }
}

type Drawn = Omit<SloChart, 'id' | 'title'>

function minuteChart({ about, unit, limit, everyMs, parts }: SloParts): Drawn | null {
  const lines = (['canary', 'control', 'all'] as const).flatMap((of): readonly Line[] => {
    const points = (parts[of] ?? []).map(({ at, top, samples, settled }) => ({
      at,
      value: top / samples,
      samples,
      settled,
    }))
    return points.length === 0 ? [] : [{ of, points }]
  })
  return lines.length === 0 ? null : { about, unit, limit, everyMs, lines }
}

/** For a kind that bounds no stream of samples: what every look observed. One look makes no line. */
function lookChart(looks: readonly EventOf<'gate-judged'>[], id: string, from: number, last: Judgement): Drawn | null {
  const points = looks.flatMap(({ at, checks }) =>
    checks.flatMap((check): readonly Point[] => {
      const { observed, samples, unit } = check.judgement
      const counts = check.id === id && typeof observed === 'number' && unit === last.unit && at >= from
      return counts ? [{ at, value: observed, samples, settled: true }] : []
    }),
  )
  if (points.length < 2) return null
  const limit = typeof last.limit === 'number' ? last.limit : null
  const about = 'as each look at the gate saw it'
  return { about, unit: last.unit, limit, everyMs: null, lines: [{ of: 'all', points }] }
}

/** Those of the canary and the monitors first: they are judged while users see the new version. */
function checksOf(plan: Plan, environment: string): readonly PlannedCheck[] {
  const phases = plan.phases.filter((phase) => phase.environment === environment)
  const inSteps = phases.flatMap(({ steps }) => steps.map(({ gate }) => gate))
  return [...inSteps, ...phases.map(({ gate }) => gate)].flatMap((gate) => gate?.checks ?? [])
}
