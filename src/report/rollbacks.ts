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

export function rollbackStories(events: readonly LaunchEvent[]): readonly RollbackStory[] {
  const stories: RollbackStory[] = []
  let look: EventOf<'gate-judged'> | null = null
  let percent = 0
  for (const event of events) {
    if (event.type === 'gate-judged') look = event
    if (event.type === 'flag-set') percent = event.percent
    if (event.type !== 'rolled-back' && event.type !== 'rollback-found') continue
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
