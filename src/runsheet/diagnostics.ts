import type { ErrorCode } from '../core/error-codes.ts'
import { LaunchError, type SourcePosition } from '../core/errors.ts'
import { masked } from './secrets.ts'

/** One mistake in a run sheet: where, what, and what to write instead. */
export type Diagnostic = {
  readonly at: Required<SourcePosition>
  /** The field it is about: `below`, `gates.slo`. */
  readonly label: string
  readonly message: string
  readonly hint: string
}

const shown = 20
const widest = 150

/**
 * A mistake as a person reads it:
 * ```
 * runsheet.yaml:41:34 below: "800" has no unit
 *    41 │   - { kind: percentile, below: 800 }
 *       │                                ^^^ write 800ms
 * ```
 */
function renderDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, col, length } = diagnostic.at
  const excerpt = excerptOf(diagnostic.at)
  const marks = '^'.repeat(Math.max(1, Math.min(length, excerpt.text.length - excerpt.start)))
  const label = diagnostic.label === '' ? '' : `${diagnostic.label}: `
  return [
    `${file}:${line}:${col} ${printable(masked(`${label}${diagnostic.message}`))}`,
    `${String(line).padStart(5)} │ ${excerpt.text}`.trimEnd(),
    `      │ ${' '.repeat(excerpt.start)}${marks} ${printable(masked(diagnostic.hint))}`.trimEnd(),
  ].join('\n')
}

/** All mistakes as one error; `at` is the first position. Takes at least one. */
export function runsheetError(code: ErrorCode, diagnostics: readonly Diagnostic[]): LaunchError {
  const sorted = diagnostics.toSorted((a, b) => a.at.line - b.at.line || a.at.col - b.at.col)
  const rest = sorted.length - shown
  const lines = sorted.slice(0, shown).map(renderDiagnostic)
  const first = sorted[0]
  const more = rest > 0 ? `\nand ${rest} more` : ''
  const at = first ? { at: { ...first.at, source: excerptOf(first.at).line } } : {}
  return new LaunchError(code, `${lines.join('\n')}${more}`, at)
}

/** The source line, fit for a terminal: no secret, no control character, cut around the place when it is very long. */
function excerptOf(at: Required<SourcePosition>): {
  readonly line: string
  readonly text: string
  readonly start: number
} {
  const line = printable(masked(at.source))
  const start = Math.min(at.col - 1, line.length)
  if (line.length <= widest) return { line, text: line, start }
  const from = Math.max(0, Math.min(start - 60, line.length - widest))
  return { line: line.slice(0, widest), text: line.slice(from, from + widest), start: start - from }
}

/** Characters that would move the cursor, reorder or hide text: C0, DEL, C1, line separators, bidirectional controls. */
const unprintable = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2066, 0x2069],
] as const

function printable(text: string): string {
  const hidden = (char: string) =>
    unprintable.some(([from, to]) => char.charCodeAt(0) >= from && char.charCodeAt(0) <= to)
  return Array.from({ length: text.length }, (_, index) => text.charAt(index))
    .map((char) => (char === '\t' ? ' ' : hidden(char) ? '·' : char))
    .join('')
}
