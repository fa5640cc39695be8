import { epochMs } from '../../src/core/brand.ts'
import type { SpooledRollback } from '../../src/journal/spool.ts'

/** What a rollback leaves on its machine for the journal. */
export function spooledRollback(id: string, more: Partial<SpooledRollback> = {}): SpooledRollback {
  return {
    schema: 1,
    id,
    at: epochMs(1000),
    actor: { name: 'on-call', host: 'laptop', run: null },
    result: {
      kind: 'emergency',
      reason: 'r',
      by: 'on-call',
      outcome: 'restored',
      ackedMs: 300,
      readBackMs: 600,
      edgeMs: null,
      verified: true,
      detail: '',
    },
    writeId: 'w',
    app: null,
    location: 's3://bucket/flags.json',
    ...more,
  }
}
