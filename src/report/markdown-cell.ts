import type { Verdict } from '../core/verdict.ts'
import { inlines, type Cell, type Inline, type Table } from './cell.ts'
import { code, md, mdTable } from './escape.ts'

const marks = { pass: '✅', fail: '❌', unknown: '❓', waived: '➖' } as const satisfies Record<Verdict, string>

/** A cell as Markdown that renders as exactly what it says. */
export function mdCell(cell: Cell): string {
  return inlines(cell).map(mdInline).join('')
}

/** Nothing at all for a table without rows. */
export function mdTableOf({ head, rows }: Table): readonly string[] {
  return mdTable(
    head,
    rows.map((row) => row.map(mdCell)),
  )
}

function mdInline(piece: Inline): string {
  if (typeof piece === 'string') return mdPiece(piece)
  if ('code' in piece) return code(piece.code)
  if ('strong' in piece) return `**${md(piece.strong)}**`
  return `${marks[piece.verdict]} ${md(piece.word ?? piece.verdict)}`
}

/** The space that parts a piece from the next one stays; a colon before it begins no address. */
function mdPiece(text: string): string {
  const before = /^\s/.test(text) ? ' ' : ''
  const after = /:?\s$/.exec(text)?.[0] ?? ''
  return before + md(text.slice(0, text.length - after.length)) + (after === '' ? '' : `${after.trim()} `)
}
