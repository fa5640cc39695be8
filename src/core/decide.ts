import { errorCodes } from './error-codes.ts'
import { guarded } from './guards.ts'
import type { Move } from './move.ts'
import { phaseGateMove } from './phase-gate.ts'
import type { Plan, PlannedPhase, PlannedStep } from './plan.ts'
import type { LaunchState } from './state.ts'
import type { StepKind, World } from './step.ts'

/** How far a command drives the launch. */
export type Goal =
  | { readonly type: 'all' }
  /** Up to and including one step. */
  | { readonly type: 'step'; readonly step: string; /** Do it once more although it is done. */ readonly again?: boolean }
  /** The steps of one phase that change nothing for users, and its gate. */
  | { readonly type: 'gate'; readonly phase: string }

export type StepKinds = (kind: string) => StepKind

/** What to do next. Pure and total: the same plan, journal and world give the same move. */
export function decide(plan: Plan, state: LaunchState, goal: Goal, world: World, kinds: StepKinds): Move {
  return (
    finished(state) ??
    rollbackUnderWay(state) ??
    latchFound(state, world) ??
    declined(state) ??
    cannotRead(state) ??
    walk(plan, state, goal, world, kinds) ??
    reached(goal)
  )
}

function finished(state: LaunchState): Move | null {
  return state.ended && { type: 'done', outcome: state.ended.outcome, why: state.ended.why }
}

/** A rollback that was begun is finished first, whatever else is going on; one that is finished ends the launch. */
function rollbackUnderWay(state: LaunchState): Move | null {
  if (state.rollingBack) {
    const { kind, reason, trigger } = state.rollingBack
    return { type: 'effect', effect: { type: 'roll-back', kind, reason, trigger } }
  }
  const done = state.rollbacks.at(-1)
  if (done) return end(done.outcome === 'failed' ? 'failed' : 'rolled-back', `rolled back by ${done.by}: ${done.reason}`)
  if (state.found) return end('rolled-back', `rolled back by ${state.found.by} at ${new Date(state.found.at).toISOString()}: ${state.found.reason}`)
  return null
}

/** The flag was read before the journal: a latch that this launch did not write is somebody's rollback, and it wins. */
function latchFound(state: LaunchState, world: World): Move | null {
  if (state.flag === null || world.flag?.status !== 'present') return null
  const { flag } = world.flag
  if (!flag.latched || state.acks.includes(flag.writeId)) return null
  return { type: 'record', happening: { type: 'rollback-found', writeId: flag.writeId, by: flag.updatedBy, since: flag.updatedAt, reason: flag.reason } }
}

function declined(state: LaunchState): Move | null {
  return state.go?.decision === 'no-go' ? end('declined', `no-go by ${state.go.by}${state.go.note ? `: ${state.go.note}` : ''}`) : null
}

function cannotRead(state: LaunchState): Move | null {
  if (state.unknownTypes.length === 0) return null
  return { type: 'done', outcome: 'superseded', why: `the journal has events this version does not know: ${state.unknownTypes.join(', ')}` }
}

function reached(goal: Goal): Move {
  return goal.type === 'all' ? end('succeeded', 'every phase of the run sheet is done') : { type: 'done', outcome: 'succeeded', why: '' }
}

function end(outcome: 'succeeded' | 'rolled-back' | 'failed' | 'declined', why: string): Move {
  return { type: 'record', happening: { type: 'launch-ended', outcome, why } }
}

function walk(plan: Plan, state: LaunchState, goal: Goal, world: World, kinds: StepKinds): Move | null {
  const once = goal.type === 'step' && goal.again === true ? goal.step : null
  const walkStep = (step: PlannedStep) => stepMove(plan, state, step, step.id === once, world, kinds)
  if (goal.type === 'all') return first(plan.phases, (phase) => wholePhase(plan, state, phase, world, walkStep))
  if (goal.type === 'gate') {
    const phase = plan.phases.find(({ id }) => id === goal.phase)
    if (!phase) return null
    const harmless = phase.steps.filter((step) => !changesUsers(step, kinds))
    return first(harmless, walkStep) ?? phaseGateMove(plan, state, phase, world)
  }
  const target = plan.phases.find((phase) => phase.steps.some((step) => step.id === goal.step))
  if (!target) return null
  const upTo = target.steps.slice(0, target.steps.findIndex((step) => step.id === goal.step) + 1)
  const changesProduction = upTo.some((step) => changesUsers(step, kinds) && step.environment === 'production')
  const before = changesProduction ? plan.phases.slice(0, plan.phases.indexOf(target)) : []
  return first(before, (phase) => requiredPhase(plan, state, phase, world, kinds, walkStep)) ?? requiredSteps(state, upTo, goal.step, kinds) ?? first(upTo, walkStep)
}

/** A phase from its start to the end of its gate. */
function wholePhase(plan: Plan, state: LaunchState, phase: PlannedPhase, world: World, walkStep: (step: PlannedStep) => Move | null): Move | null {
  const progress = state.phases[phase.id]
  if (progress?.status === 'ended' && progress.verdict === 'pass') return null
  if (!progress) return { type: 'record', happening: { type: 'phase-started', phase: phase.id } }
  const move = first(phase.steps, walkStep) ?? phaseGateMove(plan, state, phase, world)
  return move ?? { type: 'record', happening: { type: 'phase-ended', phase: phase.id, verdict: 'pass' } }
}

/** A phase that has to be behind us before production changes: its gate is evaluated when it is missing, its deploys are not done on the side. */
function requiredPhase(plan: Plan, state: LaunchState, phase: PlannedPhase, world: World, kinds: StepKinds, walkStep: (step: PlannedStep) => Move | null): Move | null {
  return first(phase.steps, (step) => (changesUsers(step, kinds) ? missingStep(state, step) : walkStep(step))) ?? phaseGateMove(plan, state, phase, world)
}

/** Earlier steps of the same phase that change what users see are commands of their own, too. */
function requiredSteps(state: LaunchState, steps: readonly PlannedStep[], goal: string, kinds: StepKinds): Move | null {
  return first(steps, (step) => (step.id !== goal && step.environment === 'production' && changesUsers(step, kinds) ? missingStep(state, step) : null))
}

function missingStep(state: LaunchState, step: PlannedStep): Move | null {
  if (isDone(state, step)) return null
  return { type: 'done', outcome: 'refused', why: `${step.id} has not been done for this artifact: launch ${step.kind}${step.environment === 'production' ? '' : ` --env ${step.environment}`}` }
}

function stepMove(plan: Plan, state: LaunchState, step: PlannedStep, again: boolean, world: World, kinds: StepKinds): Move | null {
  const kind = kinds(step.kind)
  if (kind.next) {
    const move = kind.next(step, plan, state, world)
    return move && guarded(plan, state, step, move, world)
  }
  if (isDone(state, step) && (!again || world.tried.has(step.id))) return null
  const progress = state.steps[step.id]
  if (progress?.status === 'failed' && world.tried.has(step.id)) return afterFailure(state, step, progress, kind)
  const effect: Move = { type: 'effect', effect: { type: 'run-step', step } }
  return changesUsers(step, kinds) ? guarded(plan, state, step, effect, world) : effect
}

/** A step that broke what users see is undone; one that failed before that stops the launch where it is. */
function afterFailure(state: LaunchState, step: PlannedStep, failed: { readonly code: string; readonly message: string }, kind: StepKind): Move {
  const row = Object.entries(errorCodes).find(([code]) => code === failed.code)?.[1]
  const outcome = row?.outcome ?? 'bug'
  const reason = `${kind.title(step.spec, step.environment)} failed: ${failed.message}`
  if (outcome === 'failed' && step.environment === 'production') {
    return { type: 'effect', effect: { type: 'roll-back', kind: 'full', reason, trigger: 'step' } }
  }
  return { type: 'done', outcome: outcome === 'failed' ? 'refused' : outcome, why: reason }
}

/** Done for the artifact of now: a step that ran for another one has to run again. */
function isDone(state: LaunchState, step: PlannedStep): boolean {
  const progress = state.steps[step.id]
  return progress?.status === 'done' && progress.artifact === (state.artifact?.hash ?? null)
}

function changesUsers(step: PlannedStep, kinds: StepKinds): boolean {
  return kinds(step.kind).changes(step.spec, step.environment) === 'users'
}

function first<T>(items: readonly T[], move: (item: T) => Move | null): Move | null {
  for (const item of items) {
    const found = move(item)
    if (found) return found
  }
  return null
}

