import type { EpochMs, LaunchId, Sha256, Version } from './brand.ts'
import type { Evidence, MeasuredSpread } from './evidence.ts'
import type { Outcome } from './exit-code.ts'
import type { LateFlag } from './flag.ts'
import type { RolloutSaying } from './rollout.ts'
import type { Judgement, Verdict } from './verdict.ts'

/** Who did something: a person by sign-in (`arn:…`, `name <mail>`), a CI run, or a role a sandbox scenario plays. */
export type Actor = { readonly name: string; readonly host: string; readonly run: string | null }

/** What one gate said at one look, check by check. */
export type CheckResult = {
  readonly id: string
  readonly kind: string
  readonly title: string
  readonly judgement: Judgement
}

export type RollbackKind = 'emergency' | 'full'
export type RollbackResult = {
  readonly kind: RollbackKind
  readonly reason: string
  readonly by: string
  /** `degraded`: users are safe, something around it is not done (an invalidation, say). `nothing`: the flag was off already. */
  readonly outcome: 'restored' | 'degraded' | 'failed' | 'nothing'
  /**
   * Real milliseconds from the start of the rollback to the acknowledged write, to the second read-back, to the first sight
   * through the CDN. In the sandbox copies at the edge live by its own clock: `edgeMs` is the time of that clock when that is more.
   */
  readonly ackedMs: number
  readonly readBackMs: number
  readonly edgeMs: number | null
  readonly verified: boolean
  readonly detail: string
}

export type Release = {
  readonly id: string
  readonly version: string
  readonly commit: string
  readonly previous: string | null
}

/**
 * What happened, as it is journaled. Intent before effect (`…-intended`), outcome after. New types may be added at any time;
 * a reader keeps what it does not know as it is (and refuses to move forward).
 */
export type Happening =
  | {
      readonly type: 'launch-opened'
      readonly plan: Sha256
      readonly commit: string
      readonly version: string
      readonly supersedes: LaunchId | null
      readonly acks: readonly string[]
      readonly sandbox: string | null
    }
  | { readonly type: 'plan-replaced'; readonly plan: Sha256; readonly commit: string }
  | {
      readonly type: 'baseline-captured'
      readonly window: { readonly from: EpochMs; readonly to: EpochMs }
      readonly metrics: {
        readonly [metric: string]: {
          readonly count: number
          readonly sum: number
          /** Median, p75 and p90, of a metric whose samples a canary is going to be compared by. */
          readonly quantiles?: readonly number[]
          /** How far its counts spread at this hour of the last days, of a metric whose spikes a check looks for. */
          readonly spreads?: readonly MeasuredSpread[]
        }
      }
      /** Metrics that could not be read, with the reason; absent when all could. A later event of this type adds them. */
      readonly missing?: { readonly [metric: string]: string }
    }
  | { readonly type: 'phase-started'; readonly phase: string }
  | { readonly type: 'phase-ended'; readonly phase: string; readonly verdict: 'pass' | 'fail' | 'held' }
  | { readonly type: 'step-intended'; readonly step: string; readonly attempt: string }
  | {
      readonly type: 'step-done'
      readonly step: string
      readonly attempt: string
      readonly summary: string
      readonly ms: number
      readonly output: StepOutput
    }
  | {
      readonly type: 'step-failed'
      readonly step: string
      readonly attempt: string
      readonly code: string
      readonly message: string
      readonly hint: string
      readonly ms: number
    }
  /** `gate` is the list's name, `key` tells its uses apart (a stage's, a monitor's). `bakedMs`: settled evidence with data behind it. */
  | {
      readonly type: 'gate-judged'
      readonly gate: string
      readonly key: string
      readonly phase: string
      readonly bakedMs: number
      readonly environment: string
      readonly artifact: Sha256 | null
      readonly verdict: Exclude<Verdict, 'waived'>
      readonly checks: readonly CheckResult[]
      readonly evidence: Evidence
      readonly window: { readonly from: EpochMs; readonly to: EpochMs }
      readonly stage: number | null
      /** What the rollout judged as one makes of the stage; absent where each look is judged for itself. */
      readonly saying?: RolloutSaying
    }
  | { readonly type: 'approved'; readonly role: string; readonly note: string; readonly binding: Binding }
  | { readonly type: 'blocker-raised'; readonly blocker: number; readonly severity: string; readonly text: string }
  | { readonly type: 'blocker-cleared'; readonly blocker: number; readonly note: string }
  | { readonly type: 'issue-noted'; readonly severity: string; readonly text: string }
  | { readonly type: 'go-decided'; readonly decision: 'go' | 'no-go'; readonly note: string; readonly via: string }
  | {
      readonly type: 'answered'
      readonly question: string
      readonly answer: 'yes' | 'no'
      readonly by: string
      readonly via: string
      readonly note: string
    }
  | { readonly type: 'waived'; readonly gate: string; readonly check: string; readonly reason: string }
  | { readonly type: 'noted'; readonly text: string }
  | {
      readonly type: 'flag-intended'
      readonly step: string
      readonly percent: number
      readonly writeId: string
      readonly serial: number
      readonly base: Version | null
    }
  | {
      readonly type: 'flag-set'
      readonly percent: number
      readonly writeId: string
      readonly serial: number
      readonly ackedMs: number
    }
  | {
      readonly type: 'flag-confirmed'
      readonly percent: number
      readonly serial: number
      readonly edgeMs: number
      /** Only of a change that took longer than its store says. */
      readonly late?: LateFlag
    }
  | {
      readonly type: 'stage-held'
      readonly step: string
      readonly percent: number
      readonly why: string
      readonly until: EpochMs
    }
  | { readonly type: 'stage-resumed'; readonly step: string; readonly percent: number; readonly why: string }
  | {
      readonly type: 'stage-left'
      readonly step: string
      readonly percent: number
      readonly verdict: 'pass' | 'unproven'
      readonly why: string
    }
  | {
      readonly type: 'canary-asked'
      readonly ask: 'pause' | 'resume' | 'promote' | 'abort'
      readonly stage: number | null
      readonly reason: string
    }
  | {
      readonly type: 'rollback-intended'
      readonly kind: RollbackKind
      readonly reason: string
      readonly trigger: string
    }
  | {
      readonly type: 'rolled-back'
      readonly result: RollbackResult
      readonly writeId: string
      readonly trigger: string
    }
  | {
      readonly type: 'rollback-found'
      readonly writeId: string
      readonly by: string
      readonly since: EpochMs
      readonly reason: string
    }
  | { readonly type: 'paused'; readonly signal: string }
  /** A person says what became of a step that was begun and not seen to end, and must not run twice. */
  | {
      readonly type: 'step-resolved'
      readonly step: string
      readonly attempt: string
      readonly did: 'run' | 'not-run'
      readonly note: string
    }
  /** A canary is left at its percent on purpose (`--leave-held`): it is not unattended. */
  | { readonly type: 'left-held'; readonly percent: number; readonly why: string }
  /** Whoever drives a canary is there and waits for its people: a beat, so that it is not taken for unattended. */
  | { readonly type: 'people-awaited'; readonly question: string }
  /** The clock of the driving machine was set: how far it went ahead (or back) of the time that passed. */
  | { readonly type: 'clock-jumped'; readonly byMs: number }
  | { readonly type: 'launch-ended'; readonly outcome: Outcome; readonly why: string }

/** What an approval was given for. `artifact` is null when it was given before a build; the first artifact takes it over. */
export type Binding = { readonly commit: string; readonly artifact: Sha256 | null; readonly plan: Sha256 }

/** What a step leaves for later steps, by what it is about. */
export type StepOutput = {
  readonly artifact?: {
    readonly hash: Sha256
    readonly files: number
    readonly bytes: number
    readonly manifest: string
  }
  readonly deployed?: {
    readonly environment: string
    readonly release: Release
    readonly uploaded: number
    readonly unchanged: number
    readonly verified: number
  }
  readonly report?: { readonly path: string }
  readonly monitored?: { readonly from: EpochMs; readonly to: EpochMs }
}

/** One line of the journal, and one line of `--jsonl`. */
export type LaunchEvent = Happening & {
  readonly schema: 1
  readonly launch: LaunchId
  /** 1, 2, 3 … without a gap. */
  readonly n: number
  readonly id: string
  readonly at: EpochMs
  readonly actor: Actor
  /** SHA-256 of the line before; null for the first. */
  readonly prev: Sha256 | null
}

export type EventOf<T extends Happening['type']> = Extract<LaunchEvent, { type: T }>
