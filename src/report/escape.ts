import { safeText } from '../ui/text.ts'

/**
 * Text from data as Markdown that renders as exactly that text: no markup, no HTML, no table cell broken, nobody
 * mentioned, nothing linked. Only what would mean something is escaped, so `p95 < 800ms` stays readable as it is. An empty
 * comment keeps `@name`, `#12` and `://` from becoming links and is invisible.
 */
export function md(text: string): string {
  return (
    safeText(text)
      .trim()
      .replaceAll(/&(?=#?\w|$)/g, '&amp;')
      // A tag, comment or autolink begins with `<` and one of these; at the end something else may follow.
      .replaceAll(/<(?=[a-z/!?]|$)/gi, '&lt;')
      .replaceAll(/[\\`*_{}[\]|~$]/g, String.raw`\$&`)
      .replaceAll(/(^|[^\w&])(@|#)(?=\w|$)/g, '$1$2<!-- -->')
      .replaceAll(/:(?=\/\/|$)/g, ':<!-- -->')
      .replaceAll(/\bwww\.(?=\S)/gi, (found) => `${found.slice(0, 3)}<!-- -->.`)
      .replace(/^(>|[-+](?=\s|$)|#(?=[#\s]|$)|[-=]+$|\d+(?=[.)](\s|$)))/, blockStart)
  )
}

// What would begin a quotation, a list, a heading or a rule at the start of a line.
function blockStart(start: string): string {
  return /^\d/.test(start) ? `${start}<!-- -->` : `\\${start}`
}

/** A code span: ids, commands and addresses. A backtick inside makes the fence longer; a pipe is escaped for tables. */
export function code(text: string): string {
  const safe = safeText(text)
    .trim()
    .replaceAll('|', String.raw`\|`)
  if (safe === '') return ''
  const longest = Math.max(0, ...[...safe.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const space = safe.startsWith('`') || safe.endsWith('`') ? ' ' : ''
  return fence + space + safe + space + fence
}

/** A table of cells that are Markdown already; nothing at all when it has no rows. */
export function mdTable(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return []
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}
