import { epochMs } from './brand.ts'
import type { ForwardEffect } from './flag-guard.ts'
import type { Move } from './move.ts'
import type { Plan, PlannedGate, PlannedStep } from './plan.ts'
import { formatQuantity } from './quantity.ts'
import { beforeGate, beforeKey } from './gate-keys.ts'
import { hasChanged, mayBeExposed, type GateState, type LaunchState } from './state.ts'
import type { World } from './step.ts'
import { plannedStages } from './unattended.ts'

/** How much of the old version's time is looked at before the new one is shown. */
const lookBackMs = 15 * 60_000

/**
 * A gate that the old version already breaks can tell nothing about the new one: its canary's gate is looked at before
 * production changes. Only a fail that is certain stops the launch, before the deploy where there is one; what is not known
 * does not. `isConfirmed`: nobody is asked any more, so what was seen has to be of now.
 */
export function alreadyBreaching(
  plan: Plan,
  state: LaunchState,
  effect: ForwardEffect,
  world: World,
  isConfirmed: boolean,
): Move | null {
  const step = canaryOf(plan, effect)
  if (!step?.gate || mayBeExposed(state)) return null
  const key = beforeKey(step)
  const looked = world.looks.get(key)
  const verdict = state.gates[key]
  if (!looked || !verdict || (isConfirmed && world.now - looked.last >= lookBackMs)) return look(step, step.gate, world)
  if (verdict.verdict !== 'fail') return null
  const why = reasonOf(step.gate, verdict)
  return { type: 'done', outcome: hasChanged(state, 'production') ? 'held' : 'refused', why }
}

/** The canary that shows what this effect brings to production. */
function canaryOf(plan: Plan, effect: ForwardEffect): PlannedStep | null {
  if (effect.type === 'raise-flag') return effect.step
  const steps = plan.phases.flatMap((phase) => phase.steps)
  const from = steps.findIndex(({ id }) => id === effect.step.id)
  return (
    steps.slice(from + 1).find((step) => step.environment === 'production' && plannedStages(step).length > 0) ?? null
  )
}

/** Where the flag was turned off within that time, the minutes before it are no evidence about the old version. */
function look(step: PlannedStep, gate: PlannedGate, world: World): Move {
  const turnedOff = world.flag?.status === 'present' ? world.flag.flag.updatedAt : 0
  const from = epochMs(Math.min(world.now, Math.max(world.now - lookBackMs, turnedOff)))
  const window = { from, to: world.now }
  return { type: 'look', look: { gate, key: beforeKey(step), phase: step.phase, window, stage: null, watch: true } }
}

/** `Error rate < 1%: 3.2%, limit 1%`: what is broken, and what makes the launch go on all the same. */
function reasonOf(gate: PlannedGate, { checks }: GateState): string {
  const failing = checks.filter(({ judgement }) => judgement.verdict === 'fail')
  const broken = failing.map(({ title, judgement: { observed, limit, unit, why } }) => {
    const said = (value: number | string) => (typeof value === 'number' ? formatQuantity(value, unit) : value)
    return observed === null || limit === null
      ? `${title}: ${why}`
      : `${title}: ${said(observed)}, limit ${said(limit)}`
  })
  const waivers = failing.map(({ id }) => `launch waive ${beforeGate(gate.id)}/${id} --reason "…"`)
  return `the old version is outside its limits already (${broken.join('; ')}): nothing could be told about the new one; mend that first, or go on with ${waivers.join(' and ')}`
}
