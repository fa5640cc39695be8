import type { Output } from '../compose/output.ts'
import { messageOf } from '../core/errors.ts'
import type { RollbackRequest } from '../engine/rollback.ts'

/** What is said of a rollback while it goes on. */
export function tell(err: Output['err'], flagKey: string): Required<Pick<RollbackRequest, 'onLatched' | 'onTrouble'>> {
  return {
    onLatched: ({ ackedMs, readBackMs }) =>
      err.write(
        `${err.theme.icons.rollback} ${flagKey} is off and latched: acknowledged after ${Math.round(ackedMs)} ms, read back after ${Math.round(readBackMs)} ms\n`,
      ),
    onTrouble: (error, attempt) => err.write(`  attempt ${attempt}: ${messageOf(error)}; trying again\n`),
  }
}
