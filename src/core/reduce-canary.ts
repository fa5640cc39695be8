import type { EventOf } from './event.ts'
import { stageKey } from './gate-keys.ts'
import type { LaunchState, Stage } from './state.ts'

type CanaryEvent = EventOf<
  'flag-intended' | 'flag-set' | 'flag-confirmed' | 'stage-held' | 'stage-resumed' | 'stage-left' | 'canary-asked'
>

/** The canary's part of `reduce`: stages move shifting → set → baking ⇄ held → left. */
export function reduceCanary(state: LaunchState, event: CanaryEvent): LaunchState {
  switch (event.type) {
    case 'flag-intended': {
      const stage: Stage = {
        status: 'shifting',
        percent: event.percent,
        startedAt: event.at,
        writeId: event.writeId,
        serial: event.serial,
      }
      const before = state.stages[event.step] ?? []
      const kept = before.at(-1)?.status === 'shifting' ? before.slice(0, -1) : before
      return { ...state, stages: { ...state.stages, [event.step]: [...kept, stage] } }
    }
    case 'flag-set': {
      const flag = {
        percent: event.percent,
        serial: event.serial,
        writeId: event.writeId,
        at: event.at,
        confirmedAt: null,
        ...(state.flag?.late && { late: state.flag.late }),
      }
      return changeStages({ ...state, flag }, event.percent, (stage) =>
        stage.status === 'shifting' && stage.writeId === event.writeId
          ? { status: 'set', percent: stage.percent, startedAt: stage.startedAt, serial: event.serial }
          : stage,
      )
    }
    case 'flag-confirmed': {
      const { edgeMs, late } = event
      const flag = state.flag && { ...state.flag, confirmedAt: event.at, edgeMs, ...(late && { late }) }
      return changeStages({ ...state, flag }, event.percent, (stage) =>
        stage.status === 'set'
          ? { status: 'baking', percent: stage.percent, startedAt: stage.startedAt, since: event.at }
          : stage,
      )
    }
    case 'stage-held':
      return changeStages({ ...state, ask: null }, event.percent, (stage) =>
        stage.status === 'baking' || stage.status === 'held'
          ? {
              status: 'held',
              percent: stage.percent,
              startedAt: stage.startedAt,
              since: stage.since,
              why: event.why,
              heldAt: event.at,
              until: event.until,
            }
          : stage,
      )
    case 'stage-resumed':
      return changeStages({ ...state, ask: null }, event.percent, (stage) =>
        stage.status === 'held'
          ? { status: 'baking', percent: stage.percent, startedAt: stage.startedAt, since: stage.since }
          : stage,
      )
    case 'stage-left':
      return changeStages({ ...state, ask: null }, event.percent, (stage) =>
        stage.status === 'left'
          ? stage
          : {
              status: 'left',
              percent: stage.percent,
              startedAt: stage.startedAt,
              endedAt: event.at,
              verdict: event.verdict,
              why: event.why,
            },
      )
    case 'canary-asked':
      if (event.ask === 'promote' && standsOnFail(state)) return state
      return {
        ...state,
        ask: { ask: event.ask, stage: event.stage, reason: event.reason, by: event.actor.name, at: event.at },
      }
  }
}

/** Whether the last look at an open stage was a fail. */
function standsOnFail(state: LaunchState): boolean {
  return Object.entries(state.stages).some(([step, list]) => {
    const stage = list.at(-1)
    return (
      (stage?.status === 'baking' || stage?.status === 'held') &&
      state.gates[stageKey({ id: step }, stage.percent)]?.verdict === 'fail'
    )
  })
}

/** Changes the newest stage of every canary that stands at this percent (a plan has one canary at a time). */
function changeStages(state: LaunchState, percent: number, change: (stage: Stage) => Stage): LaunchState {
  const stages = Object.fromEntries(
    Object.entries(state.stages).map(([step, list]) => [
      step,
      list.map((stage, index) => (index === list.length - 1 && stage.percent === percent ? change(stage) : stage)),
    ]),
  )
  return { ...state, stages }
}
