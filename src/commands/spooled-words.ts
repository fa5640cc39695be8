import { isoTime } from '../core/brand.ts'
import { happeningOf, type Spooled } from '../journal/spool.ts'
import type { Done } from './flush-spool.ts'

/** What waited for the journal. Text from data: not yet safe for a terminal. */
export function whatIs(spooled: Spooled): string {
  const happening = happeningOf(spooled)
  const at = isoTime(spooled.at)
  return happening.type === 'rolled-back'
    ? `${happening.result.kind} rollback of ${at} by ${happening.result.by}`
    : `verdict ${happening.verdict} of ${happening.key} of ${at}`
}

export function whatBecameOf(answer: Done): string {
  switch (answer.status) {
    case 'journaled':
      return `event ${answer.n} of launch ${answer.launch}`
    case 'full':
      return `let go, the journal of launch ${answer.launch} is full`
    case 'told':
      return 'told of by another command meanwhile'
    case 'nobody':
      return 'of an environment that launches are not about, there is no journal to tell'
  }
}
