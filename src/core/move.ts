import type { EpochMs } from './brand.ts'
import type { ErrorCode } from './error-codes.ts'
import type { Happening, RollbackKind } from './event.ts'
import type { Outcome } from './exit-code.ts'
import type { PlannedGate, PlannedStep } from './plan.ts'
import type { Question } from './ports.ts'
import type { Window } from './verdict.ts'

/** The next thing to do, chosen by `decide`. */
export type Move =
  /** `code`: where it says more than the outcome does. */
  | { readonly type: 'done'; readonly outcome: Outcome; readonly why: string; readonly code?: ErrorCode }
  | { readonly type: 'wait'; readonly until: EpochMs; readonly why: string }
  | { readonly type: 'ask'; readonly question: Question }
  /** Gather a gate's needs, judge them, remember the verdict. */
  | { readonly type: 'look'; readonly look: GateLook }
  /** Something that is only to be remembered. */
  | { readonly type: 'record'; readonly happening: Happening }
  | { readonly type: 'effect'; readonly effect: Effect }

/** What the engine may do to the world: intent is journaled before, the outcome after. */
export type Effect =
  | { readonly type: 'run-step'; readonly step: PlannedStep }
  | { readonly type: 'raise-flag'; readonly step: PlannedStep; readonly percent: number }
  | { readonly type: 'confirm-flag'; readonly step: PlannedStep; readonly percent: number; readonly serial: number }
  | { readonly type: 'capture-baseline' }
  | { readonly type: 'roll-back'; readonly kind: RollbackKind; readonly reason: string; readonly trigger: string }

export type GateLook = {
  readonly gate: PlannedGate
  /** Tells the uses of one list apart: the list's name for a phase's gate, the step's id for a monitor, with `@percent` for a stage. */
  readonly key: string
  readonly phase: string
  /** From when evidence counts, until now. */
  readonly window: Window
  readonly stage: number | null
  /** True: only the checks that can be watched again and again (metrics, alarms, addresses), not commands and questions. */
  readonly watch: boolean
}
