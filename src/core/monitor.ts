import { epochMs } from './brand.ts'
import type { Move } from './move.ts'
import type { PlannedGate, PlannedStep } from './plan.ts'
import { failureReason, unknownReason } from './reason.ts'
import type { LaunchState } from './state.ts'
import type { World } from './step.ts'

/**
 * The next move of a monitor, or null once it has `durationMs` of settled evidence with nothing failing. Checks that need
 * more than the monitor's own time to settle (a steady window, say) may still be unknown: the phase's gate judges them after.
 */
export function nextMonitorMove(
  durationMs: number,
  step: PlannedStep,
  gate: PlannedGate | null,
  state: LaunchState,
  world: World,
): Move | null {
  const progress = state.steps[step.id]
  if (progress?.status === 'done') return null
  if (progress?.status !== 'intended')
    return { type: 'record', happening: { type: 'step-intended', step: step.id, attempt: `${step.id}@${world.now}` } }
  const from = progress.at
  const verdict = gate && state.gates[step.id]
  const looked = world.looks.get(step.id)
  const elapsed = gate ? (verdict?.bakedMs ?? 0) : world.now - from
  const giveUp = world.now - from >= durationMs + (gate?.patienceMs ?? 0)
  // A fail is never the end of a monitor: a process that did not see it looks first.
  if ((elapsed >= durationMs || giveUp) && verdict?.verdict !== 'fail')
    return complete(step, from, world, elapsed, durationMs)
  if (!gate) return { type: 'wait', until: epochMs(from + durationMs), why: 'watching' }
  const due = looked ? epochMs(looked.last + gate.everyMs) : world.now
  if (world.now < due)
    return {
      type: 'wait',
      until: due,
      why: verdict?.verdict === 'unknown' ? unknownReason(verdict.checks) : 'watching',
    }
  return {
    type: 'look',
    look: { gate, key: step.id, phase: step.phase, window: { from, to: world.now }, stage: null, watch: true },
  }
}

/** Why a monitor saw a breach, or null. */
export function monitorBreach(step: PlannedStep, state: LaunchState): string | null {
  const verdict = state.gates[step.id]
  return verdict?.verdict === 'fail' ? failureReason(verdict.checks, null) : null
}

function complete(step: PlannedStep, from: number, world: World, elapsedMs: number, durationMs: number): Move {
  const minutes = Math.round(elapsedMs / 6000) / 10
  const summary =
    elapsedMs >= durationMs
      ? `${minutes} minutes of settled evidence, nothing failed`
      : `only ${minutes} minutes of settled evidence came in time`
  const output = { monitored: { from: epochMs(from), to: world.now } }
  return {
    type: 'record',
    happening: {
      type: 'step-done',
      step: step.id,
      attempt: `${step.id}@${from}`,
      summary,
      ms: world.now - from,
      output,
    },
  }
}
