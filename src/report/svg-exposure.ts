import type { Charts } from './charts.ts'
import { el, type Html } from './html.ts'
import { frameOf, type Size } from './svg-frame.ts'
import { linear } from './svg-scale.ts'
import { drawing, valueTick, type Naming } from './svg-slo.ts'

/** How many percent of users had the new version over time: steps up, and the fall of a rollback. */
export function exposureSvg(charts: Charts, size: Size, name: Naming): Html {
  const frame = frameOf(charts, { ...size, height: size.height - 70 })
  const { x, left, right, top, bottom } = frame
  const y = linear([0, 100], [bottom, top])
  const steps = charts.bands.map(({ from, to, percent }) => `L${x(from)} ${y(percent)}H${x(to)}`)
  const start = charts.bands[0]?.from ?? charts.from
  // Down as each band ends where the next begins; the line goes on to the end of the launch.
  const d = `M${x(charts.from)} ${y(0)}H${x(start)}${steps.join('')}`
  const area = `${d}V${y(0)}Z`
  return drawing(frame.size, name, [
    ...frame.under,
    ...[0, 50, 100].map((percent) => valueTick(`${percent}%`, y(percent), left, right)),
    el('path', { class: 'exposed', d: area }),
    el('path', { class: 'line canary', d }),
    ...frame.over,
  ])
}
