import type { EpochMs } from '../core/brand.ts'
import type { LaunchEvent } from '../core/event.ts'
import type { LateFlag } from '../core/flag.ts'
import { recordedRollbacks } from './rollbacks.ts'

/** One change of the flag and how long it took to arrive; times in ms, null where nobody saw it. */
export type FlagChange = {
  readonly at: EpochMs
  readonly percent: number
  readonly latched: boolean
  readonly ackedMs: number | null
  readonly edgeMs: number | null
  /** Of a change that took longer than its store says. */
  readonly late?: LateFlag
  readonly by: string
  readonly why: string
}

/** The flag's history as this launch knows it, oldest first. */
export function flagChanges(events: readonly LaunchEvent[]): readonly FlagChange[] {
  const changes: FlagChange[] = []
  const recorded = recordedRollbacks(events.filter(isDone))
  for (const event of events) {
    const by = event.actor.name
    if (event.type === 'flag-set') {
      changes.push({
        at: event.at,
        percent: event.percent,
        latched: false,
        ackedMs: event.ackedMs,
        edgeMs: null,
        by,
        why: 'raised',
      })
    } else if (event.type === 'flag-confirmed') {
      const last = changes.findLastIndex(({ percent, latched }) => percent === event.percent && !latched)
      const change = changes[last]
      if (change) changes[last] = { ...change, edgeMs: event.edgeMs, ...(event.late && { late: event.late }) }
    } else if (event.type === 'rolled-back' && isDone(event)) {
      const { ackedMs, edgeMs, reason } = event.result
      changes.push({ at: event.at, percent: 0, latched: true, ackedMs, edgeMs, by: event.result.by, why: reason })
    } else if (event.type === 'rollback-found' && !recorded.has(event.writeId)) {
      changes.push({
        at: event.since,
        percent: 0,
        latched: true,
        ackedMs: null,
        edgeMs: null,
        by: event.by,
        why: event.reason,
      })
    }
  }
  return changes
}

/** A rollback that was not confirmed changed nothing that is known. */
function isDone(event: LaunchEvent): boolean {
  return event.type !== 'rolled-back' || event.result.outcome !== 'failed'
}
