import type { Random } from './random.ts'
import type { Scenario } from './scenarios.ts'

export const stages = [
  { share: 0.1, soak: 15 },
  { share: 0.3, soak: 15 },
  { share: 0.5, soak: 15 },
  { share: 1, soak: 30 },
] as const
export const limits = { errors: 0.01, slowMs: 800, slow: 0.05, averageMs: 200 } as const
const base = { errors: 0.003, medianMs: 90, sigma: 0.95 } as const
/** Median, p75 and p90 of the version before, and the limit. */
export const cuts = [90, 171, 304, limits.slowMs] as const

export type Arm = {
  n: number
  errors: number
  sum: number
  /** Requests slower than each cut. */
  readonly above: number[]
  /** Every latency, only when asked for. */
  values: number[]
}
export type WorldMinute = { readonly canary: Arm; readonly control: Arm; readonly bad: boolean }

/** The traffic of one rollout, minute by minute. Not production: every figure made with it is synthetic. */
export class World {
  private readonly random: Random
  private readonly scenario: Scenario
  private readonly rpm: number
  private readonly keepValues: boolean
  private drift: number
  private minute = 0

  constructor(random: Random, scenario: Scenario, rpm: number, keepValues: boolean) {
    this.random = random
    this.scenario = scenario
    this.rpm = rpm
    this.keepValues = keepValues
    this.drift = 0.08 * random.normal()
  }

  next(stage: number): WorldMinute {
    const { random, scenario } = this
    const t = this.minute++
    const share = scenario.noCanaryTraffic ? 0 : (stages[stage]?.share ?? 1)
    const all = random.poisson(this.rpm * random.gamma(100))
    const own = random.binomial(all, share)
    const shared = random.gamma(4)
    this.drift = 0.7 * this.drift + Math.sqrt(1 - 0.49) * 0.08 * random.normal()
    const bad =
      stage >= (scenario.fromStage ?? 0) && (scenario.moreErrors !== undefined || scenario.slower !== undefined)
    const blip = scenario.blip !== undefined && t === 7
    const outage = scenario.outage === true && t >= 8 && t <= 17
    const arm = (n: number, isCanary: boolean) => {
      const hit = blip && (isCanary || scenario.blip === 'shared')
      const regression = isCanary && bad ? (scenario.moreErrors ?? 0) : 0
      const usual = base.errors * shared * random.shock(scenario.ownErrors ?? 0.3)
      const rate = hit ? 0.2 : Math.min(0.95, usual + regression + (outage ? 0.03 : 0))
      const factor =
        Math.exp(this.drift + (scenario.ownLatency ?? 0.03) * random.normal()) *
        (isCanary && bad ? (scenario.slower ?? 1) : 1) *
        (hit ? 3 : 1)
      return this.arm(n, rate, base.medianMs * factor)
    }
    return { canary: arm(own, true), control: arm(all - own, false), bad }
  }

  private arm(n: number, rate: number, medianMs: number): Arm {
    const { random } = this
    const above = cuts.map(() => 0)
    const values: number[] = []
    const location = Math.log(medianMs)
    let sum = 0
    for (let k = 0; k < n; k++) {
      const value = Math.exp(location + base.sigma * random.normal())
      sum += value
      for (let cut = 0; cut < cuts.length && value > (cuts[cut] ?? 0); cut++) above[cut] = (above[cut] ?? 0) + 1
      if (this.keepValues) values.push(value)
    }
    return { n, errors: this.errors(n, rate), sum, above, values }
  }

  private errors(n: number, rate: number): number {
    const { clusters } = this.scenario
    if (clusters === undefined) return this.random.binomial(n, rate)
    let errors = 0
    for (let k = this.random.poisson((n * rate) / clusters); k > 0; k--) errors += this.random.geometric(clusters)
    return Math.min(n, errors)
  }
}
