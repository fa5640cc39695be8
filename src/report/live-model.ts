import type { EpochMs } from '../core/brand.ts'
import type { LaunchEvent } from '../core/event.ts'
import { handOverIn } from '../core/hand-over.ts'
import { nameOf } from '../core/person.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState, Stage } from '../core/state.ts'
import { plannedStages } from '../core/unattended.ts'
import type { LiveExposure, LiveModel, LiveNext, LiveStage } from '../ui/live/model.ts'
import { nextActions, standing } from '../ui/next-action.ts'
import { wordsOf, type DescribeStep } from '../ui/words.ts'
import type { SignalOf } from './charts.ts'
import { contactsOf } from './live-contacts.ts'
import { liveGate } from './live-gate.ts'
import { clocksOf, holdOf, nextOf } from './live-next.ts'
import { phasesOf } from './live-phases.ts'

export type LiveInput = {
  readonly plan: Plan
  readonly state: LaunchState
  /** The journal of `state`; looks at a gate that nobody journals (a monitor's) may follow. */
  readonly events: readonly LaunchEvent[]
  readonly now: EpochMs
  readonly describeStep: DescribeStep
  readonly signalOf: SignalOf
  readonly doing: LiveNext | null
}

/** What a screen shows of a launch at one instant: the facts of `launch status` and of the report. */
export function liveModel(input: LiveInput): LiveModel {
  const { plan, state, events, now, describeStep, doing } = input
  const words = wordsOf(plan, describeStep)
  const gate = liveGate(input, words)
  const isWatched = (events.at(-1)?.n ?? 0) > state.n
  return {
    now,
    title: plan.title,
    environment: plan.phases.at(-1)?.environment ?? 'production',
    launch: state.id === '' ? null : state.id,
    version: state.version,
    commit: state.commit,
    sandbox: state.sandbox,
    captain: plan.captain,
    openedAt: state.openedAt,
    driver: state.id === '' ? null : { name: state.last.actor.name, host: state.last.actor.host, at: state.last.at },
    standing: standing(state),
    ended: state.ended,
    phases: phasesOf(plan, state, words),
    exposure: exposureOf(plan, state),
    clocks: clocksOf(plan, state),
    gate,
    // A monitor goes on behind the end of a launch.
    doing: state.ended && !isWatched ? null : (holdOf(plan, state) ?? doing ?? leftBy(events.at(-1))),
    next: nextOf(plan, state, now, words),
    acts: state.id === '' ? [] : nextActions(plan, state, now),
    contacts: contactsOf(plan, gate),
  }
}

/** Who stopped driving, and for whom: nobody does until it is resumed. */
function leftBy(last: LaunchEvent | undefined): LiveNext | null {
  if (last?.type !== 'paused') return null
  const to = handOverIn(last.signal)
  const by = nameOf(last.actor.name)
  const text = to === null ? `${by} stopped driving (${last.signal})` : `${by} handed over to ${to}`
  return { text: `${text}; launch resume goes on`, at: null }
}

function exposureOf(plan: Plan, state: LaunchState): LiveExposure {
  const latched = state.found !== null || state.rollbacks.some(({ outcome }) => outcome !== 'failed')
  const percent = latched ? 0 : (state.flag?.percent ?? 0)
  const canaries = plan.phases.flatMap(({ steps }) => steps).filter((step) => plannedStages(step).length > 0)
  const stages = canaries.flatMap((step): readonly LiveStage[] => {
    const begun = state.stages[step.id] ?? []
    const open = plannedStages(step).filter((planned) => !begun.some((stage) => stage.percent === planned))
    return [
      ...begun.map(stageOf),
      ...open.map((planned) => ({ percent: planned, status: 'waiting', startedAt: null, endedAt: null }) as const),
    ]
  })
  return { flag: plan.flag.key, percent, latched, stages }
}

function stageOf(stage: Stage): LiveStage {
  const { percent, startedAt } = stage
  if (stage.status === 'left') return { percent, status: stage.verdict, startedAt, endedAt: stage.endedAt }
  return { percent, status: stage.status, startedAt, endedAt: null }
}
