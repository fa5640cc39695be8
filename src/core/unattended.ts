import { epochMs, type EpochMs } from './brand.ts'
import type { LaunchEvent } from './event.ts'
import type { Plan, PlannedStep } from './plan.ts'
import { mayBeExposed, type LaunchState } from './state.ts'

/** A canary that some users get while nobody drives its launch or decides about it. */
export type Unattended = {
  readonly percent: number
  /** When somebody last drove it or asked something of it; when the abort was asked for that nobody carries out. */
  readonly since: EpochMs
  /** When it counts as left alone: from then on a scheduler may roll it back. */
  readonly until: EpochMs
  readonly by: string
  /** Somebody asked for its abort and no driver carries that out: waiting longer would be against a decision. */
  readonly aborted: boolean
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
  const abort = abortAlone(events)
  const attended = abort ?? events.findLast((event) => !remarks.has(event.type))
  if (!step || !attended || state.ended || state.rollbacks.length > 0 || state.found) return null
  if (state.leftHeld && !abort) return null
  const patienceMs = abort ? 0 : maxUnattendedMs(step)
  const until = epochMs(attended.at + Math.max(patienceMs, silentMs(step)))
  const stage = state.stages[step.id]?.at(-1)
  // Whether a raise that was only intended got through is not known.
  const percent = (stage?.status === 'shifting' ? state.flag?.percent : stage?.percent) ?? stage?.percent ?? 0
  return {
    percent,
    since: attended.at,
    until,
    by: attended.actor.name,
    aborted: abort !== undefined,
    overdue: now >= until,
  }
}

/** What the process that drove a launch wrote last: what people ask of it or remark about it is not driving. */
export function lastDriven(events: readonly LaunchEvent[]): LaunchEvent | undefined {
  return events.findLast((event) => !remarks.has(event.type) && event.type !== 'canary-asked')
}

/** The first of the aborts that stand last: asked again, one is no younger; whatever a driver or another request says since undoes it. */
function abortAlone(events: readonly LaunchEvent[]): LaunchEvent | undefined {
  const isAbort = (event: LaunchEvent) => event.type === 'canary-asked' && event.ask === 'abort'
  const before = events.findLastIndex((event) => !remarks.has(event.type) && !isAbort(event))
  return events.slice(before + 1).find(isAbort)
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
