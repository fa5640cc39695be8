import { alreadyBreaching } from './already-breaching.ts'
import { epochMs, isoTime } from './brand.ts'
import { flagStops, type ForwardEffect } from './flag-guard.ts'
import type { Effect, Move } from './move.ts'
import type { Plan, PlannedStep } from './plan.ts'
import { hasChanged, mayBeExposed, type LaunchState } from './state.ts'
import type { World } from './step.ts'

/**
 * What stands before a change that production users may see: the launch window, the go decision, a baseline to compare
 * with, an old version inside its limits, no latch in the flag, a confirmation. Rollbacks and everything that only looks pass freely.
 */
export function guarded(plan: Plan, state: LaunchState, step: PlannedStep, move: Move, world: World): Move {
  if (move.type !== 'effect' || step.environment !== 'production' || !forward(move.effect)) return move
  const stopped = flagStops(plan, state, move.effect, world)
  if (stopped) return stopped
  if (alreadyIntended(state, move.effect)) return move
  return (
    outsideWindow(plan, state, world) ??
    noDecision(plan, state, world) ??
    noBaseline(state) ??
    alreadyBreaching(plan, state, move.effect, world, isConfirmed(state, move.effect)) ??
    notConfirmed(state, move.effect, world) ??
    move
  )
}

function forward(effect: Effect): effect is ForwardEffect {
  return effect.type === 'run-step' || effect.type === 'raise-flag'
}

/** A change whose intent is journaled passed its guards then: it is finished, not asked again. Only the flag is looked at anew. */
function alreadyIntended(state: LaunchState, effect: ForwardEffect): boolean {
  if (effect.type === 'run-step') return state.steps[effect.step.id]?.status === 'intended'
  return state.stages[effect.step.id]?.at(-1)?.status === 'shifting'
}

function outsideWindow(plan: Plan, state: LaunchState, world: World): Move | null {
  if (state.waivers.some((waiver) => waiver.gate === 'window')) return null
  const freeze = plan.freezes.find(({ fromAt, toAt }) => fromAt <= world.now && world.now < toAt)
  if (freeze) return tooLate(state, world, `production is frozen until ${isoTime(epochMs(freeze.toAt))}: ${freeze.why}`)
  if (!plan.window) return null
  const { opensAt, closesAt } = plan.window
  if (world.now < opensAt)
    return { type: 'wait', until: epochMs(opensAt), why: `the launch window opens at ${isoTime(epochMs(opensAt))}` }
  if (world.now >= closesAt) return tooLate(state, world, `the launch window closed at ${isoTime(epochMs(closesAt))}`)
  return null
}

/** Before production changed nothing is lost; a canary that may go no further is not left half-way with nobody watching. */
function tooLate(state: LaunchState, world: World, why: string): Move {
  if (!mayBeExposed(state))
    return hasChanged(state, 'production') ? { type: 'done', outcome: 'held', why } : refused(why)
  const at = `${why}, the canary is at ${state.flag?.percent ?? 0} %`
  if (world.leaveHeld || world.guided) return { type: 'done', outcome: 'held', why: at }
  return { type: 'effect', effect: { type: 'roll-back', kind: 'emergency', reason: at, trigger: 'window' } }
}

function refused(why: string): Move {
  return { type: 'done', outcome: 'refused', why }
}

function noDecision(plan: Plan, state: LaunchState, world: World): Move | null {
  if (state.go?.decision === 'go') return null
  const question = { type: 'go', id: 'go', text: `go or no-go for ${plan.title}? (${plan.captain})` } as const
  if (!world.unanswered.has(question.id)) return { type: 'ask', question }
  return { type: 'done', outcome: 'held', why: 'the go decision is missing: launch go, or launch no-go' }
}

function noBaseline(state: LaunchState): Move | null {
  return state.baseline ? null : { type: 'effect', effect: { type: 'capture-baseline' } }
}

function proceedId(effect: ForwardEffect): string {
  return effect.type === 'raise-flag' ? `proceed/${effect.step.id}@${effect.percent}` : `proceed/${effect.step.id}`
}

function isConfirmed(state: LaunchState, effect: ForwardEffect): boolean {
  return state.answers[proceedId(effect)]?.answer === 'yes'
}

function notConfirmed(state: LaunchState, effect: ForwardEffect, world: World): Move | null {
  if (isConfirmed(state, effect)) return null
  const id = proceedId(effect)
  const what =
    effect.type === 'raise-flag'
      ? `show the new version to ${effect.percent} % of production users`
      : `${effect.step.kind} to production`
  if (!world.unanswered.has(id))
    return { type: 'ask', question: { type: 'proceed', id, text: `${what}?`, danger: 'production' } }
  return { type: 'done', outcome: 'held', why: `nobody confirmed: ${what}` }
}
