import { logFisherSums } from './noncentral-hypergeometric.ts'

/**
 * One minute's log likelihood ratios against H₀: rate ≤ p₀, per alternative p_j: bad · ln(p_j/p₀) + (n − bad) ·
 * ln((1 − p_j)/(1 − p₀)). Exact for Bernoulli events.
 */
export class RateAlternatives {
  readonly width: number
  private readonly ofBad: Float64Array
  private readonly ofGood: Float64Array

  constructor(limit: number, multiples: readonly number[]) {
    const rates = multiples.map((multiple) => Math.min(0.95, Math.max(limit, limit * multiple)))
    this.width = rates.length
    this.ofBad = Float64Array.from(rates, (rate) => Math.log(rate / limit))
    this.ofGood = Float64Array.from(rates, (rate) => Math.log((1 - rate) / (1 - limit)))
  }

  row(n: number, bad: number, out: Float64Array): void {
    for (let j = 0; j < this.width; j++) out[j] = bad * (this.ofBad[j] ?? 0) + (n - bad) * (this.ofGood[j] ?? 0)
  }
}

/** One arm's minute: how many events, and how many of them lie above each cut-point, cut-points ascending. */
export type ArmCounts = { readonly n: number; readonly above: ArrayLike<number> }

/**
 * One minute's log likelihood ratios of canary against control, given that minute's totals, against H₀: odds ratio ≤ its
 * ω₀ at every cut-point. Cut-points are nested: among those above cut k − 1 of either arm, how many lie above cut k. Given
 * the margins each is Fisher's non-central hypergeometric law, so the product over the cuts is the exact law of the
 * table, whatever the minute's own rates are. An alternative is one multiple of ω₀ per cut.
 */
export class OddsAlternatives {
  readonly width: number
  private readonly levels: readonly Level[]

  constructor(nullOdds: readonly number[], alternatives: readonly (readonly number[])[], cuts: number) {
    this.width = alternatives.length
    this.levels = Array.from({ length: cuts }, (_, cut) => levelOf(nullOdds[cut] ?? 1, alternatives, cut))
  }

  row(canary: ArmCounts, control: ArmCounts, out: Float64Array): void {
    out.fill(0)
    let a = canary.n
    let b = control.n
    for (let cut = 0; cut < this.levels.length; cut++) {
      const level = this.levels[cut]
      const x = canary.above[cut] ?? 0
      const y = control.above[cut] ?? 0
      // A request count that lags behind its errors must not make the table impossible.
      a = Math.max(a, x)
      b = Math.max(b, y)
      const bad = x + y
      if (level && a > 0 && b > 0 && bad > 0 && bad < a + b) {
        const { odds, logs, alternatives, sums } = level
        logFisherSums(a, b, bad, odds, sums)
        const base = sums[0] ?? 0
        for (let i = 0; i < alternatives.length; i++) {
          const j = alternatives[i] ?? 0
          out[j] = (out[j] ?? 0) + x * (logs[i] ?? 0) - ((sums[i + 1] ?? 0) - base)
        }
      }
      a = x
      b = y
    }
  }
}

type Level = {
  /** Alternatives that differ from the null at this cut, and the logarithm of their multiple. */
  readonly alternatives: Int32Array
  readonly logs: Float64Array
  /** ω₀, then ω₀ times each multiple. */
  readonly odds: Float64Array
  readonly sums: Float64Array
}

function levelOf(nullOdds: number, alternatives: readonly (readonly number[])[], cut: number): Level {
  const moved = alternatives.flatMap((multiples, index) => {
    const multiple = multiples[cut] ?? 1
    return multiple === 1 ? [] : [{ index, multiple }]
  })
  return {
    alternatives: Int32Array.from(moved, ({ index }) => index),
    logs: Float64Array.from(moved, ({ multiple }) => Math.log(multiple)),
    odds: Float64Array.from([nullOdds, ...moved.map(({ multiple }) => nullOdds * multiple)]),
    sums: new Float64Array(moved.length + 1),
  }
}
