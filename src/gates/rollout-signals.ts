import { comparedSignal, latencySignal, shareSignal, type Signal } from '../core/judge/plan.ts'
import type { SignalSource } from '../core/check.ts'
import { needKey, type Need, type NeedOf } from '../core/evidence.ts'
import type { PlannedCheck, PlannedGate } from '../core/plan.ts'
import type { Rollout } from '../core/rollout.ts'
import { checkKind } from './registry.ts'

/** A signal of a rollout that is judged as one, where its counts come from, and the checks it answers. */
export type RolloutSignal = {
  readonly signal: Signal
  readonly counts: Counts
  readonly checks: readonly SignalCheck[]
}

export type Counts = { readonly asked: readonly AskedSeries[] } & (
  | { readonly of: 'share'; readonly bad: string; readonly all: string }
  /** Samples of a metric, and how many of them are at or above each cut, ascending. */
  | { readonly of: 'samples'; readonly metric: string; readonly cuts: readonly number[] }
)

/** What is asked for at every look, and its key. */
type AskedSeries = { readonly need: NeedOf<'series'>; readonly key: string }

export type SignalCheck = { readonly id: string; readonly bounds: SignalSource }

type Signals = readonly RolloutSignal[]

/**
 * One-sided error of all comparisons with the old version together; each signal has an equal part. Two of them have the
 * 1 : 60 each that docs/decisions-benchmark.md was measured with.
 */
const comparedAlpha = 1 / 30

/** The checks of a gate that a rollout is judged by as one. A check that only looks on has no say in it. */
export function signalsOf(gate: PlannedGate, rollout: Rollout): Signals {
  return ofStage(bothSignalsOf(gate, rollout, []), rollout)
}

/** With a limit, and with them those that are compared with the old version alone. */
export type BothSignals = { readonly limited: Signals; readonly all: Signals }

/** At 100 % no old version is left: what was compared before is the earlier stages', and they were left. */
export function ofStage({ limited, all }: BothSignals, { percent }: Rollout): Signals {
  return percent >= 100 ? limited : all
}

/** Those of the checks that are not waived. Of a rollout its quantiles are all that counts. */
export function bothSignalsOf(gate: PlannedGate, rollout: Rollout, waived: readonly string[]): BothSignals {
  const checks = gate.checks.filter(({ id }) => !waived.includes(id)).flatMap((check) => boundOf(check))
  const withLimit = checks.filter(({ bounds }) => bounds.below !== null)
  const groups = [
    ...withLimit.filter(({ bounds }) => bounds.of === 'share').map((check) => [check]),
    ...latencyGroups(withLimit),
  ]
  const compared = checks.filter((check) => isComparable(check, rollout))
  const alpha = comparedAlpha / Math.max(1, groups.length + compared.length)
  const limited = groups.map((group) => signalOf(group, rollout, alpha))
  if (compared.length === 0) return { limited, all: limited }
  const twins = (one: RolloutSignal) => limited.some(({ counts }) => subjectOf(counts) === subjectOf(one.counts))
  const others = compared
    .map((check) => comparedOf(check, rollout, alpha))
    .map((one) => (twins(one) ? { ...one, signal: { ...one.signal, isTwin: true as const } } : one))
  return { limited, all: [...limited, ...others] }
}

/** Compared with the old version alone; samples need cut points to be counted above. */
function isComparable({ bounds }: SignalCheck, { quantiles }: Rollout): boolean {
  return bounds.below === null && (bounds.of === 'share' || (quantiles[bounds.metric] ?? []).length > 0)
}

function subjectOf(counts: Counts): string {
  return counts.of === 'share' ? `${counts.bad} of ${counts.all}` : counts.metric
}

function comparedOf(check: SignalCheck, { quantiles }: Rollout, alpha: number): RolloutSignal {
  const { bounds, id } = check
  const of = bounds.of === 'share' ? 'share' : 'mean'
  const cuts = bounds.of === 'share' ? [] : cutsOf(quantiles[bounds.metric] ?? [], [])
  const atMost = bounds.of === 'slow' ? 1 : (bounds.atMost ?? 1)
  const signal = comparedSignal(id, of, Math.max(1, cuts.length), atMost, alpha)
  const counts = bounds.of === 'share' ? sharesOf(bounds.bad, bounds.all) : samplesOf(bounds.metric, cuts)
  return { signal: { ...signal, floor: bounds.floor }, counts, checks: [check] }
}

/** What has to be counted for them: the limit's own cut is what the check itself asks for. */
export function needsOfSignals(signals: Signals): readonly Need[] {
  return signals.flatMap(({ counts }) => counts.asked.map(({ need }) => need))
}

function sharesOf(bad: string, all: string): Counts {
  return { of: 'share', bad, all, asked: [all, bad].map((metric) => askedFor({ need: 'series', metric })) }
}

function samplesOf(metric: string, cuts: readonly number[]): Counts {
  return { of: 'samples', metric, cuts, asked: cuts.map((cut) => askedFor({ need: 'series', metric, cut })) }
}

function askedFor(need: NeedOf<'series'>): AskedSeries {
  return { need, key: needKey(need) }
}

function boundOf(check: PlannedCheck): readonly SignalCheck[] {
  const { spec } = check
  if (spec.judge === 'threshold' || spec.observe === true || spec.onFail === 'observe') return []
  const bounds = checkKind(check.kind).signal(spec)
  return bounds ? [{ id: check.id, bounds }] : []
}

/** A mean is judged with the first slow share of its metric: both count the same samples. */
function latencyGroups(checks: readonly SignalCheck[]): readonly (readonly SignalCheck[])[] {
  const slow = checks.filter(({ bounds }) => bounds.of === 'slow')
  const means = checks.filter(({ bounds }) => bounds.of === 'mean')
  const partner = (mean: SignalCheck) => slow.find((one) => metricOf(one) === metricOf(mean))
  return [
    ...slow.map((one) => [one, ...means.filter((mean) => partner(mean) === one).slice(0, 1)]),
    ...means
      .filter((mean, index) => {
        const own = partner(mean)
        return own === undefined || means.findIndex((other) => partner(other) === own) !== index
      })
      .map((mean) => [mean]),
  ]
}

function metricOf({ bounds }: SignalCheck): string {
  return bounds.of === 'share' ? bounds.all : bounds.metric
}

function signalOf(checks: readonly SignalCheck[], rollout: Rollout, alpha: number): RolloutSignal {
  const id = checks.map((check) => check.id).join('+')
  const share = checks.find(({ bounds }) => bounds.of === 'share')?.bounds
  if (share?.of === 'share') {
    const { bad, all, below, rollbackAt, floor } = share
    const plain = shareSignal(id, below ?? 1, alpha)
    const limits = plain.limits.map((limit) =>
      rollbackAt === undefined ? limit : { ...limit, rollback: { cut: limit.cut, share: rollbackAt } },
    )
    return { signal: { ...plain, limits, floor }, counts: sharesOf(bad, all), checks }
  }
  const slow = checks.map(({ bounds }) => bounds).find((bounds) => bounds.of === 'slow')
  const mean = checks.map(({ bounds }) => bounds).find((bounds) => bounds.of === 'mean')
  const metric = slow?.metric ?? mean?.metric ?? ''
  const usual = rollout.quantiles[metric] ?? []
  const meanLimit = mean?.below ?? null
  const last = slow?.rollbackAt
  const own = slow ? [slow.cut, ...(last === undefined ? [] : [last])] : []
  const cuts = cutsOf(usual, slow || usual.length > 0 || meanLimit === null ? own : [meanLimit])
  const rollback = slow && last !== undefined && { cut: cuts.indexOf(last), share: slow.below }
  const limits = {
    ...(slow && { slow: { cut: cuts.indexOf(slow.cut), share: slow.below, ...(rollback && { rollback }) } }),
    ...(meanLimit !== null && { average: meanLimit }),
  }
  const signal = latencySignal(id, cuts.length, limits, alpha)
  return {
    signal: {
      ...signal,
      mean: mean && meanLimit !== null ? meanRule(meanLimit, mean) : null,
      floor: slow?.floor ?? signal.floor,
    },
    counts: samplesOf(metric, cuts),
    checks,
  }
}

function meanRule(limit: number, { floor, rollbackAt }: { readonly floor: number; readonly rollbackAt?: number }) {
  return { limit, floor, ...(rollbackAt !== undefined && { rollback: rollbackAt }) }
}

/** Ascending, the limits among them. What is usual before the launch tells small shifts; without it there are the limits alone. */
function cutsOf(usual: readonly number[], limits: readonly number[]): readonly number[] {
  const cuts = [...usual.map((value) => Number(value.toPrecision(3))), ...limits]
  return [...new Set(cuts)].toSorted((a, b) => a - b)
}
