import { width } from './text.ts'

/** Narrower than this nothing is wrapped: the terminal breaks it no worse. */
const leastColumns = 40

/**
 * A line that may be coloured, broken to fit so many columns: before a cell of a table where that helps, else at spaces.
 * What follows the first line is indented by `hang`. A word that is too long by itself stays whole.
 */
export function wrap(line: string, columns: number, hang: number): readonly string[] {
  if (columns < leastColumns || width(line) <= columns) return [line]
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
