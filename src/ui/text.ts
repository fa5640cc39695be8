import { stripVTControlCharacters } from 'node:util'
import { safeLine } from '../core/safe-text.ts'

/**
 * Text from data (run sheet, journal, services, people) made fit for one line of a terminal or a page: what
 * `core/safe-text` takes out, every other formatting character (soft hyphens, tags) and broken halves of characters too.
 */
export function safeText(text: string): string {
  return safeLine(text.replaceAll(/\p{Cf}/gu, '').replaceAll(/\p{Cs}/gu, '\uFFFD'))
}

// East Asian wide and fullwidth blocks (UAX #11), and what terminals draw as two-column emoji.
const wide =
  /[\p{Emoji_Presentation}\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]/u
const combining = /[\p{M}\p{Cf}\p{Cc}]/u

function columnsOf(character: string): number {
  if (combining.test(character)) return 0
  return wide.test(character) ? 2 : 1
}

/** Terminal columns a text takes; colour codes count nothing. */
export function width(text: string): number {
  return Array.from(stripVTControlCharacters(text)).reduce((total, character) => total + columnsOf(character), 0)
}

/** Fills up with spaces; a longer text is returned as it is. */
export function pad(text: string, columns: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, columns - width(text)))
  return align === 'left' ? text + space : space + text
}

/** Cuts uncoloured text to so many columns, the last one an ellipsis. */
export function truncate(text: string, columns: number): string {
  if (width(text) <= columns) return text
  let cut = ''
  let used = 0
  for (const character of text) {
    used += columnsOf(character)
    if (used > columns - 1) break
    cut += character
  }
  return `${cut.trimEnd()}…`
}

export type TableOptions = {
  /** Per column; left when absent. */
  readonly align?: readonly ('left' | 'right')[]
  /** Columns between two cells. @default 2 */
  readonly gap?: number
}

/** Rows as aligned lines: every column as wide as its widest cell, nothing after the last one. Cells may be coloured. */
export function table(rows: readonly (readonly string[])[], options: TableOptions = {}): readonly string[] {
  const { align = [], gap = 2 } = options
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, width(cell))))
  return rows.map((row) =>
    row
      .map((cell, index) => pad(cell, widths[index] ?? 0, align[index]))
      .join(' '.repeat(gap))
      .trimEnd(),
  )
}
