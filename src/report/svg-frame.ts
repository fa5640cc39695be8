import { number } from '../ui/format.ts'
import type { Band, Mark } from './charts.ts'
import { el, type Html } from './html.ts'
import { linear, timeTicks, type Scale } from './svg-scale.ts'

/** How large a chart is drawn, in units of its own; letters are 12 high, so a narrow one is another drawing. */
export type Size = { readonly name: 'wide' | 'narrow'; readonly width: number; readonly height: number }

export const wide: Size = { name: 'wide', width: 760, height: 260 }
export const narrow: Size = { name: 'narrow', width: 360, height: 240 }

/** What every chart of a launch stands in: time below, percents of users as bands, rollbacks as upright lines. */
export type Frame = {
  readonly size: Size
  readonly x: Scale
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  /** Drawn below the lines. */
  readonly under: readonly Html[]
  /** Drawn above the lines. */
  readonly over: readonly Html[]
}

type Told = {
  readonly from: number
  readonly to: number
  readonly bands: readonly Band[]
  readonly marks: readonly Mark[]
}

export function frameOf({ from, to, bands, marks }: Told, size: Size): Frame {
  const [left, right, top, bottom] = [58, size.width - 14, 40, size.height - 26]
  // A rollback ends most launches: room for its line.
  const x = linear([from, to + (to - from) * 0.03], [left, right])
  const shown = bands.filter(({ percent }) => percent > 0)
  return {
    size,
    x,
    left,
    right,
    top,
    bottom,
    under: [
      ...shown.map((band, index) => bandRect(band, index, x, top, bottom)),
      ...timeTicks(from, to, size.name === 'wide' ? 10 : 4).map((at) => timeTick(at, x, bottom, to - from > day)),
      el('text', { x: left - 14, y: bottom + 18, 'text-anchor': 'end' }, 'UTC'),
      el('path', { class: 'axis', d: `M${left} ${bottom}H${right}` }),
    ],
    over: [...bandLabels(shown, x, top), ...marks.map((mark) => markLine(mark, x, { top, bottom, left, right }))],
  }
}

function bandRect({ from, to }: Band, index: number, x: Scale, top: number, bottom: number): Html {
  const [start, end] = [x(from), x(to)]
  const width = round(end - start)
  return el('rect', { class: index % 2 === 0 ? 'band' : 'band odd', x: start, y: top, width, height: bottom - top })
}

/** Percents of users above their bands; one that would lie over the one before is left out, the table has it. */
function bandLabels(bands: readonly Band[], x: Scale, top: number): readonly Html[] {
  let free = 0
  return bands.flatMap(({ from, to, percent }) => {
    const text = `${number(percent)}%`
    const [start, room] = [x(from), x(to) - x(from)]
    const needed = text.length * letter
    if (start < free || room < needed) return []
    free = start + needed
    return [el('text', { class: 'stage', x: round(start + room / 2), y: top - 6, 'text-anchor': 'middle' }, text)]
  })
}

const letter = 7

type Box = { readonly top: number; readonly bottom: number; readonly left: number; readonly right: number }

function markLine({ at, label }: Mark, x: Scale, { top, bottom, left, right }: Box): Html {
  const place = x(at)
  const half = (label.length * letter) / 2
  const anchor = place + half > right ? 'end' : place - half < left ? 'start' : 'middle'
  return el(
    'g',
    { class: 'mark' },
    el('path', { d: `M${place} ${top - 18}V${bottom}` }),
    el('text', { x: anchor === 'end' ? place + 12 : place, y: top - 23, 'text-anchor': anchor }, `⟲ ${label}`),
  )
}

const day = 86_400_000

function timeTick(at: number, x: Scale, bottom: number, dated: boolean): Html {
  const place = x(at)
  return el(
    'g',
    {},
    el('path', { class: 'axis', d: `M${place} ${bottom}v4` }),
    el('text', { x: place, y: bottom + 18, 'text-anchor': 'middle' }, timeText(at, dated)),
  )
}

/** A day is named where one begins, in charts that hold several. */
function timeText(at: number, dated: boolean): string {
  const iso = new Date(at).toISOString()
  return dated && at % day === 0 ? iso.slice(5, 10) : iso.slice(11, 16)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
