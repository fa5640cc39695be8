import type { CheckSpec } from '../core/check.ts'
import { findingOf, seen, type Evidence } from '../core/evidence.ts'
import type { PlannedCheck, PlannedGate } from '../core/plan.ts'
import type { Rollout } from '../core/rollout.ts'
import type { Judgement, Window } from '../core/verdict.ts'
import { judgeRollout } from './judge-rollout.ts'
import { checkKind } from './registry.ts'
import { signalsOf, type RolloutSignal } from './rollout-signals.ts'

/**
 * The old version by itself, before a canary: as if it were a release that everybody gets at once. At 100 % nothing is
 * compared, and its evidence alone says whether a limit is broken.
 */
const alone: Rollout = { stages: [100], bakeMs: 15 * 60_000, extendUpTo: 1, percent: 100, left: [], quantiles: {} }

/** The checks whose limit the old version breaks for certain: the evidence a rollout would be rolled back by. */
export function brokenBefore(
  gate: PlannedGate,
  evidence: Evidence,
  window: Window,
  waived: readonly string[],
): ReadonlySet<string> {
  const judged = judgeRollout(plainly(gate), asOne(evidence, signalsBefore(gate)), window, alone, waived)
  return new Set([...(judged?.said ?? [])].flatMap(([id, { verdict }]) => (verdict === 'fail' ? [id] : [])))
}

export function signalsBefore(gate: PlannedGate): readonly RolloutSignal[] {
  return signalsOf(plainly(gate), alone)
}

/**
 * A value outside its limit is chance where few came: what bounds a share or a mean fails only by its evidence. What it is
 * outside by stays to be read.
 */
export function certainly(check: PlannedCheck, found: Judgement, broken: ReadonlySet<string>): Judgement {
  if (broken.has(check.id))
    return found.verdict === 'fail'
      ? found
      : { ...found, verdict: 'fail', why: `${found.why}; that its limit is broken is beyond chance` }
  const kind = checkKind(check.kind)
  const isByChance = kind.signal(plain(check.spec)) !== null || kind.uses(check.spec) !== null
  return found.verdict === 'fail' && isByChance
    ? { ...found, verdict: 'unknown', why: `${found.why}: not certain` }
    : found
}

/** Also what the canary will judge by threshold or by its newest minutes: here it is about limits alone. */
function plainly(gate: PlannedGate): PlannedGate {
  return { ...gate, checks: gate.checks.map((check) => ({ ...check, spec: plain(check.spec) })) }
}

function plain(spec: CheckSpec): CheckSpec {
  return Object.assign({}, spec, { judge: undefined, over: undefined })
}

/** The minutes of the version that serves, in the place of those that are judged. */
function asOne(evidence: Evidence, signals: readonly RolloutSignal[]): Evidence {
  const asked = signals.flatMap(({ counts }) => counts.asked)
  return Object.fromEntries(
    asked.flatMap(({ need, key }) => {
      const finding = findingOf(need, evidence, key)
      if (finding?.status !== 'seen') return finding ? [[key, finding] as const] : []
      const { all, control } = finding.value.minutes
      const minutes = { canary: all ?? control ?? [], control: [] }
      return [[key, seen({ ...finding.value, minutes })] as const]
    }),
  )
}
