import type { EpochMs } from '../core/brand.ts'
import type { ErrorCode } from '../core/error-codes.ts'
import type { LaunchEvent, Happening } from '../core/event.ts'
import type { FlagReading } from '../core/flag.ts'
import type { Outcome } from '../core/exit-code.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import type { EventLog } from '../journal/events.ts'
import type { LookMemory } from './look.ts'
import type { Owed } from './owed.ts'
import type { EnginePorts } from './ports.ts'
import type { Blind } from './without-journal.ts'

/** What watches a run: reporters, notifications. They see what was journaled, and transient progress. */
export type Watcher = {
  onEvent(event: LaunchEvent, state: LaunchState): void
  /** Something to show while waiting; not journaled. Null: nothing any more. */
  onProgress(text: string | null, until: EpochMs | null): void
}

/** How a run ended, with the error code where there is one. */
export type RunEnd = { readonly outcome: Outcome; readonly why: string; readonly code?: ErrorCode }

/** One process driving one launch. */
export type Session = {
  readonly plan: Plan
  readonly log: EventLog
  readonly ports: EnginePorts
  readonly watcher: Watcher
  /** The launch as of the newest event that was read or written. */
  state: LaunchState
  /** Events read so far: for the report and the envelope. */
  events: readonly LaunchEvent[]
  /** The production flag as read at the start of this turn of the loop, before the journal was. */
  flag: FlagReading | null
  /** Since when it could not be read. */
  flagLostAt: EpochMs | null
  readonly looks: Map<string, { readonly first: EpochMs; readonly last: EpochMs }>
  readonly tried: Set<string>
  readonly unanswered: Set<string>
  readonly memory: LookMemory
  /** What this process goes by while the journal does not answer, as it was last time. */
  blind: Blind | null
  /** What was done while the journal did not answer, oldest first: it is told before anything else. */
  readonly owed: Owed[]
  /** Appends behind what this session has read; false when somebody else wrote first and everything has to be decided again. */
  record(happening: Happening, signal: AbortSignal, by?: string): Promise<boolean>
  /** Reads what others wrote. */
  refresh(signal: AbortSignal): Promise<void>
}
