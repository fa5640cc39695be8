import { epochMs, type EpochMs } from '../core/brand.ts'
import type { Evidence } from '../core/evidence.ts'
import type { Decision } from '../core/judge/decision.ts'
import { rules, type JudgePlan } from '../core/judge/plan.ts'
import { RolloutJudge } from '../core/judge/rollout-judge.ts'
import type { PlannedGate } from '../core/plan.ts'
import type { Rollout, RolloutSaying } from '../core/rollout.ts'
import { ceilTo } from '../core/settled.ts'
import type { Verdict, Window } from '../core/verdict.ts'
import { signalSeen, type SignalSeen } from './rollout-minutes.ts'
import { signalsOf, type RolloutSignal } from './rollout-signals.ts'
import { saidOf } from './rollout-words.ts'

/** What a judge has counted so far, by what it judges: the same answers without it, only later. */
export type RolloutMemory = Map<string, RolloutJudge>

export type RolloutJudged = {
  readonly said: ReadonlyMap<string, { readonly verdict: Verdict; readonly why: string }>
  readonly saying: RolloutSaying | null
  /** Every number behind it, with the signals it is about; null when nothing could be read. */
  readonly decision: Decision | null
  readonly signals: readonly RolloutSignal[]
}

type Seen = Extract<SignalSeen, { status: 'seen' }>
type Read = { readonly signal: RolloutSignal; readonly seen: Seen }

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
  memory: RolloutMemory = new Map(),
): RolloutJudged | null {
  const signals = signalsOf({ ...gate, checks: gate.checks.filter(({ id }) => !waived.includes(id)) }, rollout)
  const found = signals.map((signal) => ({ signal, seen: signalSeen(signal.counts, evidence) }))
  const readable = found.filter((one): one is Read => one.seen.status === 'seen')
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
  read: readonly Read[],
  window: Window,
  rollout: Rollout,
  periodMs: number,
  memory: RolloutMemory,
): Decision {
  const lagMs = Math.max(...read.map(({ seen }) => seen.lagMs))
  const plan: JudgePlan = {
    stages: rollout.stages.map((percent) => ({ share: percent / 100, soak: Math.ceil(rollout.bakeMs / periodMs) })),
    extend: rollout.extendUpTo,
    onInconclusive: 'promote-unproven',
    lag: Math.ceil(lagMs / periodMs),
    signals: read.map(({ signal }) => signal.signal),
    rules,
  }
  const stages = inOrder([...rollout.left.map(({ since }) => since), window.from]).map((since) =>
    ceilTo(since, periodMs),
  )
  const origin = stages[0] ?? ceilTo(window.from, periodMs)
  const at = (instant: number) => Math.floor((instant - origin) / periodMs)
  const judge = judgeFor(plan, origin, memory)
  for (const [index, { signal, seen }] of read.entries()) {
    for (const [stage, { until, evidence }] of rollout.left.entries()) {
      const before = signalSeen(signal.counts, evidence)
      const known = before.status === 'seen' ? before : null
      // What was not settled when a stage was left is not read again: also a judge that saw half of it forgets it.
      const settled = known ? until - known.lagMs : until
      const minutes = { from: stages[stage] ?? origin, until: settled, end: stages[stage + 1] ?? window.from }
      put(judge, index, known, minutes, periodMs, at)
    }
    put(judge, index, seen, { from: ceilTo(window.from, periodMs), until: window.to, end: window.to }, periodMs, at)
  }
  return judge.decide(at(window.to), stages.map(at))
}

/** No stage began after the next one: a stamp that says so comes of a clock that was ahead, or was set back since. */
function inOrder(begun: readonly EpochMs[]): readonly EpochMs[] {
  return begun.map((since, stage) => epochMs(Math.min(since, ...begun.slice(stage + 1))))
}

function judgeFor(plan: JudgePlan, origin: EpochMs, memory: RolloutMemory): RolloutJudge {
  const key = `${origin} ${JSON.stringify(plan)}`
  const known = memory.get(key)
  if (known) return known
  const judge = new RolloutJudge(plan)
  memory.set(key, judge)
  return judge
}

/** Every closed minute before `end`; one that is not known, or not over by `until`, is none. */
function put(
  judge: RolloutJudge,
  signal: number,
  seen: Seen | null,
  { from, until, end }: { readonly from: number; readonly until: number; readonly end: number },
  periodMs: number,
  at: (instant: number) => number,
): void {
  for (let start = epochMs(from); start + periodMs <= end; start = epochMs(start + periodMs)) {
    const known = start + periodMs <= until
    const arm = (minutes: Seen['canary'] | undefined) => (known ? (minutes?.get(start) ?? null) : null)
    judge.put(signal, at(start), arm(seen?.canary), arm(seen?.control))
  }
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
