import { epochMs, type EpochMs } from './brand.ts'
import type { Move } from './move.ts'
import { nameOf } from './person.ts'
import type { PlannedGate, PlannedStep } from './plan.ts'
import { failureReason, unknownReason } from './reason.ts'
import { bakeOf } from './rollout.ts'
import type { GateState, LaunchState, Stage } from './state.ts'
import { stageKey } from './gate-keys.ts'
import { stageNow } from './state.ts'
import type { World } from './step.ts'

export type CanaryRules = {
  readonly stages: readonly number[]
  readonly bakeMs: number
  /** Of the last stage, where it bakes for another time. */
  readonly lastBakeMs?: number
  readonly everyMs: number
  readonly extendUpTo: number
  readonly onInconclusive: 'hold' | 'rollback' | 'promote-unproven'
  readonly maxUnattendedMs: number
}

/** The next move of a canary, or null once every stage was left. Pure: time comes in as `world.now`. */
export function nextCanaryMove(
  rules: CanaryRules,
  step: PlannedStep,
  gate: PlannedGate,
  state: LaunchState,
  world: World,
): Move | null {
  const stage = stageNow(state, step.id)
  const aborted = stage && abortAsked(stage, state)
  if (aborted) return aborted
  if (stage === null || stage.status === 'left') {
    const percent = rules.stages[state.stages[step.id]?.length ?? 0]
    const next: Move | null =
      percent === undefined ? null : { type: 'effect', effect: { type: 'raise-flag', step, percent } }
    return (stage && failedSince(step, gate, stage, state)) ?? next
  }
  switch (stage.status) {
    case 'shifting':
      return { type: 'effect', effect: { type: 'raise-flag', step, percent: stage.percent } }
    case 'set':
      return { type: 'effect', effect: { type: 'confirm-flag', step, percent: stage.percent, serial: stage.serial } }
    case 'baking':
    case 'held':
      return judgeStage({ ...rules, bakeMs: bakeOf(rules, stage.percent) }, step, gate, stage, state, world)
  }
}

/** Whoever takes a canary from its users does not mean one stage of it: it may have been left just before they were heard. */
function abortAsked({ percent }: Stage, { ask }: LaunchState): Move | null {
  return ask?.ask === 'abort' ? rollBack('emergency', `aborted at ${percent} % ${saidBy(ask)}`, 'operator') : null
}

/** A stage that passed and failed while the next one waited for a person: users still get it, so the fail counts. */
function failedSince(step: PlannedStep, gate: PlannedGate, stage: Stage, state: LaunchState): Move | null {
  const verdict = state.gates[stageKey(step, stage.percent)]
  if (stage.status !== 'left' || stage.verdict === 'fail' || verdict?.verdict !== 'fail') return null
  const action = failAction(gate, verdict)
  return action === 'hold' ? null : rollBack(action, failureReason(verdict.checks, stage.percent), 'gate')
}

type OpenStage = Extract<Stage, { status: 'baking' | 'held' }>
type HeldStage = Extract<Stage, { status: 'held' }>

function judgeStage(
  rules: CanaryRules,
  step: PlannedStep,
  gate: PlannedGate,
  stage: OpenStage,
  state: LaunchState,
  world: World,
): Move {
  const verdict = state.gates[stageKey(step, stage.percent)] ?? null
  const asked = answerAsk(rules, step, gate, stage, state, verdict, world)
  if (asked) return asked
  const looked = world.looks.get(stageKey(step, stage.percent))
  // A fresh process looks before it acts on what an earlier one saw, except that a recorded fail stands.
  if (verdict?.verdict === 'fail') {
    const move = onFail(rules, step, gate, stage, verdict, world)
    if (move) return move
  }
  if (!looked) return look(step, gate, stage, world)
  const due = epochMs(looked.last + rules.everyMs)
  // One whose verdict the journal did not take, and one that is about to be left while the flag cannot be read (`seeing`).
  if ((verdict === null || world.flag === null) && world.now >= due) return look(step, gate, stage, world)
  if (verdict === null) return { type: 'wait', until: due, why: 'the last look is not in the journal' }
  if (verdict.verdict === 'pass' && verdict.bakedMs >= rules.bakeMs && !pausedByPerson(stage)) {
    return {
      type: 'record',
      happening: {
        type: 'stage-left',
        step: step.id,
        percent: stage.percent,
        verdict: 'pass',
        why: 'every check passed for the whole bake',
      },
    }
  }
  // What is known by now goes before what was not known at the last look: it may be a fail. A look that found the time up is the
  // last one all the same: where each takes longer than what is between two of them, one more would be due for ever.
  const isLast = stage.status === 'held' || timeIsUp(rules, stage, verdict, looked.last)
  if (world.now >= due && !isLast) return look(step, gate, stage, world)
  const overdue = inconclusive(rules, step, stage, verdict, world)
  if (overdue) return overdue
  if (world.now >= due) return look(step, gate, stage, world)
  return { type: 'wait', until: due, why: waitingFor(rules, verdict) }
}

function look(step: PlannedStep, gate: PlannedGate, stage: OpenStage, world: World): Move {
  const window = { from: stage.since, to: world.now }
  return {
    type: 'look',
    look: { gate, key: stageKey(step, stage.percent), phase: step.phase, window, stage: stage.percent, watch: false },
  }
}

/**
 * Requests from another machine: pause, resume, promote. One that names another stage is stale and does nothing; none puts
 * off the rollback that a fail calls for, which would wait for the request's own place in the journal.
 */
function answerAsk(
  rules: CanaryRules,
  step: PlannedStep,
  gate: PlannedGate,
  stage: OpenStage,
  state: LaunchState,
  verdict: GateState | null,
  world: World,
): Move | null {
  const { ask } = state
  if (!ask || ask.ask === 'abort' || (ask.stage !== null && ask.stage !== stage.percent)) return null
  if (verdict?.verdict === 'fail' && failAction(gate, verdict) !== 'hold') return null
  const at = { step: step.id, percent: stage.percent }
  const said = saidBy(ask)
  switch (ask.ask) {
    case 'pause':
      return {
        type: 'record',
        happening: {
          type: 'stage-held',
          ...at,
          why: `${pausedPrefix} ${said}`,
          until: epochMs(world.now + rules.maxUnattendedMs),
        },
      }
    case 'resume':
      return { type: 'record', happening: { type: 'stage-resumed', ...at, why: `resumed ${said}` } }
    case 'promote':
      // A promotion never goes over a fail; the fail is acted on instead (and `reduce` forgets the request).
      return verdict?.verdict === 'fail'
        ? null
        : { type: 'record', happening: { type: 'stage-left', ...at, verdict: 'unproven', why: `promoted ${said}` } }
  }
}

function saidBy({ by, reason }: NonNullable<LaunchState['ask']>): string {
  return `by ${nameOf(by)}${reason ? `: ${reason}` : ''}`
}

const pausedPrefix = 'paused'

function pausedByPerson(stage: OpenStage): boolean {
  return stage.status === 'held' && stage.why.startsWith(pausedPrefix)
}

function onFail(
  rules: CanaryRules,
  step: PlannedStep,
  gate: PlannedGate,
  stage: OpenStage,
  verdict: GateState,
  world: World,
): Move | null {
  const reason = failureReason(verdict.checks, stage.percent)
  const action = failAction(gate, verdict)
  if (action === 'emergency' || action === 'full') return rollBack(action, reason, 'gate')
  if (stage.status === 'held') return holdOver(stage, verdict, world)
  return hold(rules, step, stage, reason, world)
}

/** What the failing checks ask for, worst first; `hold` becomes an emergency once it persisted long enough. */
export function failAction(gate: PlannedGate, verdict: GateState): 'full' | 'emergency' | 'hold' {
  const failing = verdict.checks.filter((check) => check.judgement.verdict === 'fail').map((check) => check.id)
  const actions = gate.checks
    .filter((check) => failing.includes(check.id))
    .map(({ id, spec: { onFail = 'emergency', persist = Infinity } }) =>
      onFail === 'hold' && (verdict.failing[id] ?? 0) >= persist ? 'emergency' : onFail,
    )
  if (actions.includes('full')) return 'full'
  return actions.includes('emergency') ? 'emergency' : 'hold'
}

/** A stage that is not proven in time: extended up to the budget, then what the sheet says. */
function inconclusive(
  rules: CanaryRules,
  step: PlannedStep,
  stage: OpenStage,
  verdict: GateState,
  world: World,
): Move | null {
  if (stage.status === 'held') return recovered(rules, step, stage, verdict, world) ?? holdOver(stage, verdict, world)
  if (!timeIsUp(rules, stage, verdict, world.now)) return null
  const { saying } = verdict
  const why =
    verdict.verdict === 'unknown'
      ? unknownReason(verdict.checks)
      : `only ${minutes(verdict.bakedMs)} of ${minutes(rules.bakeMs)} settled minutes with data`
  const reason = `not proven at ${stage.percent} % in ${minutes(world.now - stage.since)} minutes: ${why}`
  switch (saying === 'hold' && rules.onInconclusive === 'promote-unproven' ? 'hold' : rules.onInconclusive) {
    case 'hold':
      return hold(rules, step, stage, reason, world)
    case 'rollback':
      return rollBack('emergency', reason, 'inconclusive')
    case 'promote-unproven':
      return {
        type: 'record',
        happening: { type: 'stage-left', step: step.id, percent: stage.percent, verdict: 'unproven', why: reason },
      }
  }
}

/** Judged as one a stage has its own clock, which stands still in an incident that both versions share: its verdict says so. */
function timeIsUp(rules: CanaryRules, { since }: OpenStage, { saying = 'passed' }: GateState, at: EpochMs): boolean {
  return saying === 'passed' ? at - since >= rules.bakeMs * rules.extendUpTo : saying !== 'go-on'
}

/** A hold for lack of evidence ends by itself when the evidence comes; a pause ends only by a person. */
function recovered(
  rules: CanaryRules,
  step: PlannedStep,
  stage: OpenStage,
  verdict: GateState,
  world: World,
): Move | null {
  const inTime = verdict.saying !== undefined || !timeIsUp(rules, stage, verdict, world.now)
  if (pausedByPerson(stage) || verdict.verdict !== 'pass' || !inTime) return null
  return {
    type: 'record',
    happening: { type: 'stage-resumed', step: step.id, percent: stage.percent, why: 'the evidence came' },
  }
}

function hold(rules: CanaryRules, step: PlannedStep, stage: OpenStage, why: string, world: World): Move {
  return {
    type: 'record',
    happening: {
      type: 'stage-held',
      step: step.id,
      percent: stage.percent,
      why,
      until: epochMs(world.now + rules.maxUnattendedMs),
    },
  }
}

/** The time of a hold is up: back to safety, unless a person follows or asked to leave it. Null while there is time left. */
function holdOver(stage: HeldStage, verdict: GateState, world: World): Move | null {
  if (world.guided) return askAboutHold(stage, verdict, world)
  if (world.now < stage.until) return null
  if (world.leaveHeld) return { type: 'done', outcome: 'held', why: `held at ${stage.percent} %: ${stage.why}` }
  return rollBack(
    'emergency',
    `held at ${stage.percent} % for ${minutes(stage.until - stage.heldAt)} minutes and nobody decided: ${stage.why}`,
    'unattended',
  )
}

/** A person who follows decides, and is asked again each time the hold would have been over. */
function askAboutHold(stage: HeldStage, verdict: GateState, world: World): Move | null {
  const round = Math.floor((world.now - stage.heldAt) / Math.max(1, stage.until - stage.heldAt))
  const id = `held/${stage.percent}@${stage.heldAt}/${round}`
  if (world.unanswered.has(id)) return null
  return {
    type: 'ask',
    question: {
      type: 'held',
      id,
      text: `held at ${stage.percent} %: ${stage.why}`,
      promotable: verdict.verdict !== 'fail',
      // Whoever waited the whole time of a hold without evidence waits for nothing.
      recommended: verdict.verdict === 'fail' || round > 0 ? 'rollback' : 'wait',
    },
  }
}

function rollBack(kind: 'emergency' | 'full', reason: string, trigger: string): Move {
  return { type: 'effect', effect: { type: 'roll-back', kind, reason, trigger } }
}

function waitingFor(rules: CanaryRules, verdict: GateState): string {
  if (verdict.verdict === 'unknown') return unknownReason(verdict.checks)
  return `${minutes(verdict.bakedMs)} of ${minutes(rules.bakeMs)} minutes baked`
}

function minutes(ms: number): string {
  return String(Math.round(ms / 6000) / 10)
}
