import type { CheckResult, EventOf, LaunchEvent } from '../core/event.ts'
import type { Plan, PlannedCheck } from '../core/plan.ts'
import { plannedGates } from '../core/planned-gates.ts'
import type { SignalOf } from './charts.ts'
import { sloParts } from './slo-lines.ts'

type GateJudged = EventOf<'gate-judged'>
type Source = Parameters<typeof sloParts>[0]
type SeenValue = {
  readonly observed: number
  readonly limit: number | null
  readonly unit: string
  readonly samples: number
}

/**
 * A rollout that is judged as one may fail before a single value is settled: then what its look saw stands for it. Not of a
 * percentile, whose limit is not a share.
 */
export function seenValue(source: Source, { observed }: CheckResult['judgement'], look: GateJudged): SeenValue | null {
  if (observed !== null || source.of === 'slow') return null
  const parts = sloParts(source, [look])
  const all = (parts?.parts.canary ?? parts?.parts.all ?? []).filter(({ at }) => at >= look.window.from)
  const settled = all.filter((part) => part.settled)
  const since = settled.length > 0 ? settled : all
  const samples = since.reduce((total, part) => total + part.samples, 0)
  if (!parts || samples === 0) return null
  const top = since.reduce((total, part) => total + part.top, 0)
  return { observed: top / samples, limit: parts.limit, unit: parts.unit, samples }
}

/** The journal with the value beside every fail that has none of its own. */
export function withSeenValues(plan: Plan, events: readonly LaunchEvent[], signalOf: SignalOf): readonly LaunchEvent[] {
  return events.map((event) => {
    if (event.type !== 'gate-judged' || event.verdict !== 'fail') return event
    const planned = plannedChecks(plan, event.gate)
    const checks = event.checks.map((result): CheckResult => {
      const { judgement } = result
      const check = planned.get(result.id)
      const source = judgement.verdict === 'fail' && check ? signalOf(check) : null
      const seen = source && seenValue(source, judgement, event)
      return seen ? { ...result, judgement: { ...judgement, ...seen } } : result
    })
    return { ...event, checks }
  })
}

export function plannedChecks(plan: Plan, gate: string): ReadonlyMap<string, PlannedCheck> {
  const planned = plannedGates(plan).find(({ id }) => id === gate)
  return new Map((planned?.checks ?? []).map((check) => [check.id, check]))
}
