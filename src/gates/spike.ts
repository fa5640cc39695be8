import { z } from 'zod'
import { epochMs } from '../core/brand.ts'
import { defineCheck, type LaunchFacts, type Look } from '../core/check.ts'
import type { MeasuredSpread, NeedOf, VariantName } from '../core/evidence.ts'
import { Duration, MetricRef } from '../core/fields.ts'
import { formatCount, formatQuantity } from '../core/quantity.ts'
import { fewestStretches, usualDispersion } from '../core/stats/count-dispersion.ts'
import { negativeBinomialTail } from '../core/stats/negative-binomial.ts'
import { oddsEvidence } from '../core/stats/odds-evidence.ts'
import { formatDuration } from '../core/units.ts'
import { fail, pass, unknown } from '../core/verdict.ts'
import { hasControl, judgedMinutes } from './judged-minutes.ts'
import { lackingBaseline } from './lacking-baseline.ts'
import { controlBreachText } from './shared-incident.ts'

type Spec = {
  readonly metric: string
  readonly of?: string | undefined
  readonly per: number
  readonly factor: number
  readonly margin: number
  readonly inARow?: number | undefined
}
/**
 * What one stretch of the time before the launch makes us expect, of how many such stretches that was the mean, and φ of their
 * variance = mean + φ·mean² where it was measured.
 */
type Expectation = { readonly mean: number; readonly stretches: number; readonly dispersion: number | null }

/** How improbable a spike is; statistics.md §2 c. */
const rule = { below: 1e-3, comparedAlpha: 0.02 } as const

export const spike = defineCheck({
  kind: 'spike',
  comparesOnly: true,
  about: 'the newest stretch of a counter is not far above what the time before the launch makes likely',
  example: '{ kind: spike, metric: occ-conflicts, of: requests, per: 5m }',
  hint: 'OCC 409 conflicts are expected behaviour: verify the user feedback for them; one stretch is unknown, two in a row are a trend (inARow)',
  shape: {
    metric: MetricRef,
    of: MetricRef.optional().describe(
      'id of the metric that counts all events: expectations grow with traffic, and the new version is judged on its own',
    ),
    per: Duration.default(5 * 60_000).describe('length of the stretch'),
    factor: z.number().gt(1).default(2).describe('a spike is at least this many times what is expected'),
    margin: z.number().nonnegative().default(5).describe('and at least this many events more'),
    inARow: z
      .int()
      .min(1)
      .max(12)
      .default(2)
      .describe(
        'stretches one after another that must be spikes before it fails; fewer are unknown, unless the new version alone has them',
      ),
  },
  title: (check) => `no spike of ${check.metric} per ${formatDuration(check.per)}`,
  needs: (check) => [check.metric, ...(check.of === undefined ? [] : [check.of])].map(needOf),
  spread: ({ metric, of, per }) => ({ metric, ...(of !== undefined && { of }), perMs: per }),
  basis: (check, launch) => {
    const expected = expectation(check, null, launch)
    return typeof expected === 'string' ? null : basisText(check, expected, spreadOf(check, launch))
  },
  judge: (check, look) => {
    // Without a measure of traffic the share of users is unknown, so only all of them compare with the time before.
    const variant = check.of === undefined ? 'all' : look.subject
    const newest = newestStretch(check, variant, look)
    if (typeof newest === 'string') return unknown(newest)
    const expected = expectation(check, newest.traffic, look.launch)
    if (typeof expected === 'string') return unknown(expected)

    const { mean } = expected
    const found = {
      observed: newest.events,
      limit: Math.max(check.factor * mean, mean + check.margin),
      unit: 'count',
      samples: newest.samples,
      window: newest.window,
      query: newest.query,
    }
    const said = `${formatCount(newest.events)} in ${formatDuration(check.per)}, ${formatCount(mean)} expected`
    if (!isSpike(check, newest.events, expected)) return pass(said, found)
    const control = controlSpike(check, look)
    if (control !== null)
      return unknown(
        controlBreachText(`${formatQuantity(control, 'count')} in ${formatDuration(check.per)}`, null),
        found,
      )
    const wanted = check.inARow ?? 1
    const row = spikesInARow(check, variant, look, wanted)
    if (row >= wanted) return fail(said, found)
    const alone = onlyTheCanary(check, look)
    if (alone !== null) return fail(`${said}; ${alone}`, found)
    return unknown(`${said}: ${row} of ${wanted} stretches in a row`, found)
  },
})

/**
 * p = P(NB(mean, size) ≥ events) with V = μ + φμ² + v/m and size = μ²/(V − μ): m stretches know the mean only so well. Their own
 * variance v is μ + φμ² where φ was measured, and μ where it is the usual one.
 */
function isSpike(check: Spec, events: number, { mean, stretches, dispersion }: Expectation): boolean {
  if (events < check.factor * mean || events < mean + check.margin) return false
  const spread = (dispersion ?? usualDispersion) * mean * mean
  const own = dispersion === null ? mean : mean + spread
  return negativeBinomialTail(events, mean, (mean * mean) / (spread + own / stretches)) < rule.below
}

function spreadOf(check: Spec, launch: LaunchFacts): MeasuredSpread | null {
  const spreads = launch.baseline?.[check.metric]?.spreads ?? []
  return spreads.find(({ perMs, of }) => perMs === check.per && of === check.of) ?? null
}

/** What a spike is measured against, so that it can be calculated again. */
function basisText(check: Spec, { stretches, dispersion }: Expectation, measured: MeasuredSpread | null): string {
  const per = `of ${formatDuration(check.per)}`
  const m = formatCount(stretches)
  const rest = (variance: string) =>
    `variance = ${variance} with m expected; a spike has a chance below ${rule.below} (negative binomial)`
  if (dispersion !== null && measured)
    return `dispersion d = ${Number(dispersion.toPrecision(3))} over ${measured.stretches} stretches ${per} (this hour of the last 7 days and 2 hours before, less the loudest hour); ${rest(`m + d×m×m + (m + d×m×m)/${m}`)}`
  const why = measured
    ? `the last 7 days have ${measured.stretches} of the ${fewestStretches} stretches ${per} it takes to measure it`
    : 'it was not measured when the launch opened'
  return `dispersion d = ${usualDispersion}, the usual one: ${why}; ${rest(`m + d×m×m + m/${m}`)}`
}

/** How many stretches up to the newest, one beside the other, are spikes. */
function spikesInARow(check: Spec, variant: VariantName, look: Look, most: number): number {
  for (let row = 1; row < most; row++) {
    const { from, to } = look.window
    const earlier = { ...look, window: { from, to: epochMs(to - row * check.per) } }
    const stretch = newestStretch(check, variant, earlier)
    if (typeof stretch === 'string') return row
    const expected = expectation(check, stretch.traffic, look.launch)
    if (typeof expected === 'string' || !isSpike(check, stretch.events, expected)) return row
  }
  return most
}

/** The newest stretch of the new version against the old one's: what to say when it is worse, else null; statistics.md §2 d. */
function onlyTheCanary(check: Spec, look: Look): string | null {
  const series = look.see(needOf(check.metric))
  if (check.of === undefined || series.status === 'missing' || !hasControl(series.value, look)) return null
  const own = newestStretch(check, 'canary', look)
  const other = newestStretch(check, 'control', look)
  if (typeof own === 'string' || typeof other === 'string') return null
  const [n, otherN] = [Math.max(own.traffic ?? 0, own.events), Math.max(other.traffic ?? 0, other.events)]
  const log = oddsEvidence(own.events, n, other.events, otherN)
  return log >= Math.log(1 / rule.comparedAlpha)
    ? `the old version had ${formatCount(other.events)} among ${formatCount(otherN)}, the new one ${formatCount(n)}`
    : null
}

function needOf(metric: string): NeedOf<'series'> {
  return { need: 'series', metric }
}

/** The newest whole stretch; a text says why there is none. A minute that is missing may have been the spike. */
function newestStretch(check: Spec, variant: VariantName, look: Look) {
  const series = look.see(needOf(check.metric))
  if (series.status === 'missing') return `${check.metric}: ${series.why}`
  const { periodMs, query } = series.value
  const settled = judgedMinutes(series.value, variant, look, check.per)
  const wanted = Math.ceil(check.per / periodMs)
  if (settled.minutes.length < wanted) return `${settled.minutes.length} of ${wanted} minutes of ${check.metric}`
  const traffic = trafficOf(check, variant, look)
  if (typeof traffic === 'string') return traffic
  const events = settled.minutes.reduce((total, minute) => total + minute.sum, 0)
  const samples = settled.minutes.reduce((total, minute) => total + minute.count, 0)
  return { events, samples, traffic, window: settled.window, query }
}

function trafficOf(check: Spec, variant: VariantName, look: Look): number | null | string {
  if (check.of === undefined) return null
  const series = look.see(needOf(check.of))
  if (series.status === 'missing') return `${check.of}: ${series.why}`
  const settled = judgedMinutes(series.value, variant, look, check.per)
  const total = settled.minutes.reduce((sum, minute) => sum + minute.sum, 0)
  return total > 0 ? total : `no ${check.of} in ${formatDuration(check.per)}`
}

/** From the baseline: scaled by traffic where it is measured, else by time. At least half an event over all of it. */
function expectation(check: Spec, traffic: number | null, launch: LaunchFacts): Expectation | string {
  const metric = launch.baseline?.[check.metric]
  if (!metric) return lackingBaseline(check.metric, launch)
  const stretches = (metric.window.to - metric.window.from) / check.per
  if (!(stretches > 0)) return `the baseline of ${check.metric} is empty`
  const events = Math.max(0.5, metric.sum)
  const dispersion = spreadOf(check, launch)?.dispersion ?? null
  if (check.of === undefined || traffic === null) return { mean: events / stretches, stretches, dispersion }
  const of = launch.baseline?.[check.of]
  if (!of || of.sum <= 0) return lackingBaseline(check.of, launch)
  return { mean: (events / of.sum) * traffic, stretches, dispersion }
}

/** The shared-incident rule: events of the control in the same stretch when they are a spike on their own, else null. */
function controlSpike(check: Spec, look: Look): number | null {
  const series = look.see(needOf(check.metric))
  if (series.status === 'missing' || !hasControl(series.value, look)) return null
  const control = newestStretch(check, 'control', look)
  if (typeof control === 'string') return null
  const expected = expectation(check, control.traffic, look.launch)
  return typeof expected !== 'string' && isSpike(check, control.events, expected) ? control.events : null
}
