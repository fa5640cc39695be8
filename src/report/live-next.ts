import { epochMs, type EpochMs } from '../core/brand.ts'
import { failAction } from '../core/canary.ts'
import type { Plan, PlannedStep } from '../core/plan.ts'
import { stageKey } from '../core/gate-keys.ts'
import { bakeOf } from '../core/rollout.ts'
import type { LaunchState, Stage } from '../core/state.ts'
import { plannedStages } from '../core/unattended.ts'
import type { LiveClock, LiveNext } from '../ui/live/model.ts'
import { phaseNow } from '../ui/next-action.ts'
import type { Words } from '../ui/words.ts'

type OpenStage = Exclude<Stage, { status: 'left' }>
type UnderWay = { readonly step: PlannedStep; readonly stage: OpenStage }

/** What is being spent: the bake and how far it may be extended, the time of a hold, a monitor's. */
export function clocksOf(plan: Plan, state: LaunchState): readonly LiveClock[] {
  if (state.ended || state.rollingBack) return []
  const canary = canaryUnderWay(plan, state)
  if (canary) return stageClocks(canary, state)
  const watch = watchUnderWay(plan, state)
  if (!watch) return []
  const doneMs = state.gates[watch.step.id]?.bakedMs ?? 0
  return [{ type: 'watch', since: watch.since, doneMs: watch.step.gate ? doneMs : null, ofMs: watch.ofMs }]
}

function stageClocks({ step, stage }: UnderWay, state: LaunchState): readonly LiveClock[] {
  if (stage.status !== 'baking' && stage.status !== 'held') return []
  const bakeMs = bakeIn(step, stage.percent)
  const extendUpTo = numberIn(step.spec, 'extendUpTo')
  const doneMs = state.gates[stageKey(step, stage.percent)]?.bakedMs ?? 0
  const { since } = stage
  const bake = bakeMs === null ? [] : [{ type: 'bake', since, doneMs, ofMs: bakeMs } as const]
  if (stage.status === 'held')
    return [{ type: 'hold', since: stage.heldAt, doneMs: null, ofMs: stage.until - stage.heldAt }, ...bake]
  const extend =
    bakeMs === null || extendUpTo === null
      ? []
      : [{ type: 'extend', since, doneMs: null, ofMs: bakeMs * extendUpTo } as const]
  return [...bake, ...extend]
}

/** Why a canary does not go on, for whoever is not told by its driver. */
export function holdOf(plan: Plan, state: LaunchState): LiveNext | null {
  const canary = state.ended ? null : canaryUnderWay(plan, state)
  return canary?.stage.status === 'held'
    ? { text: `held at ${canary.stage.percent}%: ${canary.stage.why}`, at: null }
    : null
}

/** What comes next, with its time where the plan and the journal tell one. */
export function nextOf(plan: Plan, state: LaunchState, now: EpochMs, words: Words): readonly LiveNext[] {
  if (state.ended || state.rollingBack || state.id === '') return []
  const canary = canaryUnderWay(plan, state)
  if (canary) return [stageNext(canary, state, now)]
  const following = betweenStages(plan, state)
  if (following !== null) return [{ text: `${following}% of users`, at: null }]
  const watch = watchUnderWay(plan, state)
  if (watch) {
    const baked = state.gates[watch.step.id]
    const left = watch.ofMs - (baked?.bakedMs ?? 0)
    return [
      { text: `${words.step(watch.step.id)} is over`, at: later(epochMs((baked?.at ?? watch.since) + left), now) },
    ]
  }
  return [...stepNext(plan, state, words), ...windowNext(plan, state, now)]
}

function stageNext({ step, stage }: UnderWay, state: LaunchState, now: EpochMs): LiveNext {
  if (stage.status === 'held')
    return { text: 'rolled back unless somebody decides', at: stage.until > now ? stage.until : null }
  const following = plannedStages(step).find((percent) => percent > stage.percent)
  const then = following === undefined ? 'the canary is done' : `${following}% of users`
  if (stage.status !== 'baking') return { text: `${stage.percent}% of users, seen through the CDN`, at: null }
  const gate = state.gates[stageKey(step, stage.percent)]
  const bakeMs = bakeIn(step, stage.percent) ?? 0
  if (step.gate && gate?.verdict === 'fail') {
    const action = failAction(step.gate, gate)
    return { text: `a check fails: ${action === 'hold' ? 'the canary is held' : `${action} rollback`}`, at: null }
  }
  const at = later(epochMs((gate?.at ?? stage.since) + bakeMs - (gate?.bakedMs ?? 0)), now)
  return { text: at === null ? `${then} once every check has passed` : `${then}, at the earliest`, at }
}

/** The window matters to the phase whose next step changes production. */
function windowNext({ window, phases }: Plan, state: LaunchState, now: EpochMs): readonly LiveNext[] {
  if (!window || now >= window.opensAt) return []
  const touched = state.deployments['production'] !== undefined
  const awaited = !touched && phases.some(({ environment }) => environment === 'production')
  return awaited ? [{ text: 'the launch window opens', at: epochMs(window.opensAt) }] : []
}

function stepNext(plan: Plan, state: LaunchState, words: Words): readonly LiveNext[] {
  const at = plan.phases.findIndex(({ id }) => id === phaseNow(state))
  const phase = plan.phases[at]
  if (!phase) {
    const first = plan.phases.find(({ id }) => state.phases[id] === undefined)
    return first ? [{ text: `phase ${words.phase(first.id)}`, at: null }] : []
  }
  const undone = phase.steps.filter((step) => state.steps[step.id]?.status !== 'done' && !state.stages[step.id])
  const step = undone.find(({ id }) => state.steps[id]?.status !== 'intended')
  if (step) return [{ text: words.step(step.id), at: null }]
  if (phase.gate && state.gates[phase.gate.id]?.verdict !== 'pass')
    return [{ text: `gate ${phase.gate.id} of ${phase.gate.checks.length} checks`, at: null }]
  const following = plan.phases[at + 1]
  return [{ text: following ? `phase ${words.phase(following.id)}` : 'the launch is over', at: null }]
}

function later(at: EpochMs, now: EpochMs): EpochMs | null {
  return at > now ? at : null
}

function canaryUnderWay(plan: Plan, state: LaunchState): UnderWay | null {
  for (const step of plan.phases.flatMap(({ steps }) => steps)) {
    const stage = state.stages[step.id]?.at(-1)
    if (stage && stage.status !== 'left') return { step, stage }
  }
  return null
}

/** The percent a canary goes on to from a stage that is left; null where none is between two. */
function betweenStages(plan: Plan, state: LaunchState): number | null {
  for (const step of plan.phases.flatMap(({ steps }) => steps)) {
    const left = state.stages[step.id]?.at(-1)
    const following = left && plannedStages(step).find((percent) => percent > left.percent)
    if (following !== undefined) return following
  }
  return null
}

/** A step that is begun and judges a gate over a time that its kind planned. */
function watchUnderWay(
  plan: Plan,
  state: LaunchState,
): { readonly step: PlannedStep; readonly since: EpochMs; readonly ofMs: number } | null {
  for (const step of plan.phases.flatMap(({ steps }) => steps)) {
    const progress = state.steps[step.id]
    const ofMs = watchMs(step)
    if (progress?.status === 'intended' && ofMs !== null) return { step, since: progress.at, ofMs }
  }
  return null
}

/** `{ monitor: 15m }`: its spec is the duration. */
function watchMs({ gate, spec }: PlannedStep): number | null {
  if (!gate) return null
  return typeof spec === 'number' ? spec : (numberIn(spec, 'for') ?? numberIn(spec, 'duration'))
}

/** What the stage of a canary has to bake. */
function bakeIn(step: PlannedStep, percent: number): number | null {
  const bakeMs = numberIn(step.spec, 'bake')
  const lastBakeMs = numberIn(step.spec, 'lastBake')
  return bakeMs === null
    ? null
    : bakeOf({ stages: plannedStages(step), bakeMs, ...(lastBakeMs !== null && { lastBakeMs }) }, percent)
}

/** A quantity of a step that its own kind parsed; views know no kind. */
function numberIn(spec: unknown, name: string): number | null {
  if (typeof spec !== 'object' || spec === null) return null
  const found = Object.entries(spec).find(([key]) => key === name)?.[1]
  return typeof found === 'number' ? found : null
}
