import type { EpochMs } from '../core/brand.ts'
import type { LaunchEvent } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import type { Envelope } from './envelope-schema.ts'
import type { Theme } from './theme.ts'
import type { DescribeStep } from './words.ts'

/** Follows a launch and writes about it. Nothing is asked back: a reporter never changes what happens. */
export type Reporter = {
  /** `state` is the state after the event. */
  onEvent(event: LaunchEvent, state: LaunchState): void
  /** What is being waited for or done right now; replaced by the next one. `at` is launch time. */
  onProgress(text: string, at: EpochMs): void
  /** A question is about to be asked at this terminal: whatever is redrawn is taken away until the next event. */
  onQuestion?(): void
  onEnd(envelope: Envelope): void
}

/** A line at the bottom of a terminal that is redrawn; the host has one when stderr is a TTY. */
export type Spinner = { show(text: string): void; hide(): void }

export type ReporterContext = {
  /** Writes finished text to the reporter's stream. */
  readonly write: (text: string) => void
  readonly theme: Theme
  readonly plan: Plan
  readonly describeStep: DescribeStep
  readonly spinner: Spinner | null
  /** How wide lines may be; absent where they are not wrapped. */
  readonly columns?: number
  /** Where the end of a run goes; the reporter's own stream when absent (stdout holds something else then). */
  readonly result?: Pick<ReporterContext, 'write' | 'theme' | 'columns'>
}

export type ReporterKind = {
  readonly name: string
  readonly about: string
  /** Where `write` goes: results on stdout, everything else on stderr. */
  readonly stream: 'stdout' | 'stderr'
  readonly create: (context: ReporterContext) => Reporter
}
