import type { Plan } from '../core/plan.ts'
import { plannedGates } from '../core/planned-gates.ts'
import type { GateState, LaunchState } from '../core/state.ts'
import { safeText } from './text.ts'

type MatrixRow = Plan['rollback']['matrix'][number] & {
  /** It is what the run sheet says about a check that fails now. */
  readonly applies: boolean
}

/** The decision matrix, with the rows that the failing checks of a gate are about. */
function matrixRows(plan: Plan, gate: GateState | null): readonly MatrixRow[] {
  const failing = new Set(
    (gate?.checks ?? []).filter(({ judgement }) => judgement.verdict === 'fail').map(({ id }) => id),
  )
  const planned = plannedGates(plan).find(({ id }) => id === gate?.gate)
  // What the matrix says of a check stands in it since the run sheet was compiled; of other checks it says nothing.
  const actions = new Set((planned?.checks ?? []).filter(({ id }) => failing.has(id)).map(({ spec }) => spec.onFail))
  return plan.rollback.matrix.map((row) => ({ ...row, applies: actions.has(row.onFail) }))
}

/** `▸ High: Performance degradation → Emergency rollback (launch rollback emergency)`; what applies stands first. */
export function matrixLines(plan: Plan, gate: GateState | null): readonly string[] {
  return [...matrixRows(plan, gate)].sort((a, b) => Number(b.applies) - Number(a.applies)).map(rowLine)
}

/** The rows alone that are about what fails. */
export function applyingLines(plan: Plan, gate: GateState | null): readonly string[] {
  return matrixRows(plan, gate)
    .filter(({ applies }) => applies)
    .map(rowLine)
}

function rowLine({ issue, severity, action, command, applies }: MatrixRow): string {
  const said = `${safeText(severity)}: ${safeText(issue)} → ${safeText(action)} (${safeText(command)})`
  return `${applies ? '▸' : ' '} ${said}`
}

/** What of a gate still stands open besides sign-offs, which are told by who gave them. */
export function withoutSignOffs(plan: Plan, gate: GateState): GateState {
  const planned = plan.phases.find((phase) => phase.gate?.id === gate.gate)?.gate
  const signOffs = new Set((planned?.checks ?? []).flatMap(({ id, signOffs }) => (signOffs ? [id] : [])))
  return { ...gate, checks: gate.checks.filter(({ id }) => !signOffs.has(id)) }
}

/** The gate that was looked at last; null before any. */
export function newestGate(state: LaunchState): GateState | null {
  return Object.values(state.gates).reduce<GateState | null>(
    (newest, gate) => (newest && newest.at > gate.at ? newest : gate),
    null,
  )
}

/** The gate that fails, where one does: what a launch that stopped is about. */
export function failingGate(state: LaunchState): GateState | null {
  return Object.values(state.gates).findLast(({ verdict }) => verdict === 'fail') ?? null
}

/** `canary at 10%` */
export function gateName({ gate, stage }: GateState): string {
  return `${safeText(gate)}${stage === null ? '' : ` at ${stage}%`}`
}
