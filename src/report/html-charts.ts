import { clockTime, number, quantity } from '../ui/format.ts'
import type { Cell, Table } from './cell.ts'
import type { Charts, Line, SloChart } from './charts.ts'
import { tableHtml } from './html-cell.ts'
import { el, type Child, type Html } from './html.ts'
import { exposureSvg } from './svg-exposure.ts'
import { narrow, wide } from './svg-frame.ts'
import { sloSvg } from './svg-slo.ts'

const names = { canary: 'new version', control: 'old version', all: 'everybody' } as const satisfies Record<
  Line['of'],
  string
>

/** Every chart of a launch, each with its numbers as a table behind it. */
export function chartFigures(charts: Charts): readonly Html[] {
  return [exposureFigure(charts), ...charts.slos.map((slo, index) => sloFigure(slo, charts, `slo-${index + 1}`))]
}

function exposureFigure(charts: Charts): Html {
  const id = 'exposure'
  const title = 'Users who had the new version'
  const desc = `${charts.bands.map(({ from, percent }) => `${number(percent)}% from ${clockTime(from)}`).join(', ')}.`
  const name = { id, title, desc }
  const table: Table = {
    caption: `${title}, from when until when`,
    head: ['From (UTC)', 'Until (UTC)', 'Users'],
    rows: charts.bands.map(({ from, to, percent }) => [clockTime(from), clockTime(to), `${number(percent)}%`]),
  }
  return figure(name, [], [exposureSvg(charts, wide, name), exposureSvg(charts, narrow, name)], table)
}

function sloFigure(slo: SloChart, charts: Charts, id: string): Html {
  const limit = slo.limit === null ? null : quantity(slo.limit, slo.unit)
  const name = { id, title: slo.title, desc: described(slo, limit) }
  const legend = [
    ...slo.lines.map(({ of }): readonly [string, string] => [`line ${of}`, names[of]]),
    ...(limit === null ? [] : [['limit', `limit ${limit}`] as const]),
    ...(slo.lines.some(isEarly) ? [['early', 'seen before it had settled'] as const] : []),
  ]
  const drawings = [sloSvg(slo, charts, wide, name), sloSvg(slo, charts, narrow, name)]
  return figure(name, legend, drawings, numbersOf(slo, charts), `${slo.about}${everyText(slo)}`)
}

function isEarly({ points }: Line): boolean {
  return points.some(({ settled }) => !settled)
}

type Named = { readonly id: string; readonly title: string }
type Legend = readonly (readonly [style: string, text: string])[]

function figure({ id, title }: Named, legend: Legend, drawings: readonly Html[], table: Table, about?: string): Html {
  const keys = legend.map(([style, text]) =>
    el('span', { class: 'key' }, el('span', { class: `swatch ${style}`, 'aria-hidden': 'true' }), text),
  )
  return el(
    'figure',
    {},
    el('figcaption', {}, el('strong', {}, title), about === undefined ? null : `: ${about}`, keysHtml(keys)),
    drawings,
    el('details', {}, el('summary', {}, `${title}: the numbers`), tableHtml(table, `${id}-numbers`)),
  )
}

function keysHtml(keys: readonly Child[]): Html | null {
  return keys.length === 0 ? null : el('span', { class: 'legend' }, keys)
}

function everyText({ everyMs }: SloChart): string {
  if (everyMs === null) return ''
  const minutes = everyMs / 60_000
  return minutes === 1 ? ', minute by minute' : `, every ${number(minutes)} minutes`
}

/** The chart in a sentence or two, for who does not see it. */
function described({ lines, unit, limit }: SloChart, limitText: string | null): string {
  const said = lines.map(({ of, points }) => {
    const values = points.map(({ value }) => value)
    const range = `${quantity(Math.min(...values), unit)} to ${quantity(Math.max(...values), unit)}`
    const over = limit === null ? 0 : values.filter((value) => value >= limit).length
    const breach =
      limit === null
        ? ''
        : over === 0
          ? ', never at the limit'
          : `, ${over} of ${values.length} points at or above the limit`
    return `${names[of]}: ${range}${breach}`
  })
  return `${said.join('; ')}.${limitText === null ? '' : ` The limit is ${limitText}.`}`
}

function numbersOf({ title, unit, lines }: SloChart, { bands }: Charts): Table {
  const times = [...new Set(lines.flatMap(({ points }) => points.map(({ at }) => at)))].sort((a, b) => a - b)
  const known = lines.map(({ points }) => new Map(points.map((point) => [point.at, point])))
  const rows = times.map((at): readonly Cell[] => {
    const percent = bands.findLast(({ from }) => from <= at)?.percent ?? 0
    const cells = known.flatMap((points) => {
      const point = points.get(at)
      const early = point?.settled === false ? ' (not settled)' : ''
      return point ? [`${quantity(point.value, unit)}${early}`, number(point.samples)] : ['–', '–']
    })
    return [clockTime(at), `${number(percent)}%`, ...cells]
  })
  const head = lines.flatMap(({ of }) => [capital(names[of]), `Samples, ${names[of]}`])
  return { caption: `${title} over time`, head: ['From (UTC)', 'Users', ...head], rows }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
