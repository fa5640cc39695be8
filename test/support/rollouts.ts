import { epochMs } from '../../src/core/brand.ts'
import { needKey, seen, type Evidence, type Minute } from '../../src/core/evidence.ts'
import type { Rollout } from '../../src/core/rollout.ts'
import { judgeGate, needsOfGate, type JudgedGate } from '../../src/gates/judge-gate.ts'
import type { RolloutMemory } from '../../src/gates/rollout-memory.ts'
import { at, context, gate, lagMs, planned, scope, series, start } from './looks.ts'

/** A rollout told by rates: requests a minute, shares that are bad, latency's shares above cut points. */
export type Arm = { readonly errors?: number; readonly slow?: number; readonly mean?: number }
export type Told = {
  readonly perMinute: number
  readonly canary: (minute: number) => Arm
  readonly control: (minute: number) => Arm
}

export const healthy: Arm = { errors: 0.003, slow: 0.01, mean: 140 }

export const canaryGate = gate(
  planned({ kind: 'ratio', id: 'errors', bad: 'errors', of: 'requests', below: '1%' }),
  planned({ kind: 'percentile', id: 'p95', metric: 'load', percentile: 95, below: '800ms' }),
  planned({ kind: 'average', id: 'mean', metric: 'load', below: '200ms' }),
)

export const stages = [10, 30, 50, 100] as const
const bakeMinutes = 10

/** The rollout at a minute, its stages begun at the minutes given (the first at 0), each seen up to the next one's beginning. */
export function lookAtMinute(
  told: Told,
  minute: number,
  begun: readonly number[] = [0],
  changes: Partial<Rollout> = {},
  memory?: RolloutMemory,
): JudgedGate {
  const own = begun.at(-1) ?? 0
  const rollout: Rollout = {
    stages,
    bakeMs: bakeMinutes * 60_000,
    extendUpTo: 3,
    percent: stages[begun.length - 1] ?? 100,
    left: begun.slice(0, -1).map((from, index) => ({
      percent: stages[index] ?? 100,
      since: at(from),
      until: at(begun[index + 1] ?? from),
      evidence: told ? evidenceOf(told, from, begun[index + 1] ?? from, begun) : {},
    })),
    quantiles: { load: [90, 171, 304] },
    ...changes,
  }
  const where = context(0, {
    now: at(minute),
    window: { from: at(own), to: at(minute) },
    scope: { ...scope, rollout },
  })
  return judgeGate(canaryGate, evidenceOf(told, own, minute, begun), where, memory)
}

/** What every need of the gate is answered with: minutes from one to another, split by the share of the stage of then. */
export function evidenceOf(told: Told, from: number, to: number, begun: readonly number[]): Evidence {
  const shareAt = (minute: number) => (stages[begun.findLastIndex((first) => first <= minute)] ?? 100) / 100
  const tell = (metric: string, cut: number | undefined, variant: 'canary' | 'control'): readonly Minute[] =>
    Array.from({ length: to - from }, (_, index) => from + index).flatMap((minute): readonly Minute[] => {
      const share = shareAt(minute)
      const n = Math.round(told.perMinute * (variant === 'canary' ? share : 1 - share))
      const arm = told[variant](minute)
      if (n === 0) return []
      const startedAt = epochMs(start + minute * 60_000)
      if (metric === 'requests') return [{ start: startedAt, count: 1, sum: n, over: null }]
      // Spread evenly: the n-th minute has what is due by then and not yet told.
      const due = (rate: number) => Math.floor(n * rate * (minute + 1) + 1e-9) - Math.floor(n * rate * minute + 1e-9)
      if (metric === 'errors') return [{ start: startedAt, count: 1, sum: due(arm.errors ?? 0.003), over: null }]
      const slow = arm.slow ?? 0.01
      const shares: { readonly [at: number]: number } = { 90: 0.5, 171: 0.25, 304: 0.1, 800: slow }
      const mean = arm.mean ?? 140
      const over = Math.min(n, due(Math.max(slow, shares[cut ?? 800] ?? slow)))
      return [{ start: startedAt, count: n, sum: n * mean, over }]
    })
  const rollout: Rollout = {
    stages,
    bakeMs: 0,
    extendUpTo: 3,
    percent: 10,
    left: [],
    quantiles: { load: [90, 171, 304] },
  }
  const needs = needsOfGate(canaryGate, { ...scope, rollout })
  return Object.fromEntries(
    needs.flatMap((need) => {
      if (need.need !== 'series') return []
      const minutes = { canary: tell(need.metric, need.cut, 'canary'), control: tell(need.metric, need.cut, 'control') }
      return [[needKey(need), seen(series(minutes, { lagMs }))]]
    }),
  )
}

export function verdicts(judged: JudgedGate): { readonly [check: string]: string } {
  return Object.fromEntries(judged.checks().map(({ id, judgement }) => [id, judgement.verdict]))
}

export function whyOf(judged: JudgedGate, id: string): string {
  return judged.checks().find((check) => check.id === id)?.judgement.why ?? ''
}
