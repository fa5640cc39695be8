import type { EpochMs } from '../core/brand.ts'
import type { Plan } from '../core/plan.ts'
import type { GateState, LaunchState, Stage } from '../core/state.ts'
import { clockTime, elapsed, measure } from './format.ts'
import { verdictCounts } from './gate-lines.ts'
import { nextActions } from './next-action.ts'
import { safeText, table } from './text.ts'
import type { IconName, Theme } from './theme.ts'

export type CanaryView = {
  readonly plan: Plan
  readonly state: LaunchState
  /** Id of the canary step, and the percents it is planned to go through. */
  readonly step: string
  readonly planned: readonly number[]
  readonly now: EpochMs
}

const icons = {
  shifting: 'running',
  set: 'running',
  baking: 'running',
  held: 'held',
  pass: 'pass',
  unproven: 'unknown',
  fail: 'fail',
} as const satisfies Record<string, IconName>

/** The text of `launch canary status`: a row per stage, the latest numbers of the one under way, what acts next. */
export function canaryStatusLines(view: CanaryView, theme: Theme): readonly string[] {
  const { plan, state, step, planned, now } = view
  const stages = state.stages[step] ?? []
  const head = ['STAGE', 'STATE', 'SINCE', 'FOR', 'CHECKS'].map((cell) => theme.paint.dim(cell))
  const begun = new Set(stages.map(({ percent }) => percent))
  const rows = [
    ...stages.map((stage) => stageRow(stage, gateOf(state, step, stage.percent), now, theme)),
    ...planned
      .filter((percent) => !begun.has(percent))
      .map((percent) => [`${percent}%`, `${theme.icons.waiting} waiting`]),
  ]
  const newest = stages.at(-1)
  const gate = newest && gateOf(state, step, newest.percent)
  const next = nextActions(plan, state, now).map((line) => ['next', line])
  return [
    ...table([head, ...rows]),
    ...(gate ? ['', ...numbers(gate, newest.percent, theme)] : []),
    ...(next.length > 0 ? ['', ...table(next)] : []),
  ]
}

function gateOf(state: LaunchState, step: string, percent: number): GateState | null {
  return state.gates[`${step}@${percent}`] ?? null
}

function stageRow(stage: Stage, gate: GateState | null, now: EpochMs, theme: Theme): readonly string[] {
  const word = stage.status === 'left' ? stage.verdict : stage.status
  return [
    `${stage.percent}%`,
    `${theme.icons[icons[word]]} ${word}`,
    clockTime(stage.startedAt),
    elapsed(stage.startedAt, stage.status === 'left' ? stage.endedAt : now),
    gate ? verdictCounts(gate.checks, theme) : '',
  ]
}

function numbers(gate: GateState, percent: number, theme: Theme): readonly string[] {
  const rows = gate.checks.map(({ title, judgement }) => [
    theme.paint[judgement.verdict](`${theme.icons[judgement.verdict]} ${judgement.verdict}`),
    safeText(title),
    measure(judgement),
    judgement.verdict === 'pass' ? '' : safeText(judgement.why),
  ])
  return [
    `gate ${safeText(gate.gate)} at ${percent}%, looked at ${clockTime(gate.at)}`,
    ...table(rows).map((row) => `  ${row}`),
  ]
}
