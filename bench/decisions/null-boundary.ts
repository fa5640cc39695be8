import { logGrid, startsAt, EvidenceRows } from '../../src/core/stats/e-process.ts'
import { OddsAlternatives, RateAlternatives } from '../../src/core/stats/likelihood-rows.ts'
import type { RelativeRule } from '../../src/core/judge/plan.ts'
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
 * rate at the limit, and odds at every cut that are still no regression. Without tempering, corroboration and margins,
 * which only make it rarer.
 */
export function nullBoundary(runs: number, seed: number): readonly Boundary[] {
  return [10, 100, 1000].flatMap((rpm) => [
    count(`errors at the limit, ${rpm}/min`, plan.rules.absoluteAlpha, runs, (run) =>
      limitRun(rpm, new Random(seed, 1, rpm, run)),
    ),
    ...plan.signals.flatMap(({ id, relative }, index) =>
      relative
        ? [
            count(`${id} at odds ${relative.nullOdds.join(', ')}, ${rpm}/min`, relative.alpha, runs, (run) =>
              oddsRun(relative, rpm, new Random(seed, 2 + index, rpm, run)),
            ),
          ]
        : [],
    ),
  ])
}

/** Share of the control's events above each cut among those above the cut before: errors have one cut. */
const usual = { errors: [0.003], latency: [0.5, 0.5, 0.4, 0.11] } as const

function oddsRun(relative: RelativeRule, rpm: number, random: Random): number {
  const shares = relative.nullOdds.length === 1 ? usual.errors : usual.latency
  const odds = new OddsAlternatives(relative.nullOdds, relative.alternatives, shares.length)
  const rows = new EvidenceRows(odds.width)
  const row = new Float64Array(odds.width)
  return largest(rows, (t) => {
    const a = random.poisson(rpm * shareAt(t))
    const b = random.poisson(rpm * (1 - shareAt(t)))
    const canary: number[] = []
    const control: number[] = []
    shares.forEach((share, cut) => {
      const factor = relative.nullOdds[cut] ?? 1
      canary.push(random.binomial(canary[cut - 1] ?? a, (factor * share) / (1 - share + factor * share)))
      control.push(random.binomial(control[cut - 1] ?? b, share))
    })
    odds.row({ n: a, above: canary }, { n: b, above: control }, row)
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
