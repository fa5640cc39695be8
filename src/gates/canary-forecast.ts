import type { SignalSource } from '../core/check.ts'
import type { Need } from '../core/evidence.ts'
import {
  caughtAfter,
  detection,
  detectionByLimit,
  moreFailures,
  slower,
  type Detection,
  type Regressed,
  type Usual,
} from '../core/judge/detection.ts'
import type { Signal } from '../core/judge/plan.ts'
import { dilutedFrom, dollarsPerHour, expectedStages, type StagePlan } from '../core/judge/planning.ts'
import type { MetricPlan } from '../core/plan.ts'
import { bakeOf, type Rollout } from '../core/rollout.ts'
import { countQueries } from './count-queries.ts'
import { signalsOf, type RolloutSignal } from './rollout-signals.ts'
import { quantilesOf, rolloutFor, usualOf, type TodaysUsual, type UsualRequest } from './todays-usual.ts'

/** Percent of users per stage; minutes are those of the wall. */
export type CanaryForecast = {
  readonly stages: readonly number[]
  readonly lag: number
  readonly signals: readonly SignalForecast[]
  /** Null where traffic is not known. */
  readonly expected: readonly StagePlan[] | null
  /** Minutes it takes at least: every bake, and what metrics take to settle. */
  readonly leastMinutes: number
  /** Checks of the gate that are judged by themselves, and of which nothing is foretold. */
  readonly apart: readonly string[]
  readonly queries: number
  readonly everyMs: number
  readonly dollarsPerHour: number
}

export type SignalForecast = {
  readonly checks: readonly string[]
  readonly bounds: readonly SignalSource[]
  /** Usual shares are assumed where nothing could be read. */
  readonly known: 'read' | 'assumed'
  /** Events a minute of all users; null where nobody knows. */
  readonly perMinute: number | null
  readonly usual: Usual
  /** The share above the limit's cut, among `usual.above`. */
  readonly cut: number
  /** Per stage: events of the new version that prove the limit kept for the next share; null: no number does. */
  readonly proof: readonly (number | null)[]
  readonly regressions: readonly Regression[]
  /** Nothing tells the versions apart: per stage, from which value of the new version on the value of all is at the limit. */
  readonly diluted: readonly { readonly check: string; readonly from: readonly number[] }[] | null
}

export type Regression = {
  readonly name: string
  /** Per stage, that stage alone. */
  readonly found: readonly Detection[]
  /** Minutes from the first exposure in a whole rollout. */
  readonly caughtAfter: number | null
}

export type ForecastRequest = UsualRequest & {
  readonly metrics: { readonly [id: string]: MetricPlan }
  /** What a look at the gate asks for in this rollout. */
  readonly asks: (rollout: Rollout) => readonly Need[]
}

const minuteMs = 60_000

/** What a canary can find out, from what is usual. Pure. */
export function canaryForecast(request: ForecastRequest): CanaryForecast {
  const { gate, rules, metrics, asks } = request
  const rollout = rolloutFor(rules, quantilesOf(request))
  const told = signalsOf(gate, rollout).map((signal) => ({ signal, today: usualOf(signal, request) }))
  const used = told.map(({ signal }) => metrics[metricOf(signal)]).filter((metric) => metric !== undefined)
  const lag = Math.ceil(Math.max(0, ...used.map(({ lagMs }) => lagMs)) / minuteMs)
  const stages = rules.stages.map((percent) => ({
    share: percent / 100,
    soak: Math.ceil(bakeOf(rules, percent) / minuteMs),
  }))
  const planned = { stages, extend: rules.extendUpTo, lag }
  const compared = told.filter(({ signal }) => metrics[metricOf(signal)]?.variant)
  const judged = compared.map(({ signal, today }) => ({ signal: signal.signal, usual: today.usual }))
  const expected = expectedStages(planned, judged)
  const isKnown = told.every(({ today }) => today.usual.perMinute > 0)
  const foretold = new Set(told.flatMap(({ signal }) => signal.checks.map(({ id }) => id)))
  const queries = countQueries(asks(rollout), metrics)
  return {
    stages: rules.stages,
    lag,
    signals: told.map(({ signal, today }) => {
      const place = compared.findIndex((one) => one.signal === signal)
      const proof = expected.map(({ signals }) => signals[place]?.needed ?? null)
      return {
        ...forecastOf(signal, today, rollout, expected, lag),
        proof,
        diluted: place >= 0 ? null : dilutedOf(signal, today.usual, rules.stages),
      }
    }),
    expected: isKnown && compared.length > 0 ? expected : null,
    leastMinutes: stages.reduce((total, { soak }) => total + soak + lag, 0),
    apart: gate.checks.map(({ id }) => id).filter((id) => !foretold.has(id)),
    queries,
    everyMs: gate.everyMs,
    dollarsPerHour: dollarsPerHour(queries, gate.everyMs),
  }
}

function forecastOf(
  { signal, counts, checks }: RolloutSignal,
  { usual, known, sigma }: TodaysUsual,
  { stages }: Rollout,
  expected: readonly StagePlan[],
  lag: number,
): Omit<SignalForecast, 'proof' | 'diluted'> {
  const regressions: readonly (readonly [string, Regressed])[] =
    counts.of === 'share'
      ? [0.005, 0.02, 0.1].map((points) => [`+${points * 100} points`, moreFailures(usual, points)])
      : sigma === null
        ? []
        : [1.2, 1.6].map((factor) => [`+${Math.round((factor - 1) * 100)}% latency`, slower(usual, factor, sigma)])
  return {
    checks: checks.map(({ id }) => id),
    bounds: checks.map(({ bounds }) => bounds),
    known,
    perMinute: usual.perMinute > 0 ? usual.perMinute : null,
    usual,
    cut: signal.limits[0]?.cut ?? 0,
    regressions: regressions.map(([name, regressed]) => ({
      name,
      found: stages.map((percent) => atShare(signal, usual, regressed, percent / 100, lag)),
      caughtAfter: usual.perMinute > 0 ? caughtAfter(expected, signal, usual, regressed, lag) : null,
    })),
  }
}

function atShare(signal: Signal, usual: Usual, regressed: Regressed, share: number, lag: number): Detection {
  return share >= 1 ? detectionByLimit(signal, usual, regressed, lag) : detection(signal, usual, regressed, share)
}

function dilutedOf({ signal, checks }: RolloutSignal, usual: Usual, stages: readonly number[]) {
  return checks.flatMap(({ id, bounds }) => {
    const { below } = bounds
    if (below === null) return []
    const value = bounds.of === 'mean' ? (usual.mean ?? 0) : (usual.above[signal.limits[0]?.cut ?? 0] ?? 0)
    return [{ check: id, from: stages.map((percent) => dilutedFrom(value, below, percent / 100)) }]
  })
}

function metricOf({ counts }: RolloutSignal): string {
  return counts.of === 'share' ? counts.all : counts.metric
}
