import { OddsAlternatives } from '../stats/likelihood-rows.ts'
import { normalTail } from '../stats/special.ts'
import type { StagePlan } from './planning.ts'
import { rules, type Margin, type Rules, type Signal } from './plan.ts'

/** What is usual for a signal: events a minute of all users, the share above each cut, and the mean where there is one. */
export type Usual = {
  readonly perMinute: number
  readonly above: readonly number[]
  readonly mean: number | null
}

/** A regression to plan with: what the new version would have instead. */
export type Regressed = Pick<Usual, 'above' | 'mean'>

/** Failures on top of the usual share: `points` 0.02 is two more in a hundred. */
export function moreFailures(usual: Usual, points: number): Regressed {
  return { above: usual.above.map((share) => Math.min(0.95, share + points)), mean: usual.mean }
}

/**
 * Everything slower by a factor. The tail above each cut moves as that of a lognormal law does: by ln(factor) / sigma on the
 * scale of the normal quantile. `sigma` is ln(p90 / p50) / 1.2816 of the metric.
 */
export function slower(usual: Usual, factor: number, sigma: number): Regressed {
  const shift = Math.log(factor) / sigma
  return {
    above: usual.above.map((share) => normalTail(normalQuantile(share) - shift)),
    mean: usual.mean === null ? null : usual.mean * factor,
  }
}

/** Events of the new version until a regression is acted on; null: it is not, because the difference is below every margin. */
export type Detection = { readonly requests: number; readonly minutes: number } | null

/**
 * How long the comparison takes at one share: requests ≈ (ln 1/α + 2) / growth, growth being the evidence that one request
 * of the new version adds on average (KL); the 2 is what mixing over alternatives and starts
 * costs. Not before the fewest bad events a margin asks for; one minute more than they take to come, because the loudest minute
 * alone convinces nobody. Dispersion beyond independent events is not in it and makes it longer.
 */
export function detection(signal: Signal, usual: Usual, regressed: Regressed, share: number): Detection {
  const rule = signal.relative
  if (!rule || share >= 1) return null
  const fewest = rule.margins
    .filter((margin) => matters(margin, usual, regressed))
    .map((margin) => fewestOf(margin, regressed))
  if (fewest.length === 0) return null
  const growth = growthPerRequest(signal, usual, regressed, share)
  if (growth <= 0) return null
  const requests = Math.max((Math.log(1 / rule.alpha) + mixingCost) / growth, Math.min(...fewest))
  return { requests: Math.ceil(requests), minutes: Math.ceil(requests / (usual.perMinute * share)) + loudestMinute }
}

/** The same by a limit alone, where no old version is left to compare with: KL is that of the new rate to the limit; `lag` minutes settle first. */
export function detectionByLimit(
  signal: Signal,
  usual: Usual,
  regressed: Regressed,
  lag: number,
  { absoluteAlpha, fewest }: Rules = rules,
): Detection {
  const needed = signal.limits.flatMap(({ cut, share }) => {
    const rate = regressed.above[cut] ?? 0
    if (rate <= share) return []
    const divergence = rate * Math.log(rate / share) + (1 - rate) * Math.log((1 - rate) / (1 - share))
    return [Math.max((Math.log(1 / absoluteAlpha) + mixingCost) / divergence, fewest / rate)]
  })
  if (needed.length === 0) return null
  const requests = Math.min(...needed)
  return { requests: Math.ceil(requests), minutes: Math.ceil(requests / usual.perMinute) + loudestMinute + lag }
}

const mixingCost = 2
/** The minute that speaks loudest counts as the second loudest does: one more is needed. */
const loudestMinute = 1

/**
 * Minutes from the first exposure until a regression that is there from the beginning is acted on, stages lasting as they
 * would for a healthy release; null when it is promoted, or held, before there is evidence enough. Within a quarter of the
 * median of simulated rollouts (test/core/judge/detection.test.ts) where most of them are rolled back. Where it is null some
 * still are, by chance: in docs/decisions-benchmark.md a third of +0.5 points at 100 requests a minute, a quarter of +2 at 10.
 */
export function caughtAfter(
  stages: readonly StagePlan[],
  signal: Signal,
  usual: Usual,
  regressed: Regressed,
  lag: number,
): number | null {
  let had = 0
  let minutes = 0
  for (const stage of stages) {
    const { share } = stage
    const isLast = share >= 1
    const found = isLast ? detectionByLimit(signal, usual, regressed, lag) : detection(signal, usual, regressed, share)
    // What was found against the old version says nothing about a limit: at 100 % that evidence begins anew.
    if (isLast) had = 0
    const alone = found === null ? Infinity : found.requests / (usual.perMinute * share)
    const needed = (1 - had) * alone + loudestMinute + (isLast ? lag : 0)
    if (needed <= stage.minutes) return Math.ceil(minutes + needed)
    had += stage.minutes / alone
    minutes += stage.minutes
  }
  return null
}

/** Enough for shares of a thousandth to be whole events, and for conditioning on few events not to matter. */
const block = 200_000

/** Evidence (ln) that one event of the new version adds on average under the truth: KL of the split between the versions. */
function growthPerRequest({ relative, cuts }: Signal, usual: Usual, regressed: Regressed, share: number): number {
  if (!relative) return 0
  const truth = Array.from({ length: cuts }, (_, cut) => {
    const within = (above: readonly number[]) => (above[cut] ?? 0) / (cut === 0 ? 1 : (above[cut - 1] ?? 1))
    const odds = oddsOf(within(regressed.above)) / oddsOf(within(usual.above))
    return Math.max(1, odds / (relative.nullOdds[cut] ?? 1))
  })
  const counts = (n: number, above: readonly number[]) => ({ n, above: above.map((part) => Math.round(n * part)) })
  const row = new Float64Array(1)
  new OddsAlternatives(relative.nullOdds, [truth], cuts).row(
    counts(block, regressed.above),
    counts(Math.round((block * (1 - share)) / share), usual.above),
    row,
  )
  return (row[0] ?? 0) / block
}

/** Kept off 0 and 1, where no evidence is infinite. */
function oddsOf(share: number): number {
  const inside = Math.min(1 - 1e-9, Math.max(1e-6, share))
  return inside / (1 - inside)
}

function matters(margin: Margin, usual: Usual, regressed: Regressed): boolean {
  const [own, other] =
    margin.of === 'mean'
      ? [regressed.mean ?? 0, usual.mean ?? 0]
      : [regressed.above[margin.cut] ?? 0, usual.above[margin.cut] ?? 0]
  const delta = margin.of === 'share' ? margin.delta : 0
  return own > 0 && own >= margin.ratio * other && own >= margin.least && own - other >= delta
}

/** Events until a margin's bad ones have come; a mean's are those above the first cut. */
function fewestOf(margin: Margin, { above }: Regressed): number {
  return margin.fewest / Math.max(1e-9, above[margin.of === 'share' ? margin.cut : 0] ?? 1)
}

/** z with P(Z ≥ z) = tail, by bisection. */
function normalQuantile(tail: number): number {
  let low = -12
  let high = 12
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2
    if (normalTail(middle) > tail) low = middle
    else high = middle
  }
  return (low + high) / 2
}
