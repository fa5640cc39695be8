import type { StageClock } from '../../src/core/judge/decision.ts'

/** The clock of a first stage of 10 % that began so many settled minutes ago, ten of which are its soak. */
export function stageClock(minutes: number, more: Partial<StageClock> = {}): StageClock {
  return {
    stage: 0,
    share: 0.1,
    nextShare: 0.3,
    from: 0,
    settled: minutes,
    now: minutes,
    elapsed: minutes,
    calm: minutes,
    soak: 10,
    budget: 30,
    ...more,
  }
}
