import type { RollbackResult } from '../core/event.ts'
import { safeLine, safeText } from '../core/safe-text.ts'
import { rollbackOf } from '../ui/envelope.ts'
import type { CommandResult } from './command.ts'

export type RollbackEnd = {
  readonly result: RollbackResult
  readonly journaled: boolean
  /** What was seen of what users get; by default when it was seen at the edge. */
  readonly users?: string
  /** Whole sentences: what is not as it should be, and what to do next. */
  readonly lines: readonly string[]
}

/** How a rollback that somebody asked for ends: exit 0 once the flag is off and read back, else 5. */
export function rollbackResult({ result, journaled, users = seenBy(result), lines }: RollbackEnd): CommandResult {
  const failed = result.outcome === 'failed'
  return {
    outcome: failed ? 'failed' : 'succeeded',
    ...(failed ? { why: result.detail } : {}),
    text: [
      safeLine(`rollback ${result.kind}: ${result.outcome}; ${result.detail}`),
      `acknowledged after ${result.ackedMs} ms, read back after ${result.readBackMs} ms, ${users}`,
      safeLine(`by ${result.by}: ${result.reason}`),
      ...lines.map(safeText),
    ].join('\n'),
    document: { rollbacks: [rollbackOf(result, journaled)] },
  }
}

function seenBy({ edgeMs }: RollbackResult): string {
  return edgeMs === null ? 'not yet seen at the edge' : `users see it after ${Math.round(edgeMs)} ms`
}
