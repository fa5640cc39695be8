import { epochMs, type EpochMs } from '../core/brand.ts'
import type { Evidence } from '../core/evidence.ts'
import { markEnvironment } from '../core/judge/environment.ts'
import { SignalMinutes } from '../core/judge/minutes.ts'
import type { MinuteUse, Retold, RetoldMinute, RetoldSignal, RetoldStage } from '../core/judge/retold.ts'
import type { PlannedGate } from '../core/plan.ts'
import type { LeftStage, Rollout } from '../core/rollout.ts'
import { ceilTo } from '../core/settled.ts'
import type { Window } from '../core/verdict.ts'
import { judgeRollout } from './judge-rollout.ts'
import { signalSeen, type SignalSeen } from './rollout-minutes.ts'
import type { RolloutSignal } from './rollout-signals.ts'

type Part = LeftStage & { readonly isLeft: boolean }
type Seen = Extract<SignalSeen, { status: 'seen' }>

/**
 * Judges a rollout again and tells what became of every minute. Pure, from what the journal holds; null where the gate was
 * not judged as a rollout, or nothing could be read.
 */
export function retellRollout(
  gate: PlannedGate,
  evidence: Evidence,
  window: Window,
  rollout: Rollout,
  waived: readonly string[],
): Retold | null {
  const judged = judgeRollout(gate, evidence, window, rollout, waived)
  if (!judged?.decision) return null
  const { decision, saying, signals, said } = judged
  const names = decision.findings.map(({ signal }) => signal)
  const read = signals.filter(({ signal }) => names.includes(signal.id))
  const seen = read.map(({ counts }) => signalSeen(counts, evidence)).filter(isSeen)
  const periodMs = seen[0]?.periodMs ?? 60_000
  const origin = ceilTo(rollout.left[0]?.since ?? window.from, periodMs)
  const current: Part = { percent: rollout.percent, since: window.from, until: window.to, evidence, isLeft: false }
  const parts = [...rollout.left.map((stage) => ({ ...stage, isLeft: true })), current]
  const settled = epochMs(origin + decision.clock.settled * periodMs)
  const told = read.map((signal) => ({
    signal: signal.signal,
    checks: signal.checks,
    stages: parts.map((part) => stageOf(signal, part, settled)),
  }))
  return {
    decision,
    saying,
    origin,
    periodMs,
    lag: Math.ceil(Math.max(0, ...seen.map(({ lagMs }) => lagMs)) / periodMs),
    extend: rollout.extendUpTo,
    signals: withShared(told, origin, periodMs, decision.clock.settled),
    verdicts: Object.fromEntries([...said].map(([id, { verdict }]) => [id, verdict])),
  }
}

function isSeen(seen: SignalSeen): seen is Seen {
  return seen.status === 'seen'
}

/** Every minute of a stage that its evidence knows or should know. */
function stageOf({ counts }: RolloutSignal, part: Part, settled: EpochMs): RetoldStage {
  const seen = signalSeen(counts, part.evidence)
  if (seen.status !== 'seen') return { percent: part.percent, minutes: [] }
  const { periodMs, canary, control, lagMs } = seen
  const from = ceilTo(part.since, periodMs)
  const starts = new Set<number>([...canary.starts(), ...control.starts()])
  for (let start: number = from; start + periodMs <= part.until; start += periodMs) starts.add(start)
  const use = (start: number): MinuteUse => {
    const end = start + periodMs
    if (start < from) return 'before'
    if (end > part.until) return 'open'
    if (part.isLeft && end > part.until - lagMs) return 'unsettled'
    return end > settled ? 'young' : 'counted'
  }
  const minutes = [...starts]
    .toSorted((a, b) => a - b)
    .map((at): RetoldMinute => {
      const start = epochMs(at)
      const own = canary.at(start)
      const other = control.at(start)
      const used = use(at)
      const isEmpty = (own?.n ?? 0) + (other?.n ?? 0) === 0
      return {
        start,
        use: isEmpty && (used === 'counted' || used === 'young') ? 'empty' : used,
        canary: own,
        control: other,
      }
    })
  return { percent: part.percent, minutes }
}

/** Marks the minutes in which the old version itself was outside a limit, as the judge does. */
function withShared(
  signals: readonly RetoldSignal[],
  origin: EpochMs,
  periodMs: number,
  settled: number,
): readonly RetoldSignal[] {
  const mask = new Uint8Array(Math.max(1, settled))
  const at = (start: number) => Math.round((start - origin) / periodMs)
  const columns = signals.map(({ signal, stages }) => {
    const minutes = new SignalMinutes({ ...signal, relative: null }, [])
    for (const { start, use, canary, control } of stages.flatMap((stage) => stage.minutes))
      if (use === 'counted' || use === 'young') minutes.put(at(start), canary, control)
    return minutes
  })
  markEnvironment(columns, mask, 0, settled)
  const marked = (minute: RetoldMinute): RetoldMinute =>
    minute.use === 'counted' && mask[at(minute.start)] ? { ...minute, use: 'shared' } : minute
  return signals.map((signal) => ({
    ...signal,
    stages: signal.stages.map((stage) => ({ ...stage, minutes: stage.minutes.map(marked) })),
  }))
}
