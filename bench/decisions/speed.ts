import { latencySignal, shareSignal, type JudgePlan } from '../../src/core/judge/plan.ts'
import { RolloutJudge } from '../../src/core/judge/rollout-judge.ts'
import { judgeMethod, plan } from './ours.ts'
import { Random } from './random.ts'
import { rollOut, type Method } from './rollout.ts'
import { scenarios } from './scenarios.ts'
import { wired } from './wired.ts'
import { cuts, limits, World } from './world.ts'

export type Speed = {
  readonly checks: number
  readonly minutes: number
  readonly tickMs: number
  readonly firstTickMs: number
  readonly megabytes: number
  readonly rollouts: readonly RolloutCost[]
}
/** Of one whole healthy rollout, traffic included: milliseconds of one core, and megabytes of heap at most. */
export type RolloutCost = {
  readonly method: string
  readonly rpm: number
  readonly ms: number
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
    rollouts: [judgeMethod('launch'), wired].flatMap((method) => [100, 1000].map((rpm) => rolloutCost(method, rpm))),
  }
}

const batches = 5

/** The best of a few batches: what else the machine does costs time, and never gives any. */
function rolloutCost(method: Method, rpm: number): RolloutCost {
  const healthy = scenarios[0]
  if (!healthy) throw new Error('no scenario')
  const runs = 4000 / rpm
  const empty = kept()
  let megabytes = 0
  const costs = Array.from({ length: batches }, (_, batch) => {
    const before = process.cpuUsage()
    for (let run = 0; run < runs; run++) {
      rollOut(method, healthy, rpm, 99, batch * runs + run)
      megabytes = Math.max(megabytes, held() - empty)
    }
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000 / runs
  })
  return { method: method.name, rpm, ms: Math.min(...costs), megabytes }
}

function kept(): number {
  globalThis.gc?.()
  return held()
}

function held(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1e6
}
