import { exposedPercent, type Audience } from './audience.ts'
import type { EpochMs } from './brand.ts'
import type { Evidence } from './evidence.ts'
import { stageKey } from './gate-keys.ts'
import type { LaunchState } from './state.ts'

/** How a staged rollout is meant to go, for a judge that sees all its stages as one. Percents of users, milliseconds. */
export type RolloutRules = {
  readonly stages: readonly number[]
  readonly bakeMs: number
  /** Of the last stage, where it bakes for another time. */
  readonly lastBakeMs?: number
  /** A stage may last this many times its bake. */
  readonly extendUpTo: number
}

/** How long the stage at this percent bakes. */
export function bakeOf(rules: Pick<RolloutRules, 'stages' | 'bakeMs' | 'lastBakeMs'>, percent: number): number {
  const { stages, bakeMs, lastBakeMs = bakeMs } = rules
  return percent === stages.at(-1) ? lastBakeMs : bakeMs
}

/** A stage that was left: from when its evidence counts, and what its last look saw. */
export type LeftStage = {
  readonly percent: number
  readonly since: EpochMs
  readonly until: EpochMs
  readonly evidence: Evidence
}

/** A rollout as one of its looks finds it; the stage that is looked at is the one after those left. */
export type Rollout = RolloutRules & {
  readonly percent: number
  readonly left: readonly LeftStage[]
  /** Median, p75 and p90 of metrics in the time before the launch, where they are known: cut points worth counting above. */
  readonly quantiles: { readonly [metric: string]: readonly number[] }
}

/**
 * What a rollout judged as one makes of a stage. `inconclusive`: its time is up with every value inside its limit, and the
 * run sheet says what follows; `hold`: its time is up and something speaks against going on.
 */
export type RolloutSaying = 'passed' | 'go-on' | 'inconclusive' | 'hold'

/** The rollout of a step as the journal tells it, when its stage `percent` is looked at, in percents as of `asExposed`. */
export function rolloutOf(
  rules: RolloutRules,
  step: { readonly id: string },
  percent: number,
  state: LaunchState,
  audience?: Audience,
): Rollout {
  const exposed = (share: number) => exposedPercent(share, audience)
  const before = rules.stages.slice(0, Math.max(0, rules.stages.indexOf(percent)))
  const left = before.flatMap((share): readonly LeftStage[] => {
    const gate = state.gates[stageKey(step, share)]
    if (!gate?.evidence) return []
    return [{ percent: exposed(share), since: gate.window.from, until: gate.window.to, evidence: gate.evidence }]
  })
  const known = Object.entries(state.baseline?.metrics ?? {})
  const quantiles = Object.fromEntries(known.flatMap(([id, { quantiles: q }]) => (q ? [[id, q] as const] : [])))
  return { ...asExposed(rules, audience), percent: exposed(percent), left, quantiles }
}

/** The same in percents of users who really get the new version: who is held back at 100 % is a control to compare with. */
export function asExposed(rules: RolloutRules, audience: Audience | undefined): RolloutRules {
  return { ...rules, stages: rules.stages.map((percent) => exposedPercent(percent, audience)) }
}
