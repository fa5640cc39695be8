import { cacheText, maxAgeMs } from '../core/cache-text.ts'
import type { EvidenceByNeed } from '../core/evidence.ts'
import type { FlagReading } from '../core/flag.ts'
import type { FlagStore } from '../core/ports.ts'
import type { LaunchState } from '../core/state.ts'

/** The flag in its store and as users get it, and how long changes of this launch took from the one to the other. */
export function flagEvidence(
  { propagationMs, isCached }: Pick<FlagStore, 'propagationMs' | 'isCached'>,
  store: FlagReading,
  edge: Awaited<ReturnType<FlagStore['observe']>>,
  { flag }: Pick<LaunchState, 'flag'>,
): EvidenceByNeed['flag'] {
  const { headers, reading } = edge
  // What a missing file is kept for is the CDN's own matter.
  const isCopy = isCached === true && reading.status !== 'absent'
  return {
    store,
    edge: reading,
    budgetMs: propagationMs,
    ...(isCopy && { cache: { maxAgeMs: maxAgeMs(headers), headers: cacheText(headers) } }),
    ...(flag?.edgeMs !== undefined && { edgeMs: flag.edgeMs }),
    ...(flag?.late && { late: flag.late }),
  }
}
