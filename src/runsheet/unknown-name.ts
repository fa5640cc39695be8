import type { Diagnostic } from './diagnostics.ts'
import { suggestion } from '../core/nearest.ts'

/** A name that is not among the ones there are. */
export function unknownName(
  what: string,
  name: string,
  known: readonly string[],
  at: Diagnostic['at'],
  label: string,
): Diagnostic {
  return {
    at,
    label,
    message: `no ${what} "${name}"`,
    hint: suggestion(name, known, known.length === 0 ? 'add it to the run sheet' : 'known are'),
  }
}
