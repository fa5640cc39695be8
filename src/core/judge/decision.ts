import type { Margin } from './plan.ts'

/** What a rollout is to do now, with every number that led there: plain data, to be printed and calculated again. */
export type Decision = {
  readonly verdict: 'freeze' | 'rollback' | 'environment-hold' | 'no-canary-traffic' | 'pass' | 'extend' | 'budget'
  /** What a spent budget leads to; null unless the verdict is `budget`. */
  readonly budget: 'promote-unproven' | 'hold' | 'rollback' | null
  readonly because: Because
  /** The signal it is about, where it is about one. */
  readonly signal: string | null
  readonly clock: StageClock
  readonly findings: readonly Finding[]
}

export type Because =
  | 'no-fresh-data'
  | 'canary-worse-than-control'
  | 'canary-fails-outright'
  | 'limit-broken'
  | 'mean-limit-broken'
  | 'control-outside-its-limits'
  | 'flag-reaches-nobody'
  | 'share-is-off'
  | 'proven'
  | 'soaking'
  | 'unstable'
  | 'outside-a-limit'
  | 'open-doubt'
  | 'not-proven-yet'
  | 'worse-at-the-end'
  | 'inside-but-unproven'
  | 'too-uncertain'

export type StageClock = {
  readonly stage: number
  readonly share: number
  /** Share the next stage serves; this one's for the last. */
  readonly nextShare: number
  readonly from: number
  /** The first minute not settled, and the first not over. */
  readonly settled: number
  readonly now: number
  /** Settled minutes of this stage with data, without those in which the environment was broken. */
  readonly elapsed: number
  /** The same since the last burst. */
  readonly calm: number
  readonly soak: number
  /** Elapsed minutes at which a stage has lasted `extend` times its soak, the minutes that metrics take to settle included. */
  readonly budget: number
}

export type Finding = {
  readonly signal: string
  readonly relative: RelativeFinding | null
  readonly limits: readonly LimitFinding[]
  readonly mean: MeanFinding | null
  /** Of a signal without any limit: both versions over the settled minutes that both have, and whether that is enough to pass. */
  readonly compared?: { readonly canary: ArmEffect; readonly control: ArmEffect; readonly enough: boolean }
}

export type RelativeFinding = {
  /** ln E of the mixture as it stands, and tempered by the dispersion. */
  readonly log: number
  readonly tempered: number
  /** Tempered evidence without the incident minute. */
  readonly besides: number
  /**
   * And besides, when the loudest minute since each start counts as the second loudest does, and when it does not count.
   * All three equal `log` while that is too small to matter.
   */
  readonly levelled: number
  readonly others: number
  /** The minute left out of these three because several signals were loud in it; null: none, or not asked. */
  readonly incident: number | null
  /** ln 1/α: the evidence needed, tempered and levelled. */
  readonly needed: number
  readonly dispersion: number
  readonly onset: number
  /** Since the onset. Null while the evidence is too small to matter. */
  readonly effect: Effect | null
  readonly convinced: boolean
  readonly doubtful: boolean
  /** Enough to roll back when the budget is spent and the values are outside a limit; `warns` in any case. */
  readonly suspects: boolean
  readonly warns: boolean
}

export type Effect = {
  readonly canary: ArmEffect
  readonly control: ArmEffect
  /** The margins that hold: the difference is one that matters. */
  readonly holds: readonly Margin[]
}

export type ArmEffect = { readonly n: number; readonly above: readonly number[]; readonly mean: number | null }

export type LimitFinding = {
  readonly cut: number
  readonly limit: number
  /** Settled canary events that count, and how many of them lie above the cut. */
  readonly n: number
  readonly bad: number
  /** ln E against the limit, also without the loudest minute, and what is needed. */
  readonly log: number
  readonly others: number
  readonly needed: number
  /** Clopper-Pearson bound at the last look due: its error, the counts then, U, and U × next share. */
  readonly bound: BoundFinding | null
  readonly recent: { readonly n: number; readonly bad: number }
  readonly outside: boolean
  readonly broken: boolean
  /**
   * Where the limit to roll back by is a looser one: that limit, and the last bake's counts above its cut. `log`, `others`
   * and `broken` are about it; what is `outside` alone keeps a stage from passing.
   */
  readonly rollback?: {
    readonly cut: number
    readonly limit: number
    readonly n: number
    readonly bad: number
    readonly outside: boolean
  }
}

export type BoundFinding = {
  readonly beta: number
  readonly n: number
  readonly bad: number
  readonly upper: number
  readonly next: number
  readonly proven: boolean
}

export type MeanFinding = {
  readonly limit: number
  readonly n: number
  readonly mean: number | null
  readonly recent: number | null
  /** The mean less this is what the data guarantee; null with fewer than ten blocks. */
  readonly halfWidth: number | null
  /** Enough events for a mean to say anything. */
  readonly enough: boolean
  readonly outside: boolean
  readonly broken: boolean
  /** The looser limit that `broken` is about, where there is one. */
  readonly rollback?: number
}
