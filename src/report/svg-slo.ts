import { quantity } from '../ui/format.ts'
import type { Charts, SloChart } from './charts.ts'
import { el, type Html } from './html.ts'
import { frameOf, type Size } from './svg-frame.ts'
import { breaches, linePath, unsettledRings } from './svg-line.ts'
import { linear, valueTicks } from './svg-scale.ts'

/** An SLO over time: old and new version, the limit, who had the new version, rollbacks. Text in it is escaped by `el`. */
export function sloSvg(chart: SloChart, charts: Charts, size: Size, name: Naming): Html {
  const { unit, limit, lines, everyMs } = chart
  const frame = frameOf(charts, size)
  const { x, left, right, top, bottom } = frame
  const highest = Math.max(0, limit ?? 0, ...lines.flatMap(({ points }) => points.map(({ value }) => value)))
  const ticks = valueTicks(highest * 1.1, 4)
  const y = linear([0, ticks.at(-1) ?? 1], [bottom, top])
  // A period is drawn at its middle.
  const middle = (at: number) => x(at + (everyMs ?? 0) / 2)
  return drawing(size, name, [
    ...frame.under,
    ...ticks.map((value) => valueTick(quantity(value, unit), y(value), left, right)),
    ...lines.toReversed().map((line) => linePath(line, middle, y, everyMs)),
    limit === null ? null : limitLine(y(limit), left, right),
    ...lines.toReversed().map((line) => unsettledRings(line, middle, y)),
    ...lines.map((line) => breaches(line, limit, middle, y)),
    ...frame.over,
  ])
}

export type Naming = { readonly id: string; readonly title: string; readonly desc: string }

/** An SVG that says what it shows. */
export function drawing(size: Size, { id, title, desc }: Naming, children: readonly (Html | null)[]): Html {
  const own = `${id}-${size.name}`
  return el(
    'svg',
    {
      class: `chart ${size.name}`,
      viewBox: `0 0 ${size.width} ${size.height}`,
      role: 'img',
      'aria-labelledby': `${own}-title ${own}-desc`,
    },
    el('title', { id: `${own}-title` }, title),
    el('desc', { id: `${own}-desc` }, desc),
    children,
  )
}

export function valueTick(label: string, place: number, left: number, right: number): Html {
  return el(
    'g',
    {},
    el('path', { class: 'grid', d: `M${left} ${place}H${right}` }),
    el('text', { x: left - 6, y: place + 4, 'text-anchor': 'end' }, label),
  )
}

function limitLine(place: number, left: number, right: number): Html {
  return el('path', { class: 'limit', d: `M${left} ${place}H${right}` })
}
