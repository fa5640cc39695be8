import type { RecordedMinute } from './recorded.ts'
import { binomialDraw } from './stats/thinning.ts'

export type ThinnedMinute = { readonly canary: RecordedMinute | null; readonly control: RecordedMinute | null }

/** A uniform number for a part of the minute. */
export type Draw = (part: string) => number

/**
 * Deals the events of a minute that everybody had to two arms that do not differ, each event to the canary with chance
 * `share`. `events`: the sum counts them. `samples`: the count does, each in its stretch between two cuts; a mean is not
 * known sample by sample, so both arms have the minute's own. Null: nothing in that arm, so no datapoint.
 */
export function thinnedMinute(
  minute: RecordedMinute,
  share: number,
  of: 'events' | 'samples',
  draw: Draw,
): ThinnedMinute {
  return of === 'events' ? byEvents(minute, share, draw) : bySamples(minute, share, draw)
}

function byEvents(minute: RecordedMinute, share: number, draw: Draw): ThinnedMinute {
  const { start, count, sum } = minute
  const whole = Number.isInteger(sum) && sum >= 0
  const own = whole ? binomialDraw(draw('events'), sum, share) : sum * share
  // One sample an event, or one sample a minute with all its events in the sum.
  const arm = (events: number): RecordedMinute | null => {
    if (count === sum) return events === 0 ? null : { start, count: events, sum: events, over: {} }
    return { start, count, sum: events, over: {} }
  }
  const [canary, control] = [arm(own), arm(sum - own)]
  return { canary: share <= 0 ? null : canary, control: share >= 1 ? null : control }
}

function bySamples(minute: RecordedMinute, share: number, draw: Draw): ThinnedMinute {
  const cuts = Object.keys(minute.over).toSorted((a, b) => Number(a) - Number(b))
  let above = minute.count
  const stretches = cuts.map((cut) => {
    // Counts above rising cuts never rise; a provider rounds them.
    const over = Math.min(above, minute.over[cut] ?? 0)
    const size = above - over
    above = over
    return size
  })
  const sizes = [...stretches, above]
  const drawn = sizes.map((size, index) => binomialDraw(draw(cuts[index - 1] ?? 'all'), size, share))
  return {
    canary: armOf(minute, cuts, drawn),
    control: armOf(
      minute,
      cuts,
      sizes.map((size, index) => size - (drawn[index] ?? 0)),
    ),
  }
}

function armOf(minute: RecordedMinute, cuts: readonly string[], sizes: readonly number[]): RecordedMinute | null {
  const from = (first: number) => sizes.slice(first).reduce((total, size) => total + size, 0)
  const count = from(0)
  if (count === 0) return null
  return {
    start: minute.start,
    count,
    sum: (minute.sum * count) / minute.count,
    over: Object.fromEntries(cuts.map((cut, index) => [cut, from(index + 1)])),
  }
}
