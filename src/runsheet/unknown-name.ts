import type { Diagnostic } from './diagnostics.ts'
import { suggestion } from '../core/nearest.ts'

/** So many names are compared with the wrong one: among more, people look for themselves. */
const compared = 300

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
    // Made when it is shown, which it is for the first mistakes alone: to compare every wrong name with every known one takes long.
    get hint() {
      return suggestion(name, known.slice(0, compared), known.length === 0 ? 'add it to the run sheet' : 'known are')
    },
  }
}
