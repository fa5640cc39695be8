import type { Line, Point } from './charts.ts'
import { el, type Html } from './html.ts'
import type { Scale } from './svg-scale.ts'

/** A line through its points, broken where data is missing; a point with nothing beside it is a dot. */
export function linePath({ of, points }: Line, x: Scale, y: Scale, everyMs: number | null): Html {
  const d = stretches(points, everyMs)
    .map((stretch) => stretchPath(stretch, x, y))
    .join('')
  return el('path', { class: `line ${of}`, d })
}

/** Dots on the points at or above the limit: a breach is seen without colours. */
export function breaches({ of, points }: Line, limit: number | null, x: Scale, y: Scale): Html | null {
  const over = limit === null ? [] : points.filter(({ value }) => value >= limit)
  if (over.length === 0) return null
  return el('path', { class: `breach ${of}`, d: over.map(({ at, value }) => `M${x(at)} ${y(value)}h0`).join('') })
}

/** Rings on the points that were not settled when they were last seen: more may have come since. */
export function unsettledRings({ of, points }: Line, x: Scale, y: Scale): Html | null {
  const early = points.filter(({ settled }) => !settled)
  if (early.length === 0) return null
  const d = early.map(({ at, value }) => `M${x(at)} ${y(value)}m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0`)
  return el('path', { class: `ring ${of}`, d: d.join('') })
}

/** Points that follow each other without a gap. A period and a half is a gap; null: there is none anywhere. */
export function stretches(points: readonly Point[], everyMs: number | null): readonly (readonly Point[])[] {
  const found: Point[][] = []
  for (const point of points) {
    const stretch = found.at(-1)
    const last = stretch?.at(-1)
    if (stretch && last && (everyMs === null || point.at - last.at < everyMs * 1.5)) stretch.push(point)
    else found.push([point])
  }
  return found
}

function stretchPath(stretch: readonly Point[], x: Scale, y: Scale): string {
  const [first, ...rest] = stretch.map(({ at, value }) => `${x(at)} ${y(value)}`)
  return rest.length === 0 ? `M${first}h0` : `M${first}L${rest.join(' ')}`
}
