import type { EpochMs } from '../core/brand.ts'
import type { LaunchEvent } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import type { Envelope } from './envelope-schema.ts'
import type { LiveModel, LiveNext } from './live/model.ts'
import type { Theme } from './theme.ts'
import type { DescribeStep } from './words.ts'

/** Follows a launch and writes about it. Nothing is asked back: a reporter never changes what happens. */
export type Reporter = {
  /** `state` is the state after the event. */
  onEvent(event: LaunchEvent, state: LaunchState): void
  /** What is being waited for or done right now; replaced by the next one. `at` is launch time. */
  onProgress(text: string, at: EpochMs, until?: EpochMs | null): void
  /** What was journaled before this process came: not told again, but known. */
  onPast?(events: readonly LaunchEvent[]): void
  /** A question is about to be asked at this terminal: whatever is redrawn is taken away until the next event. */
  onQuestion?(): void
  /** Time went on, and nothing else: for a clock that does not run by itself. */
  onTick?(): void
  /** There is no more to come, and no envelope that says how it ended. */
  onLast?(): void
  onEnd(envelope: Envelope): void
}

/** A line at the bottom of a terminal that is redrawn; the host has one when stderr is a TTY. */
export type Spinner = { show(text: string): void; hide(): void }

/** The lower part of a terminal that is drawn again and again, under everything else that is written. */
export type LiveWindow = {
  /** Shows what `draw` gives: soon, every second, and when the terminal changes its size. */
  open(draw: (size: { readonly columns: number; readonly rows: number }) => readonly string[]): void
  /** Something changed. Brings a window back that was hidden. */
  refresh(): void
  /** Takes it away until the next `refresh`. */
  hide(): void
  /** Draws once more and leaves that on the screen. */
  close(): void
}

/** What a launch looks like at an instant; made by whoever knows all of its parts. */
export type LiveView = {
  readonly window: LiveWindow
  readonly model: (facts: LiveFacts) => LiveModel
  readonly now: () => EpochMs
}

export type LiveFacts = {
  readonly state: LaunchState
  readonly events: readonly LaunchEvent[]
  readonly now: EpochMs
  readonly doing: LiveNext | null
}

export type ReporterContext = {
  /** Writes finished text to the reporter's stream. */
  readonly write: (text: string) => void
  /** Writes a document in one line. */
  readonly writeJson: (value: object) => void
  readonly theme: Theme
  readonly plan: Plan
  readonly describeStep: DescribeStep
  readonly spinner: Spinner | null
  /** Null or absent where nothing can be drawn again. */
  readonly live?: LiveView | null
  /** Writes what a CI system acts on; absent where there is none. */
  readonly command?: (line: string) => void
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
