import { width } from './text.ts'

/** Narrower than this nothing is wrapped: the terminal breaks it no worse. */
const leastColumns = 40

/**
 * A line that may be coloured, broken to fit so many columns: before a cell of a table where that helps, else at spaces.
 * What follows the first line is indented by `hang`. A word that is too long by itself stays whole.
 */
export function wrap(line: string, columns: number, hang: number): readonly string[] {
  return columns < leastColumns ? [line] : broken(line, columns, hang)
}

function broken(line: string, columns: number, hang: number): readonly string[] {
  if (width(line) <= columns) return [line]
  const lines: string[] = []
  let current = ''
  const fits = (text: string) => width(current) + width(text) <= columns
  const breakBefore = (text: string) => {
    lines.push(current.trimEnd())
    current = ' '.repeat(hang) + text.trimStart()
  }
  for (const whole of line.split(/(?<=\S)(?= {2})/)) {
    // Below the first line a cell stands in no column any more.
    const cell = lines.length > 0 ? whole.replace(/^ +/, '  ') : whole
    if (fits(cell)) current += cell
    else if (current.trim() !== '' && hang + width(cell.trimStart()) <= columns) breakBefore(cell)
    else {
      for (const word of cell.split(/(?<=\S)(?= )/)) {
        if (fits(word) || current.trim() === '') current += word
        else breakBefore(word)
      }
    }
  }
  return [...lines, current]
}

/** Columns that the last cell of a row needs to be broken within its own column. */
const leastCell = 28

/**
 * A row of a table, broken to fit: its last cell within its own column, so that labels and cells stay where they were. Where too
 * little room is left for that, as by `wrap`, indented like the second cell; a line without cells, like its own beginning.
 */
export function wrapRow(line: string, columns: number): readonly string[] {
  if (columns < leastColumns || width(line) <= columns) return [line]
  const gaps = [...line.matchAll(/(?<=\S)\s{2,}(?=\S)/g)].map(({ index, 0: gap }) => index + gap.length)
  const starts = [/^\s*/.exec(line)?.[0].length ?? 0, ...gaps]
  const columnOf = (start: number) => width(line.slice(0, start))
  const last = starts.findLast((start) => columns - columnOf(start) >= leastCell)
  if (last === undefined) return [line]
  // What is right of it as well: the cells that have no room of their own.
  if (last !== starts.at(-1)) return broken(line, columns, columnOf(starts[1] ?? last))
  const indent = columnOf(last)
  return broken(line.slice(last), columns - indent, 0).map(
    (part, index) => (index === 0 ? line.slice(0, last) : ' '.repeat(indent)) + part,
  )
}
