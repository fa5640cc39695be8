import type { SignalSource } from '../core/check.ts'
import type { Detection, Usual } from '../core/judge/detection.ts'
import type { StagePlan } from '../core/judge/planning.ts'
import { formatDuration } from '../core/units.ts'
import { percent } from './explain-numbers.ts'
import { clockTime, elapsed, number, quantity } from './format.ts'
import { safeText, table } from './text.ts'
import type { Theme } from './theme.ts'

/** What is shown of a canary's statistics; the command that makes them has them from its gate and from today's traffic. */
export type CanaryStatisticsView = {
  readonly title: string
  readonly today: { readonly from: number; readonly to: number } | null
  readonly notRead: string | null
  readonly forecast: {
    readonly stages: readonly number[]
    readonly lag: number
    readonly signals: readonly SignalView[]
    readonly expected: readonly StagePlan[] | null
    readonly leastMinutes: number
    readonly apart: readonly string[]
    readonly queries: number
    readonly everyMs: number
    readonly dollarsPerHour: number
  }
}

type SignalView = {
  readonly checks: readonly string[]
  readonly bounds: readonly SignalSource[]
  readonly known: 'read' | 'assumed'
  readonly perMinute: number | null
  readonly usual: Usual
  readonly cut: number
  readonly proof: readonly (number | null)[]
  readonly regressions: readonly {
    readonly name: string
    readonly found: readonly Detection[]
    readonly caughtAfter: number | null
  }[]
  readonly diluted: readonly { readonly check: string; readonly from: readonly number[] }[] | null
}

/** What a canary can find out at this traffic, how long it takes and what asking costs. `titles`: of checks, by id. */
export function planStatisticsLines(
  view: CanaryStatisticsView,
  titles: { readonly [check: string]: string },
  theme: Theme,
): readonly string[] {
  const { forecast } = view
  return [
    theme.paint.heading(`What ${safeText(view.title)} can find out`),
    ...table([
      ['  traffic', trafficText(view)],
      ['  takes', durationText(view)],
      ['  asks', costText(view)],
    ]),
    ...forecast.signals.flatMap((signal) => ['', ...signalLines(signal, view, titles, theme)]),
    ...(forecast.apart.length > 0
      ? [
          '',
          `  not foretold, judged by themselves: ${forecast.apart.map((id) => safeText(titles[id] ?? id)).join(', ')}`,
        ]
      : []),
    ...(forecast.signals.some(leavesOut)
      ? ['', '  –: not acted on there, because it matters too little or, at 100%, is inside the limit']
      : []),
  ]
}

function leavesOut({ regressions, diluted }: SignalView): boolean {
  return diluted === null && regressions.some(({ found }) => found.includes(null))
}

function trafficText({ today, notRead, forecast }: CanaryStatisticsView): string {
  const asked = forecast.signals.some(({ perMinute }) => perMinute !== null)
  if (today) {
    const lost = notRead === null ? '' : `; not all of it could be read: ${safeText(notRead)}`
    return `as in the ${elapsed(today.from, today.to)} to ${clockTime(today.to)}, all versions together${lost}`
  }
  const how = asked ? 'planned with the requests a minute that were given' : '--rpm N plans with N requests a minute'
  return `not read: ${safeText(notRead ?? '')}; ${how}`
}

/** `about 48m: 12m at 10%, …`; where a stage cannot be proven in time that is said with what there will be. */
function durationText({ forecast }: CanaryStatisticsView): string {
  const { expected, stages, lag } = forecast
  const least = formatDuration(forecast.leastMinutes * 60_000)
  if (expected === null)
    return `at least ${least}, ${formatDuration(lag * 60_000)} of every stage until its metrics settled`
  const total = expected.reduce((sum, { minutes }) => sum + minutes, 0)
  const each = expected.map(({ minutes }, index) => `${formatDuration(minutes * 60_000)} at ${stages[index]}%`)
  const open = expected.flatMap(({ proven }, index) => (proven ? [] : [`${stages[index]}%`]))
  const short =
    open.length === 0 ? '' : `; too little traffic to prove it in time at ${open.join(', ')}: see onInconclusive`
  return `about ${formatDuration(total * 60_000)} for a healthy release: ${each.join(', ')}${short}`
}

function costText({ forecast: { queries, everyMs, dollarsPerHour } }: CanaryStatisticsView): string {
  return `CloudWatch for ${queries} metrics every ${formatDuration(everyMs)}: at most $${dollarsPerHour.toFixed(2)} an hour ($0.01 per 1,000)`
}

function signalLines(
  signal: SignalView,
  { forecast: { stages } }: CanaryStatisticsView,
  titles: { readonly [check: string]: string },
  theme: Theme,
): readonly string[] {
  const name = signal.checks.map((id) => safeText(titles[id] ?? id)).join(', ')
  const head = `  ${theme.paint.strong(name)}: ${usualText(signal)}`
  if (signal.diluted) return [head, ...dilutedLines(signal, stages)]
  const rows = signal.regressions.map(({ name: regression, found, caughtAfter }) => [
    `    ${regression}`,
    ...found.map(detectionText),
    caughtAfter === null ? '' : minutesText(caughtAfter),
  ])
  const isSlow = signal.bounds.some(({ of }) => of !== 'share')
  const proof = signal.proof.map((count) => (count === null ? '–' : number(count, 12)))
  const proven = signal.bounds.every(({ of }) => of === 'mean') ? [] : [['    proven', ...proof]]
  const body = [...proven, ...rows]
  const caught = signal.regressions.some(({ caughtAfter }) => caughtAfter !== null) ? ['caught in'] : []
  const header = ['    requests at', ...stages.map((stage) => `${stage}%`), ...caught]
  return [
    head,
    ...(body.length === 0 ? [] : table([header, ...body])),
    ...(isSlow && rows.length === 0 ? ['    what a slower version does is not known without samples of today'] : []),
  ]
}

function usualText({ perMinute, usual, bounds, known, cut }: SignalView): string {
  const rate = perMinute === null ? 'requests a minute not known' : `${number(perMinute)} a minute`
  const parts = bounds.map((bound) => {
    if (bound.of === 'mean') return usual.mean === null ? '' : `mean ${quantity(usual.mean, bound.unit)}`
    const share = percent(usual.above[cut] ?? 0)
    return bound.of === 'share' ? `${share} bad` : `${share} at or above ${quantity(bound.cut, bound.unit)}`
  })
  const all = parts.filter((part) => part !== '').join(', ')
  return `${rate}${all === '' ? '' : `, ${known === 'read' ? 'usually' : 'assumed'} ${all}`}`
}

/** `308 in 4m`: requests of the new version at this stage, and how long they take. */
function detectionText(found: Detection): string {
  if (found === null) return '–'
  const time = Number.isFinite(found.minutes) ? ` in ${minutesText(found.minutes)}` : ''
  return `${number(found.requests, 12)}${time}`
}

/** `45m`, `5.3h`: no more digits than an estimate has. */
function minutesText(minutes: number): string {
  return minutes < 120 ? `${minutes}m` : `${number(minutes / 60, minutes < 6000 ? 2 : 1)}h`
}

function dilutedLines({ diluted, bounds }: SignalView, stages: readonly number[]): readonly string[] {
  return (diluted ?? []).map(({ from }, index) => {
    const bound = bounds[index]
    const show = (value: number) =>
      bound?.of === 'mean' ? quantity(value, bound.unit) : value > 1 ? 'nothing' : percent(value)
    const each = from.map((value, stage) => `${show(value)} at ${stages[stage]}%`)
    return `    nothing tells the versions apart: outside the limit from ${each.join(', ')} of the new version on`
  })
}
