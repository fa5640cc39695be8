import { epochMs } from '../core/brand.ts'
import type { Minute, NeedOf, Series, VariantName } from '../core/evidence.ts'
import { settledMinutes } from '../core/settled.ts'
import { plural } from '../core/quantity.ts'
import type { Window } from '../core/verdict.ts'
import { clockTime, number } from './format.ts'
import { safeText, table } from './text.ts'

/** What a check read of one metric for one variant, told apart by what became of it. */
export type Points = {
  readonly metric: string
  readonly variant: VariantName
  /** The settled part of the window that was judged. */
  readonly window: Window
  /** Periods that `window` has, with data or without. */
  readonly expected: number
  readonly used: readonly Minute[]
  /** From before the window: what it was compared with, where the kind of check compares. */
  readonly earlier: readonly Minute[]
  /** Not closed, or not old enough to stay as it is: no evidence yet. */
  readonly unsettled: readonly Minute[]
}

/** `judged`: the window the check itself names; `look`: the one its gate was looked at with. */
export function pointsOf(
  need: NeedOf<'series'>,
  series: Series,
  look: Window,
  judged: Window | null,
): readonly Points[] {
  const back = need.lookbackMs === undefined ? look.from : epochMs(look.to - series.lagMs - need.lookbackMs)
  const window = { from: judged?.from ?? back, to: look.to }
  return (['canary', 'control', 'all'] as const).flatMap((variant) => {
    const minutes = series.minutes[variant]
    if (!minutes) return []
    const settled = settledMinutes(series, variant, window)
    const after = (minute: Minute) => minute.start + series.periodMs > settled.window.to
    return [
      {
        metric: need.metric,
        variant,
        window: settled.window,
        expected: settled.expected,
        used: settled.minutes,
        earlier: minutes.filter((minute) => minute.start < settled.window.from),
        unsettled: minutes.filter((minute) => minute.start >= settled.window.from && after(minute)),
      },
    ]
  })
}

/** `board-load canary: 6 of 6 periods 00:00:00Z to 00:06:00Z; 2 not settled yet` */
export function pointsText({ metric, variant, window, expected, used, earlier, unsettled }: Points): string {
  const name = variant === 'all' ? safeText(metric) : `${safeText(metric)} ${variant}`
  const span = `${clockTime(window.from)} to ${clockTime(window.to)}`
  const before = earlier.length === 0 ? '' : `; ${earlier.length} earlier`
  const after = unsettled.length === 0 ? '' : `; ${unsettled.length} not settled yet`
  return `${name}: ${used.length} of ${expected} periods ${span}${before}${after}`
}

/** One row per period: start, samples, sum, samples at or above the cut, and whether it was used. */
export function pointRows(points: Points): readonly string[] {
  const row = (word: string) => (minute: Minute) => [
    clockTime(minute.start),
    plural(minute.count, 'sample'),
    `sum ${number(minute.sum, 8)}`,
    minute.over === null ? '' : `${number(minute.over)} over`,
    word,
  ]
  return table(
    [
      ...points.earlier.map(row('earlier')),
      ...points.used.map(row('used')),
      ...points.unsettled.map(row('not settled')),
    ],
    { align: ['left', 'right', 'right', 'right'] },
  )
}
