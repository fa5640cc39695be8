import { logGrid, startsAt, EvidenceRows } from '../../src/core/stats/e-process.ts'
import { OddsAlternatives, RateAlternatives } from '../../src/core/stats/likelihood-rows.ts'
import { plan } from './ours.ts'
import { Random } from './random.ts'
import { limits, stages } from './world.ts'

export type Boundary = {
  readonly name: string
  readonly alpha: number
  readonly runs: number
  readonly crossed: number
}

const minutes = 180
const begun = [0, 45, 90, 135]

/**
 * How often evidence ever reaches 1/α in 180 looks when the truth lies exactly on the edge of the hypothesis: an error
 * rate at the limit, and an odds ratio of 1.1. Without tempering, corroboration and margins, which only make it rarer.
 */
export function nullBoundary(runs: number, seed: number): readonly Boundary[] {
  const relative = plan.signals[0]?.relative
  if (!relative) return []
  return [10, 100, 1000].flatMap((rpm) => [
    count(`errors at the limit, ${rpm}/min`, plan.rules.absoluteAlpha, runs, (run) =>
      limitRun(rpm, new Random(seed, 1, rpm, run)),
    ),
    count(`errors at odds 1.1, ${rpm}/min`, relative.alpha, runs, (run) => oddsRun(rpm, new Random(seed, 2, rpm, run))),
  ])

  function oddsRun(rpm: number, random: Random): number {
    const rows = new EvidenceRows(relative?.alternatives.length ?? 0)
    const odds = new OddsAlternatives(relative?.nullOdds ?? [], relative?.alternatives ?? [], 1)
    const row = new Float64Array(odds.width)
    const usual = 0.003
    const own = (1.1 * usual) / (1 - usual + 1.1 * usual)
    return largest(rows, (t) => {
      const a = random.poisson(rpm * shareAt(t))
      const b = random.poisson(rpm * (1 - shareAt(t)))
      odds.row({ n: a, above: [random.binomial(a, own)] }, { n: b, above: [random.binomial(b, usual)] }, row)
      return row
    })
  }

  function limitRun(rpm: number, random: Random): number {
    const rates = new RateAlternatives(limits.errors, logGrid(1.5, 48, 10))
    const rows = new EvidenceRows(rates.width)
    const row = new Float64Array(rates.width)
    return largest(rows, (t) => {
      const n = random.poisson(rpm * shareAt(t))
      rates.row(n, random.binomial(n, limits.errors), row)
      return row
    })
  }
}

function shareAt(minute: number): number {
  const stage = begun.filter((from) => from <= minute).length - 1
  return stages[stage]?.share ?? 1
}

function largest(rows: EvidenceRows, rowOf: (minute: number) => Float64Array): number {
  let most = 0
  for (let t = 0; t < minutes; t++) {
    rows.write(t, rowOf(t))
    rows.sum(t + 1)
    most = Math.max(
      most,
      rows.mixture(
        t + 1,
        startsAt(
          t + 1,
          begun.filter((from) => from <= t),
          stages.length,
        ),
      ).log,
    )
  }
  return most
}

function count(name: string, alpha: number, runs: number, run: (index: number) => number): Boundary {
  let crossed = 0
  for (let index = 0; index < runs; index++) if (run(index) >= Math.log(1 / alpha)) crossed++
  return { name, alpha, runs, crossed }
}
