import type { Plan, PlannedPhase, PlannedStep } from '../core/plan.ts'
import type { LaunchState, Stage } from '../core/state.ts'
import { plannedStages } from '../core/unattended.ts'
import type { LivePhase, LiveStep } from '../ui/live/model.ts'
import type { Words } from '../ui/words.ts'

/** The phases of a plan and how far each has come. */
export function phasesOf(plan: Plan, state: LaunchState, words: Words): readonly LivePhase[] {
  return plan.phases.map((phase): LivePhase => {
    const { id, title, at: planned } = phase
    const progress = state.phases[id]
    const steps = phase.steps.map((step) => stepOf(step, state, words))
    const base = { id, title, planned, steps, info: gateInfo(phase, state) }
    if (!progress) return { ...base, status: 'waiting', startedAt: null, endedAt: null }
    const { startedAt } = progress
    if (progress.status === 'ended') return { ...base, status: progress.verdict, startedAt, endedAt: progress.endedAt }
    // A launch that ended inside a phase left it there.
    const { ended } = state
    if (ended) return { ...base, status: ended.outcome === 'held' ? 'held' : 'fail', startedAt, endedAt: ended.at }
    return { ...base, status: isHeld(steps) ? 'held' : 'running', startedAt, endedAt: null }
  })
}

function isHeld(steps: readonly LiveStep[]): boolean {
  return steps.some(({ status }) => status === 'held')
}

function gateInfo({ gate }: PlannedPhase, state: LaunchState): string {
  const judged = gate && state.gates[gate.id]
  if (!judged) return ''
  const passed = judged.checks.filter(({ judgement }) => judgement.verdict === 'pass').length
  return `gate ${judged.verdict}, ${passed} of ${judged.checks.length} pass`
}

function stepOf(step: PlannedStep, state: LaunchState, words: Words): LiveStep {
  const base = { id: step.id, title: words.step(step.id) }
  const stages = state.stages[step.id] ?? []
  const newest = stages.at(-1)
  const progress = state.steps[step.id]
  if (progress?.status === 'done')
    return { ...base, status: 'done', startedAt: progress.startedAt, endedAt: progress.at, info: progress.summary }
  if (progress?.status === 'failed')
    return { ...base, status: 'failed', startedAt: progress.startedAt, endedAt: progress.at, info: progress.message }
  if (newest) return { ...base, startedAt: stages[0]?.startedAt ?? newest.startedAt, ...canaryProgress(step, newest) }
  if (progress) return { ...base, status: 'running', startedAt: progress.at, endedAt: null, info: '' }
  return { ...base, status: 'waiting', startedAt: null, endedAt: null, info: '' }
}

/** A canary is no step that ends: it is over with its last stage. */
function canaryProgress(step: PlannedStep, newest: Stage): Pick<LiveStep, 'status' | 'endedAt' | 'info'> {
  if (newest.status === 'held') return { status: 'held', endedAt: null, info: newest.why }
  if (newest.status !== 'left') return { status: 'running', endedAt: null, info: `at ${newest.percent}%` }
  const { endedAt, why, percent } = newest
  if (newest.verdict === 'fail') return { status: 'failed', endedAt, info: why }
  const isLast = percent === plannedStages(step).at(-1)
  return { status: isLast ? 'done' : 'running', endedAt: isLast ? endedAt : null, info: `${percent}% left` }
}
