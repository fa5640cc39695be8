import type { EpochMs } from '../core/brand.ts'
import type { Minute } from '../core/evidence.ts'

/** The sum of the minutes in `[end − length, end)`. */
export type Slide = { readonly end: EpochMs; readonly sum: number }

/**
 * Sums over every stretch of this length that ends with one of the minutes, not only over clock-aligned ones: twenty
 * events at :04 and twenty at :05 are forty in five minutes. Minutes are sorted; one that is missing adds nothing.
 */
export function slidingSums(minutes: readonly Minute[], periodMs: number, lengthMs: number): readonly Slide[] {
  let first = 0
  let sum = 0
  return minutes.map((minute) => {
    sum += minute.sum
    // The bound holds: `first` never passes the minute that was just added.
    for (let oldest = minutes[first]; oldest && oldest.start <= minute.start - lengthMs; oldest = minutes[++first])
      sum -= oldest.sum
    return { end: endOf(minute, periodMs), sum }
  })
}

/** The largest of them, the newest of equals; null when there is none. */
export function largest(slides: readonly Slide[]): Slide | null {
  return slides.reduce<Slide | null>((best, slide) => (best === null || slide.sum >= best.sum ? slide : best), null)
}

function endOf(minute: Minute, periodMs: number): EpochMs {
  // A minute's end is an instant like its start.
  return (minute.start + periodMs) as EpochMs
}
