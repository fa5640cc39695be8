import { isoTime, type EpochMs } from './brand.ts'
import { errorCodes, isErrorCode } from './error-codes.ts'
import { flagLost } from './flag-guard.ts'
import { guarded } from './guards.ts'
import type { Move } from './move.ts'
import { endLaunch, overriding } from './overriding.ts'
import { phaseGateMove } from './phase-gate.ts'
import type { Plan, PlannedPhase, PlannedStep } from './plan.ts'
import { mayBeExposed, type LaunchState, type StepState } from './state.ts'
import { releaseId } from './release.ts'
import type { StepKind, World } from './step.ts'
import { changesUsers, type StepKinds } from './touched.ts'

/** How far a command drives the launch. */
export type Goal =
  | { readonly type: 'all' }
  /** Up to and including one step. */
  | {
      readonly type: 'step'
      readonly step: string
      /** Do it once more although it is done. */
      readonly again?: boolean
    }
  /** The steps of one phase that change nothing for users, and its gate. */
  | { readonly type: 'gate'; readonly phase: string }

/** What to do next. Pure and total: the same plan, journal and world give the same move. */
export function decide(plan: Plan, state: LaunchState, goal: Goal, world: World, kinds: StepKinds): Move {
  return (
    overriding(plan, state, world, kinds) ??
    seeing(state, world, walk(plan, state, goal, world, kinds) ?? reached(goal))
  )
}

/** Without sight of the flag nothing is called proven: somebody may have rolled back. */
function seeing(state: LaunchState, world: World, move: Move): Move {
  const proves =
    move.type === 'record' && (move.happening.type === 'stage-left' || move.happening.type === 'launch-ended')
  return proves && mayBeExposed(state) ? (flagLost(state, world) ?? move) : move
}

function reached(goal: Goal): Move {
  return goal.type === 'all'
    ? endLaunch('succeeded', 'every phase of the run sheet is done')
    : { type: 'done', outcome: 'succeeded', why: '' }
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
  return (
    first(before, (phase) => requiredPhase(plan, state, phase, world, kinds, walkStep)) ??
    requiredSteps(state, upTo, goal.step, kinds) ??
    first(upTo, walkStep)
  )
}

/** A phase from its start to the end of its gate. */
function wholePhase(
  plan: Plan,
  state: LaunchState,
  phase: PlannedPhase,
  world: World,
  walkStep: (step: PlannedStep) => Move | null,
): Move | null {
  const progress = state.phases[phase.id]
  if (progress?.status === 'ended' && progress.verdict === 'pass' && !isReopened(state, phase)) return null
  if (!progress)
    return notBegun(state, phase, world) ?? { type: 'record', happening: { type: 'phase-started', phase: phase.id } }
  const move = first(phase.steps, walkStep) ?? phaseGateMove(plan, state, phase, world)
  return move ?? { type: 'record', happening: { type: 'phase-ended', phase: phase.id, verdict: 'pass' } }
}

/** A step of it was begun once more, on its own, and not seen to end: what is there now is not what passed. */
function isReopened(state: LaunchState, phase: PlannedPhase): boolean {
  return phase.steps.some(({ id }) => (state.steps[id]?.status ?? 'done') !== 'done')
}

/** A guided launch begins a phase when its person says so. */
function notBegun(state: LaunchState, phase: PlannedPhase, world: World): Move | null {
  const id = `begin/${phase.id}`
  if (!world.guided || state.answers[id]?.answer === 'yes') return null
  if (world.unanswered.has(id))
    return { type: 'done', outcome: 'held', why: `nobody said that ${phase.title} may begin` }
  return { type: 'ask', question: { type: 'proceed', id, text: `begin ${phase.title}?`, danger: 'phase' } }
}

/** A phase that has to be behind us before production changes: its gate is evaluated when it is missing, its deploys are not done on the side. */
function requiredPhase(
  plan: Plan,
  state: LaunchState,
  phase: PlannedPhase,
  world: World,
  kinds: StepKinds,
  walkStep: (step: PlannedStep) => Move | null,
): Move | null {
  return (
    first(phase.steps, (step) => (changesUsers(step, kinds) ? missingStep(state, step) : walkStep(step))) ??
    phaseGateMove(plan, state, phase, world)
  )
}

/** Earlier steps of the same phase that change what users see are commands of their own, too. */
function requiredSteps(state: LaunchState, steps: readonly PlannedStep[], goal: string, kinds: StepKinds): Move | null {
  return first(steps, (step) =>
    step.id !== goal && step.environment === 'production' && changesUsers(step, kinds)
      ? missingStep(state, step)
      : null,
  )
}

function missingStep(state: LaunchState, step: PlannedStep): Move | null {
  if (isDone(state, step)) return null
  return {
    type: 'done',
    outcome: 'refused',
    why: `${step.id} has not been done for this artifact: launch ${step.kind}${step.environment === 'production' ? '' : ` --env ${step.environment}`}`,
  }
}

function stepMove(
  plan: Plan,
  state: LaunchState,
  step: PlannedStep,
  again: boolean,
  world: World,
  kinds: StepKinds,
): Move | null {
  const kind = kinds(step.kind)
  if (kind.next) {
    const move = kind.next(step, plan, state, world)
    return move && guarded(plan, state, step, move, world)
  }
  if (isDone(state, step) && (!again || world.tried.has(step.id))) return null
  if (again && !world.tried.has(step.id) && mayBeExposed(state)) return inUse(state)
  const progress = state.steps[step.id]
  if (progress?.status === 'failed' && world.tried.has(step.id)) return afterFailure(state, step, progress, kind)
  if (mustBeResolved(progress, kind, plan) && !again) return interrupted(step, progress)
  const effect: Move = { type: 'effect', effect: { type: 'run-step', step } }
  return changesUsers(step, kinds) ? guarded(plan, state, step, effect, world) : effect
}

/** A step that broke what users see is undone; one that failed before that stops the launch where it is. */
function afterFailure(
  state: LaunchState,
  step: PlannedStep,
  failed: { readonly code: string; readonly message: string },
  kind: StepKind,
): Move {
  const code = isErrorCode(failed.code) ? failed.code : null
  // What was named in the run sheet and is not there stops a launch; it does not make it a usage error.
  const known = code === null ? 'bug' : errorCodes[code].outcome
  const outcome = known === 'invalid' ? 'refused' : known
  const reason = `${kind.title(step.spec, step.environment)} failed: ${failed.message}`
  if (outcome === 'failed' && step.environment === 'production') {
    return { type: 'effect', effect: { type: 'roll-back', kind: 'full', reason, trigger: 'step' } }
  }
  const ends = outcome === 'failed' ? 'refused' : outcome
  // Exits 3 and 6 say that users saw no change: not true any more once they get the new version.
  const changed = mayBeExposed(state) && (ends === 'refused' || ends === 'unavailable')
  if (changed) return { type: 'done', outcome: 'held', why: reason }
  return { type: 'done', outcome: ends, why: reason, ...(code === null ? {} : { code }) }
}

/** Begun and not seen to end, not said to have ended, and a repeat may do harm. */
export function mustBeResolved(
  progress: StepState | undefined,
  kind: StepKind,
  plan: Plan,
): progress is Extract<StepState, { status: 'intended' }> {
  return progress?.status === 'intended' && progress.resolved === undefined && !kind.repeatable(plan)
}

/** A person has to look what it did before anything goes on. */
function interrupted(step: PlannedStep, begun: { readonly at: EpochMs }): Move {
  const why = `${step.id} was begun at ${isoTime(begun.at)} and nobody knows whether it ended, and the run sheet says that it must not run twice`
  return {
    type: 'done',
    outcome: 'held',
    why: `${why}: look what it did, then say so with launch resolve ${step.id} --did-run or --did-not-run`,
  }
}

/** Users get what was built: its canary would go on as if it were about what is built now. */
function inUse(state: LaunchState): Move {
  const release = state.artifact ? releaseId(state.artifact.hash) : 'a release'
  const at = state.flag ? ` (flag at ${state.flag.percent} %)` : ''
  return {
    type: 'done',
    outcome: 'refused',
    why: `production users get ${release} of this launch${at}: another build would be judged in its place; finish or roll back this launch first`,
  }
}

/** Done for the artifact of now: a step that ran for another one has to run again. */
function isDone(state: LaunchState, step: PlannedStep): boolean {
  const progress = state.steps[step.id]
  return progress?.status === 'done' && progress.artifact === (state.artifact?.hash ?? null)
}

function first<T>(items: readonly T[], move: (item: T) => Move | null): Move | null {
  for (const item of items) {
    const found = move(item)
    if (found) return found
  }
  return null
}
