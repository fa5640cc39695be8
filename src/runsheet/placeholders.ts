import { Lexer } from 'yaml'
import type { LaunchError } from '../core/errors.ts'
import { runsheetError } from './diagnostics.ts'

/** A line of a run sheet whose value only its owner can know, as `launch init` leaves it: marked with a `# TODO` comment. */
export type Placeholder = {
  readonly line: number
  /** Of the mark, from 1. */
  readonly col: number
  /** What is to be filled in, in the comment's words; may be empty. */
  readonly what: string
  /** The whole line. */
  readonly source: string
}

/** What the lexer puts where documents, scalars and flow ends begin: control characters that are not in the text. */
const marks = new Set(['\u0002', '\u0018', '\u001F', '\uFEFF'])

/**
 * Where a run sheet still says `# TODO`. The mark is what counts, not the value: a bucket may be called anything, and whoever
 * fills a line in takes its mark away. Text is told from comments by the YAML lexer.
 */
export function placeholdersOf(text: string): readonly Placeholder[] {
  const found: Placeholder[] = []
  const lines = text.split('\n')
  let offset = 0
  // Counted on from mark to mark: from the top for each it takes the square of their number.
  let [line, lineStart] = [1, 0]
  for (const token of new Lexer().lex(text)) {
    // A mark is looked for to the end of the text when it is not there.
    const at = marks.has(token) ? -1 : text.indexOf(token, offset)
    if (at === -1) continue
    offset = at + token.length
    const what = /^#\s*TODO\b:?(.*)$/s.exec(token)?.[1]?.trim()
    if (what === undefined) continue
    for (let end = text.indexOf('\n', lineStart); end !== -1 && end < at; end = text.indexOf('\n', lineStart)) {
      line += 1
      lineStart = end + 1
    }
    found.push({ line, col: at - lineStart + 1, what, source: lines[line - 1] ?? '' })
  }
  return found
}

/** The refusal of a run sheet with placeholders: each with its place. Takes at least one. */
export function placeholderError(file: string, placeholders: readonly Placeholder[]): LaunchError {
  return runsheetError(
    'RUNSHEET_INVALID',
    placeholders.map(({ line, col, what, source }) => ({
      at: { file, line, col, length: source.trimEnd().length - col + 1, source },
      label: '',
      message: `still a placeholder${what === '' ? '' : `: ${what}`}`,
      hint: 'fill the line in, then take the TODO away',
    })),
  )
}
