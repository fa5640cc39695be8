import type { EpochMs } from '../../core/brand.ts'
import type { Outcome } from '../../core/exit-code.ts'
import type { Verdict } from '../../core/verdict.ts'

/**
 * A launch as a screen shows it, as values: plain JSON, folded from its journal and its plan. Nothing in it is escaped yet.
 * Instants are epoch ms; how long ago they are is worked out against `now` when it is shown.
 */
export type LiveModel = {
  readonly now: EpochMs
  readonly title: string
  readonly environment: string
  /** Null while none is open. */
  readonly launch: string | null
  readonly version: string
  readonly commit: string
  /** The scenario of a sandbox launch. */
  readonly sandbox: string | null
  readonly captain: string
  readonly openedAt: EpochMs
  /** Who wrote the newest event, and when. */
  readonly driver: { readonly name: string; readonly host: string; readonly at: EpochMs } | null
  /** Where it stands in one phrase, as `launch status` says it. */
  readonly standing: string
  readonly ended: { readonly outcome: Outcome; readonly why: string; readonly at: EpochMs } | null
  readonly phases: readonly LivePhase[]
  readonly exposure: LiveExposure
  readonly clocks: readonly LiveClock[]
  /** The gate that matters now; null before any. */
  readonly gate: LiveGate | null
  /** What whoever drives does or waits for at this moment; not journaled, so only they know. */
  readonly doing: LiveNext | null
  /** What comes next by the plan and the journal. */
  readonly next: readonly LiveNext[]
  /** Which commands act, a line each. */
  readonly acts: readonly string[]
  /** Whom to call about it, the likeliest first. */
  readonly contacts: readonly LiveContact[]
}

export type LivePhase = {
  readonly id: string
  readonly title: string
  readonly status: 'waiting' | 'running' | 'pass' | 'fail' | 'held'
  /** `T-45`-style plan of people. */
  readonly planned: string | null
  readonly startedAt: EpochMs | null
  readonly endedAt: EpochMs | null
  readonly info: string
  readonly steps: readonly LiveStep[]
}

export type LiveStep = {
  readonly id: string
  readonly title: string
  readonly status: 'waiting' | 'running' | 'held' | 'done' | 'failed'
  readonly startedAt: EpochMs | null
  readonly endedAt: EpochMs | null
  readonly info: string
}

export type LiveStage = {
  readonly percent: number
  readonly status: 'waiting' | 'shifting' | 'set' | 'baking' | 'held' | 'pass' | 'unproven' | 'fail'
  readonly startedAt: EpochMs | null
  readonly endedAt: EpochMs | null
}

export type LiveExposure = {
  readonly flag: string
  /** Of users, as the journal tells it. */
  readonly percent: number
  readonly latched: boolean
  readonly stages: readonly LiveStage[]
}

/** A time that is being spent: by evidence (`doneMs`), or by the clock since `since` where that is null. */
export type LiveClock = {
  readonly type: 'bake' | 'extend' | 'hold' | 'watch'
  readonly since: EpochMs
  readonly doneMs: number | null
  readonly ofMs: number
}

export type LiveGate = {
  /** `gate canary at 30%` */
  readonly name: string
  /** `waiting`: not looked at yet. */
  readonly verdict: Exclude<Verdict, 'waived'> | 'waiting'
  readonly at: EpochMs | null
  readonly checks: readonly LiveCheck[]
}

export type Trend = 'rising' | 'falling' | 'steady'

export type LiveCheck = {
  readonly id: string
  readonly title: string
  readonly verdict: Verdict | 'waiting'
  readonly observed: number | string | null
  readonly limit: number | string | null
  readonly unit: string
  readonly samples: number
  readonly why: string
  /** Minute by minute, or look by look, oldest first; as parts of the limit (or of the greatest where there is none): 1 is at it. */
  readonly points: readonly number[]
  /** Null while there are too few points to say. */
  readonly trend: Trend | null
}

/** `at`: when, as far as anybody can tell. */
export type LiveNext = { readonly text: string; readonly at: EpochMs | null }

export type LiveContact = { readonly role: string; readonly name: string; readonly contact: string }
