import type { Evidence } from '../core/evidence.ts'
import type { Decision } from '../core/judge/decision.ts'
import { rules, type JudgePlan } from '../core/judge/plan.ts'
import type { PlannedGate } from '../core/plan.ts'
import { bakeOf, type Rollout, type RolloutSaying } from '../core/rollout.ts'
import type { Verdict, Window } from '../core/verdict.ts'
import { judgeTold, RolloutMemory, type ReadSignal } from './rollout-memory.ts'
import { signalSeen } from './rollout-minutes.ts'
import type { RolloutSignal } from './rollout-signals.ts'
import { saidOf } from './rollout-words.ts'

export type RolloutJudged = {
  readonly said: ReadonlyMap<string, { readonly verdict: Verdict; readonly why: string }>
  readonly saying: RolloutSaying | null
  /** Every number behind it, with the signals it is about; null when nothing could be read. */
  readonly decision: Decision | null
  readonly signals: readonly RolloutSignal[]
}

/**
 * Judges the stages of a rollout so far as one. Checks it does not speak for (nothing tells the versions apart, waived) are
 * judged by themselves; null when it speaks for none.
 */
export function judgeRollout(
  gate: PlannedGate,
  evidence: Evidence,
  window: Window,
  rollout: Rollout,
  waived: readonly string[],
  memory = new RolloutMemory(),
): RolloutJudged | null {
  const signals = memory.signals(gate, rollout, waived)
  const found = signals.map((signal) => ({ signal, seen: signalSeen(signal.counts, evidence) }))
  const readable = found.filter((one): one is ReadSignal => one.seen.status === 'seen')
  const periodMs = readable[0]?.seen.periodMs ?? 0
  const read = readable.filter(({ seen }) => seen.periodMs === periodMs)
  const lost = found.flatMap(({ signal, seen }) =>
    seen.status === 'missing'
      ? signal.checks.map(({ id }) => [id, { verdict: 'unknown', why: seen.why }] as const)
      : [],
  )
  if (read.length === 0)
    return lost.length === 0 ? null : { said: new Map(lost), saying: null, decision: null, signals }
  const decision = decide(read, window, rollout, periodMs, memory)
  const said = read.flatMap(({ signal }) => saidOf(signal, decision))
  return { said: new Map([...lost, ...said]), saying: sayingOf(decision), decision, signals }
}

function decide(
  read: readonly ReadSignal[],
  window: Window,
  rollout: Rollout,
  periodMs: number,
  memory: RolloutMemory,
): Decision {
  const lagMs = Math.max(...read.map(({ seen }) => seen.lagMs))
  const plan: JudgePlan = {
    stages: rollout.stages.map((percent) => ({
      share: percent / 100,
      soak: Math.ceil(bakeOf(rollout, percent) / periodMs),
    })),
    extend: rollout.extendUpTo,
    onInconclusive: 'promote-unproven',
    lag: Math.ceil(lagMs / periodMs),
    signals: read.map(({ signal }) => signal.signal),
    rules,
  }
  const { judge, now, begun } = judgeTold(read, plan, periodMs, window, rollout, memory)
  return judge.decide(now, begun)
}

/**
 * When its time is up a stage has some minutes more in which evidence may still come; one whose clock stands still because
 * both versions fail is waited for as long again.
 */
function sayingOf({ verdict, budget, because, clock }: Decision): RolloutSaying {
  const waited = clock.now - clock.from
  switch (verdict) {
    case 'pass':
      return 'passed'
    case 'rollback':
      return 'hold'
    case 'budget':
      if (because === 'inside-but-unproven') return 'inconclusive'
      return budget === 'rollback' || clock.elapsed >= clock.budget + rules.grace ? 'hold' : 'go-on'
    case 'freeze':
    case 'no-canary-traffic':
      return waited >= clock.budget ? 'hold' : 'go-on'
    case 'environment-hold':
    case 'extend':
      return waited >= clock.budget + 2 * rules.grace ? 'hold' : 'go-on'
  }
}
