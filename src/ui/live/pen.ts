import { safeText, width } from '../text.ts'
import type { Theme, Tone } from '../theme.ts'

/** Columns of the labels at the left of the lower rows. */
export const labelColumns = 10

/** Writes cells of a screen: text from data made safe, in characters the terminal has, and exactly as wide as asked. */
export type Pen = {
  readonly theme: Theme
  readonly columns: number
  /** Uncoloured text in at most so many columns. */
  cut(text: string, columns: number): string
  /** The same, filled up with spaces. */
  cell(text: string, columns: number, align?: 'left' | 'right'): string
  /** `label     text`, broken at spaces over at most so many lines. */
  row(label: string, text: string, most: number, tone?: Tone): readonly string[]
}

export function penOf(theme: Theme, columns: number): Pen {
  const ellipsis = theme.encode('…')
  const pen: Pen = {
    theme,
    columns,
    cut: (text, most) => cutAt(theme.encode(safeText(text)), most, ellipsis),
    cell: (text, most, align = 'left') => {
      const cut = pen.cut(text, most)
      const space = ' '.repeat(Math.max(0, most - width(cut)))
      return align === 'left' ? cut + space : space + cut
    },
    row: (label, text, most, tone) => {
      const room = Math.max(8, columns - labelColumns)
      const lines = broken(theme.encode(safeText(text)), room, most, ellipsis)
      const paint = tone === undefined ? (line: string) => line : theme.paint[tone]
      const heads = [theme.paint.dim(label.padEnd(labelColumns)), ' '.repeat(labelColumns)]
      return lines.map((line, index) => (heads[Math.min(index, 1)] ?? '') + paint(line))
    },
  }
  return pen
}

function cutAt(text: string, most: number, ellipsis: string): string {
  if (width(text) <= most) return text
  if (most <= ellipsis.length) return first(text, most)
  return first(text, most - ellipsis.length).trimEnd() + ellipsis
}

/** The beginning of a text that fits into so many columns. */
function first(text: string, columns: number): string {
  let cut = ''
  for (const character of text) {
    if (width(cut + character) > columns) break
    cut += character
  }
  return cut
}

/** Text over several lines; what does not fit into the last one is cut. */
function broken(text: string, columns: number, most: number, ellipsis: string): readonly string[] {
  const lines: string[] = []
  let rest = text
  while (lines.length < most - 1 && width(rest) > columns) {
    const fits = first(rest, columns)
    const at = rest[fits.length] === ' ' ? fits.length : fits.lastIndexOf(' ')
    if (at <= 0) break
    lines.push(rest.slice(0, at).trimEnd())
    rest = rest.slice(at + 1).trimStart()
  }
  return [...lines, cutAt(rest, columns, ellipsis)]
}

/** `12m 05s`, `2h 05m`, `8s`: a time that ticks keeps its form. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m ${two(seconds % 60)}s`
  return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`
}
