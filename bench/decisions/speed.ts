import { latencySignal, shareSignal, type JudgePlan } from '../../src/core/judge/plan.ts'
import { RolloutJudge } from '../../src/core/judge/rollout-judge.ts'
import { plan } from './ours.ts'
import { Random } from './random.ts'
import { cuts, limits, World } from './world.ts'

export type Speed = {
  readonly checks: number
  readonly minutes: number
  readonly tickMs: number
  readonly firstTickMs: number
  readonly megabytes: number
}

/** One look at 500 checks that have 180 minutes behind them: first with all of it new, then with one new minute and 15 read again. Milliseconds of computing, so that a busy machine does not count. */
export function measureSpeed(): Speed {
  const checks = 500
  const minutes = 180
  const many: JudgePlan = {
    ...plan,
    signals: Array.from({ length: checks }, (_, k) =>
      k % 2 === 0
        ? shareSignal(`errors ${k}`, limits.errors)
        : latencySignal(`latency ${k}`, cuts.length, { slow: { cut: cuts.length - 1, share: limits.slow } }),
    ),
  }
  const world = new World(new Random(7, 7), { name: 'none', release: 'healthy' }, 100, false)
  const seen = Array.from({ length: minutes + 40 }, (_, t) => world.next(Math.min(3, Math.floor(t / 45))))
  const empty = kept()
  const judge = new RolloutJudge(many)
  const put = (minute: number) => {
    const at = seen[minute]
    if (!at) return
    for (let k = 0; k < checks; k++) {
      const arms = [at.canary, at.control].map((arm) => (k % 2 === 0 ? { n: arm.n, above: [arm.errors], sum: 0 } : arm))
      judge.put(k, minute, arms[0] ?? null, arms[1] ?? null)
    }
  }
  const begun = [0, 45, 90, 135]
  const timed = (work: () => void) => {
    const from = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(from)
    return (user + system) / 1000
  }
  const firstTickMs = timed(() => {
    for (let t = 0; t < minutes; t++) put(t)
    judge.decide(minutes, begun)
  })
  const ticks = Array.from({ length: 40 }, (_, k) =>
    timed(() => {
      for (let t = minutes + k - 15; t <= minutes + k; t++) put(t)
      judge.decide(minutes + k + 1, begun)
    }),
  ).sort((a, b) => a - b)
  return {
    checks,
    minutes,
    firstTickMs,
    tickMs: ticks[20] ?? 0,
    megabytes: kept() - empty,
  }
}

function kept(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1e6
}
