import { epochMs, type EpochMs } from '../../src/core/brand.ts'
import type { LaunchFacts, NeedScope } from '../../src/core/check.ts'
import {
  needKey,
  seen,
  type Evidence,
  type Finding,
  type Minute,
  type Need,
  type Series,
  type WindowStat,
} from '../../src/core/evidence.ts'
import type { MetricPlan, PlannedCheck, PlannedGate } from '../../src/core/plan.ts'
import { sha256 } from '../../src/core/hash.ts'
import type { Judgement } from '../../src/core/verdict.ts'
import { judgeGate, type GateContext } from '../../src/gates/judge-gate.ts'
import { Check, checkKind } from '../../src/gates/registry.ts'

/** 2026-12-01T18:00:00Z, on a minute's edge. */
export const start = epochMs(Date.UTC(2026, 11, 1, 18))
export const minuteMs = 60_000
export const lagMs = 2 * minuteMs

/** The instant this many minutes after `start`. */
export function at(minutes: number): EpochMs {
  return epochMs(start + minutes * minuteMs)
}

export function minute(index: number, count: number, sum: number, over: number | null = null): Minute {
  return { start: at(index), count, sum, over }
}

/** Minutes 0, 1, 2 … of a counter that was published once a minute. */
export function counter(...sums: readonly number[]): readonly Minute[] {
  return sums.map((sum, index) => minute(index, 1, sum))
}

export function times<T>(length: number, value: T): readonly T[] {
  return Array.from({ length }, () => value)
}

export function series(minutes: Series['minutes'], options: Partial<Series> = {}): Series {
  return { periodMs: minuteMs, lagMs, query: 'SUM(x)', minutes, alive: null, ...options }
}

/** A metric that tells the versions apart. */
export function metric(id: string, changes: Partial<MetricPlan> = {}): MetricPlan {
  return {
    id,
    namespace: 'Board',
    name: id,
    dimensions: {},
    variant: { dimension: 'Variant', canary: 'v2', control: 'v1' },
    lagMs,
    periodMs: minuteMs,
    sparse: null,
    region: null,
    ...changes,
  }
}

export function windowStat(values: WindowStat['values'], from = 0, to = 10): WindowStat {
  return { window: { from: at(from), to: at(to) }, query: 'p95(x)', values }
}

export const facts: LaunchFacts = {
  commit: '3f2a9c1d00000000000000000000000000000000',
  artifact: sha256('artifact'),
  environment: 'production',
  openedAt: start,
  approvals: [],
  blockers: [],
  baseline: null,
  issues: [],
}

export const scope: NeedScope = {
  environment: { url: 'https://sb.example', health: ['/api/health', '/'], account: '222222222222' },
  phase: 'rollout',
}

/** A check as the run sheet says it, planned. Throws what zod throws when it is not valid. */
export function planned(
  written: { readonly kind: string } & Record<string, unknown>,
  nested: readonly PlannedCheck[] = [],
): PlannedCheck {
  const spec = Check.parse(written)
  return { id: spec.id ?? spec.kind, kind: spec.kind, title: checkKind(spec.kind).title(spec), spec, nested, at: null }
}

export function gate(...checks: readonly PlannedCheck[]): PlannedGate {
  return { id: 'gate', environment: 'production', checks, patienceMs: 0, everyMs: 30_000 }
}

/**
 * What a gate looked at. Settled minutes are 0 … settled − 1 of a window that began at `start`; `subject` is canary.
 */
export function context(settled = 10, changes: Partial<GateContext> = {}): GateContext {
  const now = epochMs(at(settled) + lagMs)
  return { now, window: { from: start, to: now }, subject: 'canary', launch: facts, scope, waivers: {}, ...changes }
}

/** Findings by need: what is not listed was dropped on the way. */
export function evidence(...found: readonly (readonly [Need, unknown])[]): Evidence {
  return Object.fromEntries(found.map(([need, value]) => [needKey(need), isFinding(value) ? value : seen(value)]))
}

/** Judges one check as a gate of its own would. */
export function judge(check: PlannedCheck, found: Evidence, where: GateContext = context()): Judgement {
  const result = judgeGate(gate(check), found, where).checks()[0]
  if (!result) throw new Error('a gate of one check gave no result')
  return result.judgement
}

/** Every metric of a check answered from one table; `window` needs from the other. */
export function metrics(
  check: PlannedCheck,
  bySeries: { readonly [metric: string]: Series | Finding },
  byWindow: { readonly [metric: string]: WindowStat | Finding } = {},
  where: GateContext = context(),
): Evidence {
  const needs = [check, ...check.nested].flatMap((one) =>
    checkKind(one.kind).needs(one.spec, one === check ? where.scope : nestedScope(check, where.scope)),
  )
  const found = needs.flatMap((need): readonly (readonly [Need, unknown])[] => {
    if (need.need === 'series') return bySeries[need.metric] ? [[need, bySeries[need.metric]]] : []
    if (need.need === 'window') return byWindow[need.metric] ? [[need, byWindow[need.metric]]] : []
    return []
  })
  return evidence(...found)
}

function nestedScope(check: PlannedCheck, scope: NeedScope): NeedScope {
  const overMs = checkKind(check.kind).usesOverMs(check.spec)
  return overMs === null ? scope : { ...scope, overMs }
}

function isFinding(value: unknown): value is Finding {
  return (
    typeof value === 'object' &&
    value !== null &&
    'status' in value &&
    (value.status === 'seen' || value.status === 'missing')
  )
}
