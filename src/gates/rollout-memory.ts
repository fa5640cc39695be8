import { epochMs, type EpochMs } from '../core/brand.ts'
import type { JudgePlan } from '../core/judge/plan.ts'
import { RolloutJudge } from '../core/judge/rollout-judge.ts'
import type { PlannedGate } from '../core/plan.ts'
import type { LeftStage, Rollout } from '../core/rollout.ts'
import { ceilTo } from '../core/settled.ts'
import type { Window } from '../core/verdict.ts'
import { signalSeen, type SignalSeen } from './rollout-minutes.ts'
import { bothSignalsOf, ofStage, type BothSignals, type RolloutSignal } from './rollout-signals.ts'

/** What judges of rollouts have been told so far: the same answers without it, only later. */
export class RolloutMemory {
  private made: { readonly gate: PlannedGate; readonly of: string; readonly signals: BothSignals } | null = null
  private readonly judges = new Map<string, Remembered>()

  /** As `signalsOf`; the same objects as long as they are of the same. */
  signals(gate: PlannedGate, rollout: Rollout, waived: readonly string[]): readonly RolloutSignal[] {
    const of = JSON.stringify([rollout.quantiles, waived])
    if (this.made?.gate !== gate || this.made.of !== of)
      this.made = { gate, of, signals: bothSignalsOf(gate, rollout, waived) }
    return ofStage(this.made.signals, rollout)
  }

  /** A judge that goes by this plan, told of the stages that a rollout which began at `origin` has left. */
  judge(plan: JudgePlan, origin: EpochMs): Remembered {
    const { stages, extend, lag, signals } = plan
    const key = `${origin} ${lag} ${extend} ${stages.map(({ share, soak }) => `${share}:${soak}`).join(' ')}`
    const known = this.judges.get(key)
    const before = known?.judge.plan.signals ?? []
    if (known && before.length === signals.length && signals.every((signal, i) => signal === before[i])) return known
    const fresh = { judge: new RolloutJudge(plan), left: new Map<number, ToldStage>() }
    this.judges.set(key, fresh)
    return fresh
  }
}

type Remembered = { readonly judge: RolloutJudge; readonly left: Map<number, ToldStage> }
type ToldStage = { readonly stage: LeftStage; readonly stretch: Stretch }
/** Minutes that begin from `from` on and are over by `end`. */
type Stretch = { readonly from: EpochMs; readonly end: EpochMs }

type Seen = Extract<SignalSeen, { status: 'seen' }>
export type ReadSignal = { readonly signal: RolloutSignal; readonly seen: Seen }

/** A judge that knows every minute of a rollout, and the minutes (of its own counting) at which stages began and the window ends. */
export function judgeTold(
  read: readonly ReadSignal[],
  plan: JudgePlan,
  periodMs: number,
  window: Window,
  rollout: Rollout,
  memory: RolloutMemory,
): { readonly judge: RolloutJudge; readonly now: number; readonly begun: readonly number[] } {
  const stages = inOrder([...rollout.left.map(({ since }) => since), window.from]).map((since) =>
    ceilTo(since, periodMs),
  )
  const origin = stages[0] ?? ceilTo(window.from, periodMs)
  const at = (instant: number) => Math.floor((instant - origin) / periodMs)
  const { judge, left } = memory.judge(plan, origin)
  const tell = (signal: number, seen: Seen | null, { from, end }: Stretch, until: number) => {
    for (let start = from; start + periodMs <= end; start = epochMs(start + periodMs)) {
      const known = start + periodMs <= until ? seen : null
      judge.put(signal, at(start), known?.canary.at(start) ?? null, known?.control.at(start) ?? null)
    }
  }
  for (const [index, stage] of rollout.left.entries()) {
    const stretch = { from: stages[index] ?? origin, end: stages[index + 1] ?? window.from }
    // It does not change any more: told once, it is not read again at every look.
    if (isSame(left.get(index), { stage, stretch })) continue
    for (const [signal, { signal: one }] of read.entries()) {
      const before = signalSeen(one.counts, stage.evidence)
      const known = before.status === 'seen' ? before : null
      // What was not settled when a stage was left is not read again: also a judge that saw half of it forgets it.
      tell(signal, known, stretch, known ? stage.until - known.lagMs : stage.until)
    }
    left.set(index, { stage, stretch })
  }
  const own = { from: ceilTo(window.from, periodMs), end: window.to }
  for (const [signal, { seen }] of read.entries()) tell(signal, seen, own, window.to)
  return { judge, now: at(window.to), begun: stages.map(at) }
}

/** No stage began after the next one: a stamp that says so comes of a clock that was ahead, or was set back since. */
function inOrder(begun: readonly EpochMs[]): readonly EpochMs[] {
  return begun.map((since, stage) => epochMs(Math.min(since, ...begun.slice(stage + 1))))
}

function isSame(known: ToldStage | undefined, { stage, stretch }: ToldStage): boolean {
  return (
    known !== undefined &&
    known.stage.evidence === stage.evidence &&
    known.stage.until === stage.until &&
    known.stretch.from === stretch.from &&
    known.stretch.end === stretch.end
  )
}
