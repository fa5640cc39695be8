import { readFileSync } from 'node:fs'
import { epochMs, type EpochMs } from '../../src/core/brand.ts'
import type { Plan, PlannedStep } from '../../src/core/plan.ts'
import type { RecordedArm, RecordedMetric, RecordedMetrics, Shift } from '../../src/core/recorded.ts'
import { imaginedLaunch, sampledMetrics } from '../../src/engine/imagined-launch.ts'
import { minuteRecording, type MinuteSource } from '../../src/engine/minute-recording.ts'
import { replayRollout, type Recording, type Replay } from '../../src/engine/replay-rollout.ts'
import { compilePlan } from '../../src/runsheet/compile.ts'
import { loadSheet } from '../../src/runsheet/load.ts'

/** Rollouts of the run sheet of this repository over minutes told by rates. */

/** The first stage of what is told begins here. */
const beginsAt = epochMs(Date.UTC(2026, 11, 1, 18))
export const minuteMs = 60_000

export function at(minute: number): EpochMs {
  return epochMs(beginsAt + minute * minuteMs)
}

export function planOf(change: (sheet: string) => string = (sheet) => sheet): Plan {
  const text = readFileSync(new URL('../../runsheet.yaml', import.meta.url), 'utf8')
  return compilePlan(loadSheet(change(text), 'runsheet.yaml', {}))
}

export function canaryOf(plan: Plan): PlannedStep {
  const step = plan.phases.flatMap(({ steps }) => steps).find(({ kind }) => kind === 'canary')
  if (!step) throw new Error('no canary')
  return step
}

/** Requests and errors a minute, samples and how many of them take 800 ms or more; null: no datapoint at all. */
export type Rates = {
  readonly requests: number | null
  readonly errors: number | null
  readonly loads: number
  readonly slow: number
  readonly conflicts: number
}
export const quiet: Rates = { requests: 6000, errors: 6, loads: 1200, slow: 12, conflicts: 1 }

/** Everybody's minutes, or a version's, from one minute to another. */
function minutesOf(from: number, to: number, rates: (minute: number) => Rates): { readonly [id: string]: RecordedArm } {
  const arm = (value: (rates: Rates) => { count: number; sum: number; over?: { [cut: string]: number } } | null) =>
    new Map(
      Array.from({ length: to - from }, (_, index) => from + index).flatMap((minute) => {
        const found = value(rates(minute))
        return found ? [[at(minute), { start: at(minute), over: {}, ...found }] as const] : []
      }),
    )
  const events = (count: number | null) => (count === null ? null : { count: 1, sum: count })
  return {
    requests: arm(({ requests }) => events(requests)),
    errors: arm(({ errors }) => events(errors)),
    'occ-conflicts': arm(({ conflicts }) => events(conflicts)),
    'board-load': arm(({ loads, slow }) =>
      loads === 0
        ? null
        : { count: loads, sum: loads * 140, over: { '90': loads / 2, '304': loads / 10, '800': slow } },
    ),
    'drawer-open': arm(({ loads }) => (loads === 0 ? null : { count: loads, sum: loads * 120 })),
  }
}

/** Everybody's, half an hour before the first stage until the end. */
export function everybodys(to: number, rates: (minute: number) => Rates = () => quiet): RecordedMetrics {
  const metrics = Object.entries(minutesOf(-34, to, rates))
  return Object.fromEntries(metrics.map(([id, all]): [string, RecordedMetric] => [id, { told: false, all }]))
}

/** Both versions told apart, with the shares of the shifts that were recorded. */
export function toldApart(
  to: number,
  shifts: readonly Shift[],
  canary: (minute: number) => Rates,
  control: (minute: number) => Rates = () => quiet,
): RecordedMetrics {
  const share = (minute: number) => (shifts.findLast((shift) => shift.at <= at(minute))?.percent ?? 0) / 100
  const part = ({ requests, errors, loads, slow, conflicts }: Rates, of: number): Rates => ({
    requests: requests === null ? null : Math.round(requests * of),
    errors: errors === null ? null : Math.round(errors * of),
    loads: Math.round((loads * of) / 10) * 10,
    slow: Math.round(slow * of),
    conflicts: Math.round(conflicts * of),
  })
  const own = minutesOf(0, to, (minute) => part(canary(minute), share(minute)))
  const old = minutesOf(-34, to, (minute) => part(control(minute), 1 - share(minute)))
  return Object.fromEntries(
    Object.entries(old).map(([id, arm]) => [id, { told: true, canary: own[id] ?? new Map(), control: arm }]),
  )
}

export function recorded(plan: Plan, metrics: RecordedMetrics, more: Partial<MinuteSource> = {}): Recording {
  const sampled = sampledMetrics(canaryOf(plan).gate)
  return minuteRecording({
    plan,
    metrics,
    before: imaginedLaunch(plan, metrics, beginsAt, { 'board-load': [90, 304] }),
    beginsAt,
    endsAt: at(200),
    shifts: [],
    sampled,
    seed: '1',
    inject: null,
    ...more,
  })
}

export function replay(plan: Plan, metrics: RecordedMetrics, more: Partial<MinuteSource> = {}): Replay {
  return replayRollout(plan, canaryOf(plan), recorded(plan, metrics, more))
}

/** Minutes from the first stage to the end. */
export function lasted({ beganAt, at: ended }: Replay): number {
  return (ended - beganAt) / minuteMs
}
