import { width } from '../text.ts'

/** ECMA-48, and DEC 2026 (synchronized output: a terminal that does not know it ignores it). */
const esc = '\u001B['
const begin = `${esc}?2026h${esc}?25l`
const end = `${esc}?2026l`
const eraseLine = `${esc}K`
const eraseBelow = `${esc}J`
export const showCursor = `${esc}?25h`

export type Repaint = {
  /** What is on the screen; the cursor stands behind its last line. Empty: the cursor stands at the beginning of a line. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  /** Of the terminal now: lines that were drawn on a wider one take more rows on this one. */
  readonly columns: number
  /** Finished lines that scroll above. */
  readonly above: readonly string[]
  /** Draw every line, changed or not: whatever was typed into the terminal meanwhile is gone then. */
  readonly whole: boolean
}

/** What to write so that a terminal shows `after` where it showed `before`. No line may be wider than the terminal. */
export function repaint({ before, after, columns, above, whole }: Repaint): string {
  const rows = rowsOf(before, columns)
  // Lines are written over, not taken away first: a terminal without synchronized output would flicker.
  const top = toTop(rows) + (rows === before.length ? '' : eraseBelow)
  const lines = [...above, ...after]
  const same = (index: number) =>
    !whole && above.length === 0 && index < after.length - 1 && after[index] === before[index]
  const drawn = lines.map((line, index) => (same(index) ? '' : line + eraseLine)).join('\r\n')
  // Without a frame the cursor is left at the beginning of a line.
  const last = after.length === 0 && lines.length > 0 ? '\r\n' : ''
  return `${begin}${top}${drawn}${last}${eraseBelow}${end}`
}

/** From behind the last of so many rows to the beginning of the first one. */
function toTop(rows: number): string {
  if (rows === 0) return ''
  return `\r${rows > 1 ? `${esc}${rows - 1}A` : ''}`
}

/** Rows that lines take on a terminal that breaks what is too wide. */
function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(width(line) / Math.max(1, columns))), 0)
}
