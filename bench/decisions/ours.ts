import { latencySignal, rules, shareSignal, type JudgePlan } from '../../src/core/judge/plan.ts'
import { RolloutJudge } from '../../src/core/judge/rollout-judge.ts'
import type { Judging, Method } from './rollout.ts'
import type { Seen } from './view.ts'
import { cuts, limits, stages } from './world.ts'

export const plan: JudgePlan = {
  stages,
  extend: 3,
  onInconclusive: 'promote-unproven',
  lag: 3,
  signals: [
    shareSignal('errors', limits.errors),
    latencySignal('latency', cuts.length, {
      slow: { cut: cuts.length - 1, share: limits.slow },
      average: limits.averageMs,
    }),
  ],
  rules,
}

export function judgeMethod(name: string, judged: JudgePlan = plan): Method {
  return { name, needsValues: false, start: () => judging(judged) }
}

function judging(judged: JudgePlan): Judging {
  const judge = new RolloutJudge(judged)
  const errors = (seen: Seen) => ({ n: seen.n, above: [seen.errors], sum: 0 })
  return {
    see: (minute, { canary, control }) => {
      judge.put(0, minute, errors(canary), errors(control))
      judge.put(1, minute, canary, control)
    },
    say: (now, begun) => {
      const { verdict, budget, because, signal, clock } = judge.decide(now, begun)
      const why = `${because}${signal ? ` (${signal})` : ''}`
      const spent = clock.elapsed >= clock.budget + judged.rules.grace
      // A stage whose clock stands still is given up after the same time on the wall.
      const waited = now - clock.from >= clock.budget + 2 * judged.rules.grace
      switch (verdict) {
        case 'rollback':
          return { saying: 'rollback', why }
        case 'pass':
          return { saying: 'next-stage', why }
        case 'budget':
          if (budget === 'rollback') return { saying: 'rollback', why }
          if (budget === 'promote-unproven') return { saying: 'next-stage-unproven', why }
          return { saying: spent ? 'hold' : 'go-on', why }
        case 'freeze':
        case 'environment-hold':
        case 'no-canary-traffic':
        case 'extend':
          return { saying: waited ? 'hold' : 'go-on', why }
      }
    },
  }
}
