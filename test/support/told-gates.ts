import { needKey, seen, type Evidence, type Finding, type Minute } from '../../src/core/evidence.ts'
import type { PlannedGate } from '../../src/core/plan.ts'
import type { Rollout } from '../../src/core/rollout.ts'
import { judgeGate, needsOfGate, type JudgedGate } from '../../src/gates/judge-gate.ts'
import { at, context, lagMs, scope, series } from './looks.ts'

/** One version's minute: events, how many were bad, the mean of its samples and the shares of them at or above values. */
export type ToldArm = {
  readonly n: number
  readonly bad?: number
  readonly mean?: number
  readonly over?: { readonly [value: number]: number }
}
export type ToldMinute = { readonly canary: ToldArm | null; readonly control: ToldArm | null }

/** A canary's first stage (or the one of `percent`), any gate, told minute by minute; looked at when these are over. */
export function judgeTold(
  gate: PlannedGate,
  minutes: readonly ToldMinute[],
  changes: Partial<Rollout> = {},
): JudgedGate {
  const rollout: Rollout = {
    stages: [10, 50, 100],
    bakeMs: 600_000,
    extendUpTo: 3,
    percent: 10,
    left: [],
    quantiles: {},
    ...changes,
  }
  const where = context(0, {
    now: at(minutes.length),
    window: { from: at(0), to: at(minutes.length) },
    scope: { ...scope, rollout },
  })
  return judgeGate(gate, toldEvidence(gate, minutes, rollout), where)
}

/** The same look where no rollout is judged as one. */
export function judgeToldAlone(gate: PlannedGate, minutes: readonly ToldMinute[]): JudgedGate {
  const where = context(0, { now: at(minutes.length), window: { from: at(0), to: at(minutes.length) } })
  return judgeGate(gate, toldEvidence(gate, minutes, null), where)
}

/** What the needs of a gate are answered with. */
export function toldEvidence(gate: PlannedGate, minutes: readonly ToldMinute[], rollout: Rollout | null): Evidence {
  const needs = needsOfGate(gate, rollout ? { ...scope, rollout } : scope)
  return Object.fromEntries(
    needs.flatMap((need): readonly (readonly [string, Finding])[] => {
      if (need.need === 'window') {
        const values = { canary: 1, control: 1 }
        return [[needKey(need), seen({ window: { from: at(0), to: at(0) }, query: '', values })]]
      }
      if (need.need !== 'series') return []
      const arm = (variant: 'canary' | 'control') =>
        minutes.flatMap((told, index): readonly Minute[] => {
          const own = told[variant]
          return own ? [minuteOf(need.metric, need.cut, own, index)] : []
        })
      return [[needKey(need), seen(series({ canary: arm('canary'), control: arm('control') }, { lagMs }))]]
    }),
  )
}

function minuteOf(metric: string, cut: number | undefined, arm: ToldArm, index: number): Minute {
  const start = at(index)
  if (metric === 'requests') return { start, count: 1, sum: arm.n, over: null }
  if (metric === 'errors') return { start, count: 1, sum: arm.bad ?? 0, over: null }
  const over = cut === undefined ? null : Math.round(arm.n * (arm.over?.[cut] ?? 0))
  return { start, count: arm.n, sum: arm.n * (arm.mean ?? 100), over }
}
