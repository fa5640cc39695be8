import type { Plan, PlannedStep } from '../core/plan.ts'
import { isBeforeLook } from '../core/gate-keys.ts'
import { plannedGates } from '../core/planned-gates.ts'
import { safeText } from './text.ts'
import type { IconName } from './theme.ts'

/** One event in one line, and what is worth a line of its own below it. Safe to print. */
export type EventText = { readonly icon: IconName; readonly text: string; readonly more: readonly string[] }

/** What a step is in words; its kind knows. The registry of step kinds is handed in as a function: views know no kind. */
export type StepWords = {
  /** `deploy to staging` */
  readonly title: string
  readonly changes: 'nothing' | 'users'
  /** Expected duration in ms; null when nobody said. */
  readonly plannedMs: number | null
}
export type DescribeStep = (step: PlannedStep) => StepWords

/** Names of a plan's parts as people read them, made safe to print. */
export type Words = {
  readonly flag: string
  readonly step: (id: string) => string
  readonly phase: (id: string) => string
  /** `gate canary at 10%`, `gate full-rollout during monitor production`, `gate canary by the old version alone` */
  readonly gate: (look: { readonly gate: string; readonly key: string; readonly stage: number | null }) => string
  /** What somebody was asked: `exposure of 10%`, `begin Production preflight`, a check by its title; else its id. */
  readonly question: (id: string) => string
}

export function wordsOf(plan: Plan, describeStep: DescribeStep): Words {
  const steps = new Map(
    plan.phases.flatMap((phase) => phase.steps).map((step) => [step.id, safeText(describeStep(step).title)]),
  )
  const checks = new Map<string, string>(
    plannedGates(plan).flatMap((gate) =>
      gate.checks.map(({ id, title }) => [`${gate.id}/${id}`, safeText(title)] as const),
    ),
  )
  const phases = new Map(plan.phases.map((phase) => [phase.id, safeText(phase.title)]))
  return {
    flag: safeText(plan.flag.key),
    step: (id) => steps.get(id) ?? safeText(id),
    phase: (id) => phases.get(id) ?? safeText(id),
    gate: ({ gate, key, stage }) => {
      const step = steps.get(key)
      if (isBeforeLook({ key, stage })) return `gate ${safeText(gate)} by the old version alone`
      const where = stage !== null ? ` at ${stage}%` : step === undefined ? '' : ` during ${step}`
      return `gate ${safeText(gate)}${where}`
    },
    question: (id) => {
      const [kind = '', ...rest] = id.split('/')
      const named = rest.join('/')
      if (kind === 'begin') return `begin ${phases.get(named) ?? safeText(named)}`
      if (kind === 'again') return `look at gate ${safeText(named)} again`
      const [, step, percent] = /^proceed\/(.+?)(?:@([\d.]+))?$/.exec(id) ?? []
      if (step !== undefined)
        return percent === undefined ? (steps.get(step) ?? safeText(step)) : `exposure of ${percent}%`
      return checks.get(id) ?? safeText(id)
    },
  }
}
