import type { Verdict } from '../core/verdict.ts'
import { inlines, type Cell, type Inline, type Table } from './cell.ts'
import { el, type Child, type Html } from './html.ts'

const marks = { pass: '✔', fail: '✖', unknown: '?', waived: '–' } as const satisfies Record<Verdict, string>

/** A cell's pieces; nothing rests on colour alone, a mark and a word say it too. */
export function cellHtml(cell: Cell): Child {
  return inlines(cell).map(inlineHtml)
}

function inlineHtml(piece: Inline): Child {
  if (typeof piece === 'string') return isVerdict(piece) ? verdictHtml(piece, piece) : piece
  if ('code' in piece) return el('code', {}, piece.code)
  if ('strong' in piece) return el('strong', {}, piece.strong)
  return verdictHtml(piece.verdict, piece.word ?? piece.verdict)
}

function isVerdict(word: string): word is Verdict {
  return Object.hasOwn(marks, word)
}

function verdictHtml(verdict: Verdict, word: string): Html {
  return el('span', { class: `verdict ${verdict}` }, marks[verdict], ' ', word)
}

/**
 * A table whose first cells head their rows, in a box that scrolls by itself (with the keyboard too) where the screen is
 * narrower than it. Null without rows. `id` is unique on the page.
 */
export function tableHtml({ caption, head, rows }: Table, id: string): Html | null {
  if (rows.length === 0) return null
  const named = `${id}-caption`
  return el(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-labelledby': named },
    el(
      'table',
      {},
      el('caption', { id: named }, caption),
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          head.map((text) => el('th', { scope: 'col' }, text)),
        ),
      ),
      el('tbody', {}, rows.map(rowHtml)),
    ),
  )
}

function rowHtml([first, ...rest]: readonly Cell[]): Html {
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, cellHtml(first ?? '')),
    rest.map((cell) => el('td', {}, cellHtml(cell))),
  )
}

/** A list of finished items, or one sentence when there is none. */
export function listOr(items: readonly Child[], none: string): Html {
  return items.length === 0
    ? el('p', {}, none)
    : el(
        'ul',
        {},
        items.map((item) => el('li', {}, item)),
      )
}

export type Section = { readonly id: string; readonly title: string; readonly html: Html }

/** A section with its heading; null when there is nothing in it. `id` is unique on the page. */
export function section(id: string, title: string, ...body: readonly Child[]): Section | null {
  if (body.every((child) => child === null)) return null
  const heading = el('h2', { id: `${id}-title` }, title)
  return { id, title, html: el('section', { id, 'aria-labelledby': `${id}-title` }, heading, body) }
}
