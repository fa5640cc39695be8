import { epochMs, type EpochMs } from './brand.ts'
import type { Move } from './move.ts'
import type { Plan, PlannedGate, PlannedPhase } from './plan.ts'
import { failureReason, unknownReason } from './reason.ts'
import { bindingApprovals, hasChanged, type GateState, type LaunchState } from './state.ts'
import type { World } from './step.ts'

/** How far back a gate looks when nothing of this launch has changed its environment yet. */
const lookbackMs = 15 * 60_000

/** The next move of a phase's gate, or null when it passed for the artifact of now. */
export function phaseGateMove(plan: Plan, state: LaunchState, phase: PlannedPhase, world: World): Move | null {
  const { gate } = phase
  if (!gate) return null
  const verdict = state.gates[gate.id]
  const looked = world.looks.get(gate.id)
  if (verdict && verdict.verdict === 'pass' && stillHolds(state, phase, verdict)) return null
  if (!looked || !verdict) return look(state, phase, gate, world)
  if (verdict.verdict === 'fail') return failed(state, phase, verdict, world)
  return unknownYet(plan, state, phase, gate, verdict, looked, world)
}

/** A pass binds to the artifact it was judged for; one from before there was an artifact is taken over by the first. */
function stillHolds(state: LaunchState, phase: PlannedPhase, verdict: GateState): boolean {
  const newestStep = phase.steps
    .map((step) => state.steps[step.id])
    .reduce((newest, step) => Math.max(newest, step?.at ?? 0), 0)
  return verdict.at >= newestStep && (verdict.artifact === null || verdict.artifact === (state.artifact?.hash ?? null))
}

function look(state: LaunchState, phase: PlannedPhase, gate: PlannedGate, world: World): Move {
  const window = { from: evidenceFrom(state, gate.environment, world.now), to: world.now }
  return { type: 'look', look: { gate, key: gate.id, phase: phase.id, window, stage: null, watch: false } }
}

/** Evidence about a version counts from when that version served: the staging deploy, the last confirmed flag change. */
export function evidenceFrom(state: LaunchState, environment: string, now: EpochMs): EpochMs {
  if (environment === 'production') return state.flag?.confirmedAt ?? epochMs(now - lookbackMs)
  return state.deployments[environment]?.at ?? epochMs(now - lookbackMs)
}

function failed(state: LaunchState, phase: PlannedPhase, verdict: GateState, world: World): Move {
  const reason = `gate ${verdict.gate} failed: ${failureReason(verdict.checks, null)}`
  if (hasChanged(state, 'production') && phase.environment === 'production') {
    if (phase.onFail === 'emergency' || phase.onFail === 'full') {
      return { type: 'effect', effect: { type: 'roll-back', kind: phase.onFail, reason, trigger: 'gate' } }
    }
    if (phase.onFail === 'hold') return { type: 'done', outcome: 'held', why: reason }
  }
  return askAgain(state, verdict, reason, world) ?? { type: 'done', outcome: 'refused', why: reason }
}

/** Before production changes nothing is lost by another look: whoever follows may mend the cause and ask for one. */
function askAgain(state: LaunchState, { gate }: GateState, text: string, world: World): Move | null {
  const id = `again/${gate}`
  if (!world.guided || hasChanged(state, 'production') || world.unanswered.has(id)) return null
  return { type: 'ask', question: { type: 'failed', id, gate, text } }
}

function unknownYet(
  plan: Plan,
  state: LaunchState,
  phase: PlannedPhase,
  gate: PlannedGate,
  verdict: GateState,
  looked: { readonly first: EpochMs; readonly last: EpochMs },
  world: World,
): Move {
  const role = missingSignOff(state, gate, verdict, world)
  if (role !== undefined) {
    const statement = plan.approvals.find((approval) => approval.role === role)?.statement ?? ''
    return { type: 'ask', question: { type: 'approval', id: `approval/${role}`, role, statement } }
  }
  const why = `gate ${gate.id} is not decided: ${unknownReason(verdict.checks)}`
  if (world.now - looked.first >= gate.patienceMs) return { type: 'done', outcome: 'held', why }
  const due = epochMs(looked.last + gate.everyMs)
  return world.now >= due ? look(state, phase, gate, world) : { type: 'wait', until: due, why }
}

/** The next role that an undecided check of the gate waits for, and that nobody was asked for yet. */
function missingSignOff(state: LaunchState, gate: PlannedGate, verdict: GateState, world: World): string | undefined {
  const signed = new Set(bindingApprovals(state).map(({ role }) => role))
  const undecided = new Set(
    verdict.checks.filter(({ judgement }) => judgement.verdict === 'unknown').map(({ id }) => id),
  )
  const roles = gate.checks.flatMap(({ id, signOffs = [] }) => (undecided.has(id) ? signOffs : []))
  return roles.find((role) => !signed.has(role) && !world.unanswered.has(`approval/${role}`))
}
