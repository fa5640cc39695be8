import type { EpochMs } from '../core/brand.ts'
import type { LaunchFacts, Look, NeedScope } from '../core/check.ts'
import type { CheckResult } from '../core/event.ts'
import { findingOf, missing, needKey, type Evidence, type Need } from '../core/evidence.ts'
import type { PlannedCheck, PlannedGate } from '../core/plan.ts'
import { foldVerdicts, waived, type Judgement, type Verdict, type Window } from '../core/verdict.ts'
import type { RolloutSaying } from '../core/rollout.ts'
import { brokenBefore, certainly, signalsBefore } from './judge-before.ts'
import { judgeRollout, type RolloutJudged } from './judge-rollout.ts'
import { checkKind } from './registry.ts'
import type { RolloutMemory } from './rollout-memory.ts'
import { needsOfSignals, signalsOf } from './rollout-signals.ts'

export type GateContext = {
  readonly now: EpochMs
  readonly window: Window
  readonly subject: Look['subject']
  readonly launch: LaunchFacts
  /** The same that `needsOfGate` was given when the evidence was gathered. */
  readonly scope: NeedScope
  /** Recorded waivers of this gate by check id. */
  readonly waivers: { readonly [checkId: string]: { readonly reason: string; readonly by: string } }
}

export type JudgedGate = {
  readonly verdict: Exclude<Verdict, 'waived'>
  /** Each check with its numbers, judged when somebody asks: a rollout that is simulated asks for none. */
  checks(): readonly CheckResult[]
  /** At a stage of a rollout that is judged as one. */
  readonly saying?: RolloutSaying
}

/**
 * Judges every check of a gate on evidence that was gathered before. Pure: the same arguments give the same verdicts;
 * `memory` only spares counting again what was counted at an earlier look.
 */
export function judgeGate(
  gate: PlannedGate,
  evidence: Evidence,
  context: GateContext,
  memory?: RolloutMemory,
): JudgedGate {
  const rollout = rolloutJudged(gate, evidence, context, memory)
  const { before = false } = context.scope
  const broken = before ? brokenBefore(gate, evidence, context.window, Object.keys(context.waivers)) : null
  const said = broken ? undefined : rollout?.said
  const results = new Map<PlannedCheck, CheckResult>()
  const resultOf = (check: PlannedCheck): CheckResult => {
    const known = results.get(check)
    if (known) return known
    const alone = judgeCheck(check, evidence, context)
    const judgement = broken
      ? certainly(check, alone.judgement, broken)
      : { ...alone.judgement, ...said?.get(check.id) }
    const result = { ...alone, judgement }
    results.set(check, result)
    return result
  }
  const verdicts = gate.checks.map((check) => said?.get(check.id)?.verdict ?? resultOf(check).judgement.verdict)
  return {
    verdict: foldVerdicts(verdicts),
    checks: () => gate.checks.map(resultOf),
    ...(rollout?.saying && { saying: rollout.saying }),
  }
}

/** The stages of a canary judged as one, where its gate has checks for that. */
function rolloutJudged(
  gate: PlannedGate,
  evidence: Evidence,
  { scope, subject, window, waivers }: GateContext,
  memory?: RolloutMemory,
): RolloutJudged | null {
  if (!scope.rollout || subject !== 'canary') return null
  return judgeRollout(gate, evidence, window, scope.rollout, Object.keys(waivers), memory)
}

/** What the checks of a gate want to know, each need once. */
export function needsOfGate(gate: PlannedGate, scope: NeedScope): readonly Need[] {
  const ofRollout = scope.before
    ? needsOfSignals(signalsBefore(gate))
    : scope.rollout
      ? needsOfSignals(signalsOf(gate, scope.rollout))
      : []
  const needs = [...gate.checks.flatMap((check) => needsOfCheck(check, scope)), ...ofRollout]
  return [...new Map(needs.map((need) => [needKey(need), need])).values()]
}

function needsOfCheck(check: PlannedCheck, scope: NeedScope): readonly Need[] {
  const inner = nestedScope(check, scope)
  return [
    ...checkKind(check.kind).needs(check.spec, scope),
    ...check.nested.flatMap((nested) => needsOfCheck(nested, inner)),
  ]
}

function judgeCheck(check: PlannedCheck, evidence: Evidence, context: GateContext): CheckResult {
  const judgement = checkKind(check.kind).judge(check.spec, lookFor(check, evidence, context))
  return { id: check.id, kind: check.kind, title: check.title, judgement: softened(check, judgement, context) }
}

function lookFor(check: PlannedCheck, evidence: Evidence, context: GateContext): Look {
  const { now, window, subject, launch, scope } = context
  const inner = { ...context, scope: nestedScope(check, scope) }
  return {
    now,
    window,
    subject,
    launch,
    scope,
    nested: () => check.nested.map((nested) => judgeCheck(nested, evidence, inner)),
    // A dropped reply must make the check unknown, not crash it.
    see: (need) => findingOf(need, evidence) ?? missing(`no answer came for ${need.need}`),
  }
}

function nestedScope(check: PlannedCheck, scope: NeedScope): NeedScope {
  const overMs = checkKind(check.kind).usesOverMs(check.spec)
  return overMs === null ? scope : { ...scope, overMs }
}

/** Observed checks and recorded waivers are neutral: the numbers stay, the verdict no longer blocks. */
function softened(check: PlannedCheck, judgement: Judgement, { waivers }: GateContext): Judgement {
  const { verdict, why, ...found } = judgement
  const waiver = waivers[check.id]
  if (verdict === 'waived') return judgement
  if (check.spec.observe === true || (check.spec.onFail === 'observe' && verdict === 'fail')) {
    return waived(`observed only: ${verdict}, ${why}`, found)
  }
  return waiver !== undefined && verdict !== 'pass'
    ? waived(`waived by ${waiver.by}: ${waiver.reason} (${verdict}: ${why})`, found)
    : judgement
}
