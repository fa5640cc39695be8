import { epochMs, type EpochMs } from './brand.ts'
import type { LaunchEvent } from './event.ts'
import type { Plan, PlannedStep } from './plan.ts'
import { mayBeExposed, type LaunchState } from './state.ts'

/** A canary that some users get while nobody drives its launch or decides about it. */
export type Unattended = {
  readonly percent: number
  /** When somebody last drove it or asked something of it. */
  readonly since: EpochMs
  /** When it counts as left alone: from then on a scheduler may roll it back. */
  readonly until: EpochMs
  readonly by: string
  /** True once `until` is over. */
  readonly overdue: boolean
}

/** What people write about a launch without looking after its canary. */
const remarks: ReadonlySet<LaunchEvent['type']> = new Set<LaunchEvent['type']>([
  'approved',
  'blocker-raised',
  'blocker-cleared',
  'issue-noted',
  'go-decided',
  'waived',
  'noted',
  'step-resolved',
])

/** `maxUnattended` of the run sheet's canary; its default where the plan does not say. */
export function maxUnattendedMs(step: PlannedStep): number {
  const { spec } = step
  const said = typeof spec === 'object' && spec !== null && 'maxUnattended' in spec ? spec.maxUnattended : null
  return typeof said === 'number' ? said : 15 * 60_000
}

/** A driver that lives journals a look at least once a minute, and looks no more often than its gate says; one look may take half a minute. */
function silentMs({ gate }: PlannedStep): number {
  return 90_000 + 2 * (gate?.everyMs ?? 0)
}

/** Null when no canary of this launch is under way above 0 %, or when it was left as it is on purpose. */
export function unattended(
  plan: Plan,
  state: LaunchState,
  events: readonly LaunchEvent[],
  now: EpochMs,
): Unattended | null {
  const step = canaryUnderWay(plan, state)
  const attended = events.findLast((event) => !remarks.has(event.type))
  if (!step || !attended || state.ended || state.leftHeld || state.rollbacks.length > 0 || state.found) return null
  const until = epochMs(attended.at + Math.max(maxUnattendedMs(step), silentMs(step)))
  const stage = state.stages[step.id]?.at(-1)
  // Whether a raise that was only intended got through is not known.
  const percent = (stage?.status === 'shifting' ? state.flag?.percent : stage?.percent) ?? stage?.percent ?? 0
  return { percent, since: attended.at, until, by: attended.actor.name, overdue: now >= until }
}

/** The canary that users may see something of and that is not through its last stage. */
function canaryUnderWay(plan: Plan, state: LaunchState): PlannedStep | null {
  if (!mayBeExposed(state)) return null
  const steps = plan.phases.flatMap((phase) => phase.steps)
  return (
    steps.find((step) => {
      const stages = state.stages[step.id] ?? []
      const last = stages.at(-1)
      return last !== undefined && !(last.status === 'left' && stages.length >= plannedStages(step).length)
    }) ?? null
  )
}

/** The percents a canary is planned to go through; its kind parsed them. */
export function plannedStages({ spec }: PlannedStep): readonly number[] {
  const stages = typeof spec === 'object' && spec !== null && 'stages' in spec ? spec.stages : []
  return Array.isArray(stages) ? stages.filter((stage) => typeof stage === 'number') : []
}
