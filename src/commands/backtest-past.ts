import type { Context } from '../context.ts'
import { epochMs, isoTime, type EpochMs } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import { formatDuration, parseDuration } from '../core/units.ts'
import type { Window } from '../core/verdict.ts'
import {
  beforeMs,
  eventsOf,
  imaginedLaunch,
  replayable,
  sampledMetrics,
  seriesNeeds,
} from '../engine/imagined-launch.ts'
import type { Injection } from '../engine/dealt-arms.ts'
import { minuteRecording } from '../engine/minute-recording.ts'
import { tallyOf, tryOut, type Variant } from '../engine/trial.ts'
import { inTurn, parseInjection, type Backtest } from './backtest-trials.ts'
import { mustHaveWorld } from './launch-for.ts'
import { pastMinutes, usualValues } from './past-minutes.ts'

export type PastOrder = {
  readonly from: string
  readonly to: string | null
  readonly every: string
  readonly inject: string | null
}

const mostStarts = 2000

/**
 * A made-up canary at regular times of days gone by. The versions do not differ, so whatever stops it is a false alarm
 * (unless a regression is injected). Throws USAGE, NOT_FOUND when there are no minutes, and what asking AWS throws.
 */
export async function backtestPast(context: Context, order: PastOrder, all: readonly Variant[]): Promise<Backtest> {
  const variants = all.map((variant) => ({ ...variant, ...replayable(variant.plan, variant.step) }))
  const [first] = variants
  if (!first) throw new LaunchError('USAGE', 'there is nothing to try')
  const { plan, step, leftOut } = first
  await mustHaveWorld(context)
  const world = await context.world(plan, { driver: false })
  const ports = await context.ports(plan, { people: 'step', report: () => Promise.resolve(''), log: () => {} })
  const now = world.clock.now()
  const window = { from: instantOf('--from', order.from, now), to: instantOf('--to', order.to ?? '0m', now) }
  const everyMs = parseDuration(order.every) ?? 0
  if (everyMs < 60_000) throw new LaunchError('USAGE', `--every "${order.every}" is not a duration of a minute or more`)
  const starts = startsIn(window, everyMs, step.plannedMs ?? 0)
  const inject = injectionOf(order.inject, first)
  const sampled = sampledMetrics(step.gate)

  const asking = { ports, plan, environment: step.environment, signal: context.signal }
  const quantiles = await usualValues([...sampled], window, asking)
  const before = imaginedLaunch(plan, {}, window.from, quantiles)
  const needs = variants.flatMap((variant) => seriesNeeds(variant.plan, variant.step, before))
  const metrics = await pastMinutes(needs, window, asking)
  const trials = starts.flatMap((beginsAt) =>
    variants.map((variant) => () => {
      const recording = minuteRecording({
        plan: variant.plan,
        metrics,
        before: imaginedLaunch(variant.plan, metrics, beginsAt, quantiles),
        beginsAt,
        endsAt: window.to,
        shifts: [],
        sampled,
        seed: `${context.options.seed}/${beginsAt}`,
        inject,
      })
      return tryOut(variant, isoTime(beginsAt), recording)
    }),
  )
  const tried = await inTurn(context, trials, world.wait)
  return {
    tallies: variants.map(({ limit }) => tallyOf(limit, tried)),
    notes: [
      `${isoTime(window.from)} to ${isoTime(window.to)}, a canary every ${formatDuration(everyMs)}: its requests are drawn from everybody's by the share of its stage (seed ${context.options.seed})`,
      ...(inject ? [injectionNote(inject)] : []),
      ...leftOut.map(({ title }) => `left out, the past does not tell: ${title}`),
    ],
    document: {
      from: isoTime(window.from),
      to: isoTime(window.to),
      everyMs,
      seed: context.options.seed,
      inject,
      quantiles,
      leftOut: leftOut.map(({ id }) => id),
    },
  }
}

/** An instant, or how long ago: `2026-12-01`, `2026-12-01T18:00Z`, `24h`. */
function instantOf(name: string, text: string, now: EpochMs): EpochMs {
  const ago = parseDuration(text)
  if (ago !== null) return epochMs(now - ago)
  // A time without a zone would mean another instant on every machine.
  const zoned = /[zZ]$|[+-]\d\d:?\d\d$|^\d{4}-\d\d-\d\d$/.test(text) ? text : `${text}Z`
  const at = Date.parse(zoned)
  if (Number.isNaN(at))
    throw new LaunchError('USAGE', `${name} "${text}" is no time`, {
      hint: 'write 2026-12-01, 2026-12-01T18:00Z (UTC without a zone), or how long ago: 24h, 7d',
    })
  return epochMs(at)
}

function startsIn({ from, to }: Window, everyMs: number, plannedMs: number): readonly EpochMs[] {
  const starts: EpochMs[] = []
  for (let at = from + beforeMs; at + plannedMs <= to; at += everyMs) starts.push(epochMs(at))
  if (starts.length > mostStarts)
    throw new LaunchError('USAGE', `${starts.length} starts are too many, ${mostStarts} are the most`, {
      hint: 'take a longer --every',
    })
  if (starts.length > 0) return starts
  throw new LaunchError('USAGE', `no canary fits between ${isoTime(from)} and ${isoTime(to)}`, {
    hint: `it takes about ${formatDuration(plannedMs)}, and ${formatDuration(beforeMs)} before it to compare with`,
  })
}

function injectionNote(inject: Injection): string {
  return 'slow' in inject
    ? `its ${inject.slow} takes ${Number((inject.factor * 100 - 100).toPrecision(4))} % longer`
    : `${inject.share * 100} of 100 of its ${inject.all} more are ${inject.bad}`
}

function injectionOf(text: string | null, { step }: Variant): Injection | null {
  if (text === null) return null
  const wanted = parseInjection(text)
  if ('slow' in wanted) {
    const sampled = [...sampledMetrics(step.gate)]
    if (sampled.includes(wanted.slow)) return wanted
    throw new LaunchError('USAGE', `--inject: no check of gate ${step.gate?.id} bounds the latency "${wanted.slow}"`, {
      hint: sampled.length === 0 ? 'name the bad: metric of a ratio, like errors=+2pp' : `one of ${sampled.join(', ')}`,
    })
  }
  const { bad, share } = wanted
  const all = eventsOf(step.gate, bad)
  if (all !== null) return { bad, all, share }
  throw new LaunchError('USAGE', `--inject: no check of gate ${step.gate?.id} divides "${bad}" by another metric`, {
    hint: 'name the bad: metric of a ratio',
  })
}
