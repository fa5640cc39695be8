import type { EpochMs } from '../core/brand.ts'
import type { CheckResult, EventOf, LaunchEvent, RollbackResult } from '../core/event.ts'

/** A rollback with what led to it. */
export type RollbackStory = {
  readonly at: EpochMs
  readonly by: string
  readonly reason: string
  /** What asked for it: a gate, a person, a command. Null for one that was found in the flag. */
  readonly trigger: string | null
  readonly result: RollbackResult | null
  /** Percent of users who had the new version. */
  readonly percent: number
  /** The failing checks of the last look before it, when that look failed. */
  readonly failed: readonly CheckResult[]
  readonly gate: string | null
}

/** One that a driver found in the flag and whoever did it recorded as well is one story: the record tells more. */
export function rollbackStories(events: readonly LaunchEvent[]): readonly RollbackStory[] {
  const stories: RollbackStory[] = []
  const recorded = recordedRollbacks(events)
  let look: EventOf<'gate-judged'> | null = null
  let percent = 0
  for (const event of events) {
    if (event.type === 'gate-judged') look = event
    if (event.type === 'flag-set') percent = event.percent
    if (event.type !== 'rolled-back' && event.type !== 'rollback-found') continue
    if (event.type === 'rollback-found' && recorded.has(event.writeId)) continue
    const cause = look?.verdict === 'fail' ? look : null
    const failed = cause?.checks.filter(({ judgement }) => judgement.verdict === 'fail') ?? []
    const shared = { percent, failed, gate: cause?.gate ?? null }
    stories.push(
      event.type === 'rolled-back'
        ? {
            ...shared,
            at: event.at,
            by: event.result.by,
            reason: event.result.reason,
            trigger: event.trigger,
            result: event.result,
          }
        : { ...shared, at: event.since, by: event.by, reason: event.reason, trigger: null, result: null },
    )
    if (event.type === 'rollback-found' || event.result.outcome !== 'failed') percent = 0
  }
  return stories
}

/** writeIds of the rollbacks that those who did them told of. */
export function recordedRollbacks(events: readonly LaunchEvent[]): ReadonlySet<string> {
  return new Set(events.flatMap((event) => (event.type === 'rolled-back' ? [event.writeId] : [])))
}
