import type { Context } from '../context.ts'
import { epochMs, isoTime } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import { recordedSpan } from '../core/recorded.ts'
import {
  replayable,
  imaginedLaunch,
  recordedQuantiles,
  sampledMetrics,
  slowest,
  beforeMs,
} from '../engine/imagined-launch.ts'
import { minuteRecording } from '../engine/minute-recording.ts'
import { tallyOf, tryOut, type Variant } from '../engine/trial.ts'
import { readSeriesFile, type RecordedFile } from './series-file.ts'
import { inTurn, type Backtest } from './backtest-trials.ts'

/** One rollout of recorded minutes: at the shifts the file has, or at the run sheet's own stages. Throws USAGE, NOT_FOUND. */
export async function backtestSeries(context: Context, path: string, variants: readonly Variant[]): Promise<Backtest> {
  const [first] = variants
  if (!first) throw new LaunchError('USAGE', 'there is nothing to try')
  const { root } = await context.project()
  const file = await readSeriesFile(path, [context.options.cwd, root], first.plan.metrics)
  const span = recordedSpan(file.metrics, (id) => first.plan.metrics[id]?.periodMs ?? 60_000)
  if (!span) throw new LaunchError('USAGE', `${path} holds no minute of a metric`)
  const sampled = sampledMetrics(first.step.gate)
  const quantiles = recordedQuantiles(file.metrics, sampled)
  const beginsAt = file.shifts[0]?.at ?? beginningOf(span, first)
  const trials = variants.map((variant) => () => {
    const { plan, step } = replayable(variant.plan, variant.step)
    const recording = minuteRecording({
      plan,
      metrics: file.metrics,
      before: imaginedLaunch(plan, file.metrics, beginsAt, quantiles),
      beginsAt,
      endsAt: epochMs(span.to + slowest(plan)),
      shifts: file.shifts,
      sampled,
      seed: String(context.options.seed),
      inject: null,
    })
    return tryOut({ ...variant, plan, step }, isoTime(beginsAt), recording)
  })
  // One rollout a limit, and no world to wait in.
  const tried = await inTurn(context, trials, null)
  const { leftOut } = replayable(first.plan, first.step)
  return {
    tallies: variants.map(({ limit }) => tallyOf(limit, tried)),
    notes: [
      ...notesOf(file, context.options.seed),
      ...leftOut.map(({ title }) => `left out, no minutes of it: ${title}`),
    ],
    document: { series: path, shifts: file.shifts.length, leftOut: leftOut.map(({ id }) => id) },
  }
}

/** After what a launch compares with, when the file is long enough for both. */
function beginningOf(span: { readonly from: number; readonly to: number }, { plan, step }: Variant) {
  const before = beforeMs + slowest(plan)
  return epochMs(span.to - span.from >= before + (step.plannedMs ?? 0) ? span.from + before : span.from)
}

function notesOf({ metrics, shifts }: RecordedFile, seed: number): readonly string[] {
  const dealt = Object.entries(metrics).filter(([, metric]) => !metric.told)
  return [
    shifts.length === 0
      ? "the file has no shifts: the run sheet's own stages are replayed"
      : `the flag moves where the file says: ${shifts.map(({ percent }) => `${percent} %`).join(', ')}`,
    ...(dealt.length === 0
      ? []
      : [`the canary's part of ${dealt.map(([id]) => id).join(', ')} is drawn from everybody's (seed ${seed})`]),
    ...(shifts.length === 0 && dealt.length < Object.keys(metrics).length
      ? ['what the file tells apart keeps the share of users it was recorded with, at every stage']
      : []),
  ]
}
