import { logGrid, startsAt } from '../stats/e-process.ts'
import { againstControl, comparedSoFar, incidentMinute } from './against-control.ts'
import { againstLimit, againstMean } from './against-limit.ts'
import type { Decision, Finding, StageClock } from './decision.ts'
import { isBurst, markEnvironment } from './environment.ts'
import { SignalMinutes, type MinuteCounts } from './minutes.ts'
import type { JudgePlan } from './plan.ts'
import { brokenFlag, failsOutright, hasData, isCovered, isStale } from './traffic.ts'
import { verdictOf, type Facts } from './verdict-order.ts'

const limitMultiples = logGrid(1.5, 48, 10)

/**
 * Judges a staged rollout minute by minute. `put` what is known of each minute (again when it changed), `decide` as often as
 * wanted: a call costs what changed, not what came before. Minutes count from the first of the first stage.
 */
export class RolloutJudge {
  readonly plan: JudgePlan
  private readonly signals: readonly SignalMinutes[]
  private mask = new Uint8Array(128)
  /** As the mask, by the limits to roll back by; the same where none is looser than its own limit. */
  private deep: Uint8Array
  private readonly isBanded: boolean
  private bursts = new Uint8Array(128)

  constructor(plan: JudgePlan) {
    this.plan = plan
    this.signals = plan.signals.map((signal) => new SignalMinutes(signal, limitMultiples))
    this.isBanded = plan.signals.some(({ limits }) => limits.some(({ rollback }) => rollback !== undefined))
    this.deep = this.isBanded ? new Uint8Array(128) : this.mask
  }

  /** One minute of the signal at this place in the plan; null where a variant has no data (which is not zero). */
  put(signal: number, minute: number, canary: MinuteCounts | null, control: MinuteCounts | null): void {
    this.signals[signal]?.put(minute, canary, control)
  }

  /**
   * What to do at minute `now` (the first that is not over), with the minutes at which the stages so far began. `trouble`
   * is a reason why the data cannot be trusted now.
   */
  decide(now: number, begun: readonly number[], trouble: string | null = null): Decision {
    const settled = Math.max(0, now - this.plan.lag)
    this.addUp(now, settled)
    const clock = this.clock(now, settled, begun)
    const findings = this.find(now, settled, begun, clock)
    const { verdict, budget, because, signal } = verdictOf(this.facts(clock, findings, trouble))
    return { verdict, budget, because, signal, clock, findings }
  }

  private addUp(now: number, settled: number): void {
    if (now > this.mask.length) {
      this.mask = wider(this.mask, now)
      this.deep = this.isBanded ? wider(this.deep, now) : this.mask
      this.bursts = wider(this.bursts, now)
    }
    const from = Math.min(settled, ...this.signals.map((minutes) => minutes.changedFrom))
    const marked = markEnvironment(this.signals, this.mask, from, settled)
    const deeper = this.isBanded ? markEnvironment(this.signals, this.deep, from, settled, true) : settled
    const changed = Math.min(from, marked, deeper)
    for (const minutes of this.signals) minutes.addUp(now, settled, this.mask, changed, this.deep)
    for (let t = changed; t < settled; t++) this.bursts[t] = this.signals.some((minutes) => isBurst(minutes, t)) ? 1 : 0
  }

  private clock(now: number, settled: number, begun: readonly number[]): StageClock {
    const { stages, extend, lag } = this.plan
    const stage = Math.max(0, begun.length - 1)
    const own = stages[stage] ?? { share: 1, soak: 0 }
    const from = begun[stage] ?? 0
    const [traffic] = this.signals
    let elapsed = 0
    let calm = 0
    for (let t = from; t < settled; t++) {
      // A minute without data is no evidence of calm, and none against it.
      if (traffic && !hasData(traffic, t)) continue
      if (this.mask[t]) calm = 0
      else {
        elapsed++
        calm = this.bursts[t] ? 0 : calm + 1
      }
    }
    return {
      stage,
      share: own.share,
      nextShare: stages[stage + 1]?.share ?? own.share,
      from,
      settled,
      now,
      elapsed,
      calm,
      soak: own.soak,
      budget: Math.max(own.soak, own.soak * extend - lag),
    }
  }

  private find(now: number, settled: number, begun: readonly number[], clock: StageClock): readonly Finding[] {
    const { rules, stages } = this.plan
    const fresh = startsAt(now, begun, stages.length)
    const old = startsAt(settled, begun, stages.length)
    const incident = incidentMinute(this.signals, now, rules)
    return this.signals.map((minutes) => {
      const compared = comparedSoFar(minutes, settled, this.mask)
      return {
        signal: minutes.signal.id,
        relative: againstControl(minutes, now, fresh, rules, incident),
        limits: minutes.signal.limits.flatMap((_, index) => {
          const found = againstLimit(minutes, index, clock, old, rules, this.deep)
          return found ? [found] : []
        }),
        mean: againstMean(minutes, clock, this.mask, rules.absoluteAlpha),
        ...(compared && { compared }),
      }
    })
  }

  private facts(clock: StageClock, findings: readonly Finding[], trouble: string | null): Facts {
    const { now, settled } = clock
    const [traffic] = this.signals
    return {
      plan: this.plan,
      clock,
      findings,
      trouble: trouble !== null,
      stale: !traffic || isStale(traffic, now, this.plan.rules.freezeAfter),
      failing: this.signals.find((minutes) => failsOutright(minutes, now - 1))?.signal.id ?? null,
      environment: settled > 0 && this.mask[settled - 1] === 1,
      flag: traffic ? brokenFlag(traffic, clock) : null,
      covered: traffic !== undefined && isCovered(traffic, clock),
    }
  }
}

function wider(old: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(Math.max(size, old.length * 2))
  next.set(old)
  return next
}
