import { findingOf, type Evidence, type NeedOf } from '../core/evidence.ts'
import type { Usual } from '../core/judge/detection.ts'
import type { PlannedGate } from '../core/plan.ts'
import type { Rollout, RolloutRules } from '../core/rollout.ts'
import { settledMinutes, sumOf } from '../core/settled.ts'
import type { Window } from '../core/verdict.ts'
import { checkKind } from './registry.ts'
import { signalsOf, type RolloutSignal } from './rollout-signals.ts'

/** What is usual for a signal, and the spread of a latency (of a lognormal law); null where it is not known. */
export type TodaysUsual = { readonly usual: Usual; readonly known: 'read' | 'assumed'; readonly sigma: number | null }

export type UsualRequest = {
  readonly gate: PlannedGate
  readonly rules: RolloutRules
  readonly today: { readonly window: Window; readonly evidence: Evidence } | null
  /** Requests a minute to plan with instead of those of today. */
  readonly rpm: number | null
  readonly lookbackMs: number
}

type MetricNeed = NeedOf<'series'> | NeedOf<'window'>

const quantileStats = ['p50', 'p75', 'p90'] as const
const quantileShares = [0.5, 0.25, 0.1] as const
/** Where nothing could be read a release is taken to be usually at a third of its limits, or below. */
const assumed = 0.3
/** ln(p90 / median) of a lognormal law, in its sigmas. */
const p90 = 1.2816

/** What has to be read to know the usual. */
export function needsOfToday(gate: PlannedGate, rules: RolloutRules, lookbackMs: number): readonly MetricNeed[] {
  return signalsOf(gate, anyRollout(gate, rules)).flatMap((one): readonly MetricNeed[] => {
    const { counts } = one
    if (counts.of === 'share')
      return [counts.all, counts.bad].map((metric) => ({ need: 'series', metric, lookbackMs }) as const)
    const { metric } = counts
    return [
      seriesNeed(one, lookbackMs),
      ...quantileStats.map((stat) => ({ need: 'window', metric, stat, lookbackMs }) as const),
    ]
  })
}

/** Samples of a metric, counted above the limit's cut where there is one. */
function seriesNeed(
  { counts, signal }: Pick<RolloutSignal, 'counts' | 'signal'>,
  lookbackMs: number,
): NeedOf<'series'> {
  const metric = counts.of === 'share' ? counts.all : counts.metric
  const cut = counts.of === 'share' ? undefined : counts.cuts[signal.limits[0]?.cut ?? -1]
  return { need: 'series', metric, ...(cut !== undefined && { cut }), lookbackMs }
}

/** A rollout in which every metric has cut points: the checks that need some are among its signals. */
function anyRollout(gate: PlannedGate, rules: RolloutRules): Rollout {
  const metrics = gate.checks.flatMap(({ kind, spec }) => {
    const source = checkKind(kind).signal(spec)
    return source && source.of !== 'share' ? [[source.metric, [1, 2, 3]] as const] : []
  })
  return rolloutFor(rules, Object.fromEntries(metrics))
}

/** The rollout at its first stage. */
export function rolloutFor(rules: RolloutRules, quantiles: Rollout['quantiles']): Rollout {
  return { ...rules, percent: rules.stages[0] ?? 100, left: [], quantiles }
}

/** Median, p75 and p90 of today, by metric: of the old version where the two are told apart. */
export function quantilesOf({ gate, rules, today, lookbackMs }: UsualRequest): Rollout['quantiles'] {
  if (!today) return {}
  const metrics = signalsOf(gate, anyRollout(gate, rules)).flatMap(({ counts }) =>
    counts.of === 'samples' ? [counts.metric] : [],
  )
  return Object.fromEntries(
    metrics.flatMap((metric) => {
      const values = quantileStats.map((stat) => {
        const finding = findingOf({ need: 'window', metric, stat, lookbackMs }, today.evidence)
        if (finding?.status !== 'seen') return null
        const { all, control, canary } = finding.value.values
        return all ?? control ?? canary ?? null
      })
      const known: readonly number[] = values.filter((value) => value !== null)
      return known.length === values.length ? [[metric, known] as const] : []
    }),
  )
}

/** From today's minutes; assumed where there are none. */
export function usualOf(signal: RolloutSignal, request: UsualRequest): TodaysUsual {
  const read = request.today && readUsual(signal, request, request.today)
  const { rpm } = request
  if (read) return { ...read, usual: { ...read.usual, perMinute: rpm ?? read.usual.perMinute } }
  const { limits, cuts } = signal.signal
  const above = Array.from({ length: cuts }, (_, cut) => assumed * (limits.find((one) => one.cut === cut)?.share ?? 1))
  return { usual: { perMinute: rpm ?? 0, above, mean: null }, known: 'assumed', sigma: null }
}

function readUsual(
  signal: RolloutSignal,
  request: UsualRequest,
  { window, evidence }: NonNullable<UsualRequest['today']>,
): TodaysUsual | null {
  const { lookbackMs } = request
  const { counts } = signal
  const seriesOf = (need: NeedOf<'series'>) => {
    const finding = findingOf(need, evidence)
    return finding?.status === 'seen' ? settledMinutes(finding.value, 'all', window) : null
  }
  const need = seriesNeed(signal, lookbackMs)
  const all = seriesOf(need)
  const [first] = all?.minutes ?? []
  const n = sumOf(all?.minutes ?? [], counts.of === 'share' ? 'sum' : 'count')
  if (!all || !first || n === 0) return null
  // Traffic that began within these hours, as that of a new application does, counts from its beginning.
  const perMinute = n / Math.max(1, (all.window.to - first.start) / 60_000)
  if (counts.of === 'share') {
    const bad = sumOf(seriesOf({ need: 'series', metric: counts.bad, lookbackMs })?.minutes ?? [], 'sum')
    return { usual: { perMinute, above: [bad / n], mean: null }, known: 'read', sigma: null }
  }
  const quantiles = quantilesOf(request)[need.metric] ?? []
  const over = sumOf(all.minutes, 'over') / n
  const above = counts.cuts.map((cut) => {
    const place = quantiles.findIndex((value) => Number(value.toPrecision(3)) === cut)
    return cut === need.cut ? over : (quantileShares[place] ?? over)
  })
  const median = quantiles[0] ?? 0
  const high = quantiles.at(-1) ?? 0
  const sigma = median > 0 && high > median ? Math.log(high / median) / p90 : null
  return { usual: { perMinute, above, mean: sumOf(all.minutes, 'sum') / n }, known: 'read', sigma }
}
