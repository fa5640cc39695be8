import type { EpochMs, Sha256 } from './brand.ts'
import type { FlagReading, LateFlag } from './flag.ts'

/**
 * What a check asks for. The engine gathers the needs of a whole gate at once, one gatherer per need, and hands the
 * findings back as plain values that are journaled: a verdict can be replayed without the world.
 */
export type Need =
  /**
   * Minutes of a metric. `cut` asks how many samples were at or above it (same unit as the metric). With `lookbackMs` the
   * last settled minutes of that length are asked for, instead of those since the gate's window began; likewise for `window`.
   */
  | { readonly need: 'series'; readonly metric: string; readonly cut?: number; readonly lookbackMs?: number }
  /** One statistic over the whole window as a single CloudWatch point, for display: `p95`. */
  | { readonly need: 'window'; readonly metric: string; readonly stat: string; readonly lookbackMs?: number }
  | { readonly need: 'alarms'; readonly names: readonly string[] }
  | { readonly need: 'http'; readonly url: string; readonly timeoutMs: number }
  | {
      readonly need: 'command'
      readonly run: readonly string[]
      readonly cwd?: string
      readonly timeoutMs: number
      /** Executables that must be on this machine; when none of them is, the finding is `absent`. */
      readonly anyOf: readonly string[]
    }
  | { readonly need: 'git' }
  | { readonly need: 'identity' }
  /** `texts`: to be looked for in the bytes of the files. */
  | { readonly need: 'artifact'; readonly texts?: readonly string[] }
  | { readonly need: 'flag' }
  | { readonly need: 'answer'; readonly id: string; readonly ask: string }

export type NeedKind = Need['need']
export type NeedOf<K extends NeedKind> = Extract<Need, { need: K }>

/** One settled-or-not period of a metric. `over` is the number of samples at or above the cut that was asked for. */
export type Minute = {
  readonly start: EpochMs
  readonly count: number
  readonly sum: number
  readonly over: number | null
}

/**
 * Minutes of one metric, oldest first, all that the provider returned (also unsettled ones; a judge uses `settledMinutes`).
 * A metric with a variant dimension has `canary` and `control`; one without has only `all`.
 */
export type Series = {
  readonly periodMs: number
  readonly lagMs: number
  readonly query: string
  readonly minutes: { readonly [V in VariantName]?: readonly Minute[] }
  /** For a sparse metric: starts of the minutes in which its heartbeat metric has data (a missing minute there is 0). */
  readonly alive: readonly EpochMs[] | null
  /** Of a metric without any data in a look back: what its name or its dimensions may have to do with it. */
  readonly trouble?: string
  /** Where minutes settle later than `lagMs`: the age at which one was not yet what it became, as far as was seen. */
  readonly unsettledMs?: number
}
export type VariantName = 'canary' | 'control' | 'all'

/** One point per variant over exactly `window`; null where the provider gave none or not exactly one. */
export type WindowStat = {
  readonly window: { readonly from: EpochMs; readonly to: EpochMs }
  readonly query: string
  readonly values: { readonly [V in VariantName]?: number | null }
}

/**
 * How far the counts of a metric per stretch of time spread before a launch, among the events of another where `of` names it:
 * φ of variance = mean + φ·mean². Null where there were too few stretches to tell.
 */
export type MeasuredSpread = {
  readonly perMs: number
  readonly of?: string
  readonly dispersion: number | null
  readonly stretches: number
}

export type AlarmState = {
  readonly name: string
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'
  readonly since: EpochMs | null
  readonly reason: string
}

export type EvidenceByNeed = {
  series: Series
  window: WindowStat
  /** Only the alarms that came back: a name that is absent does not exist. */
  alarms: readonly AlarmState[]
  http: { readonly status: number; readonly ms: number; readonly bodyStart: string }
  command:
    | { readonly ran: true; readonly exitCode: number; readonly ms: number; readonly tail: string }
    | { readonly ran: false; readonly absent: string }
  git: {
    readonly commit: string
    readonly branch: string | null
    readonly tags: readonly string[]
    readonly clean: boolean
    /** True when a sandbox scenario plays the release because the folder is no checkout on a frozen branch. */
    readonly played: boolean
  }
  identity: {
    readonly account: string
    readonly arn: string
    /** Rights that were probed without changing anything; `deploy` and `rollback` at least. */
    readonly rights: readonly { readonly right: string; readonly allowed: boolean; readonly detail: string }[]
  }
  artifact: {
    readonly hash: Sha256
    readonly files: number
    readonly bytes: number
    readonly problems: readonly string[]
    readonly buildEnv: { readonly [name: string]: string }
    /** Of each text that was asked for, a file that holds it, or null. */
    readonly holds?: { readonly [text: string]: string | null }
  }
  flag: {
    readonly store: FlagReading
    readonly edge: FlagReading | null
    /** How long a change may take to reach users; like what follows absent in evidence of earlier versions. */
    readonly budgetMs?: number
    /** What caches were told with the copy at the edge; absent where no cache stands between. */
    readonly cache?: { readonly maxAgeMs: number | null; readonly headers: string }
    /** How long the newest change of this launch took to reach users. */
    readonly edgeMs?: number
    readonly late?: LateFlag
  }
  answer: { readonly answer: 'yes' | 'no'; readonly by: string; readonly at: EpochMs; readonly note: string }
}

/** What came of a need. `missing` (provider error, timeout, no permission, nobody answered) makes a check unknown. */
export type Finding<T = unknown> =
  | { readonly status: 'seen'; readonly value: T }
  | { readonly status: 'missing'; readonly why: string }

/** Findings of one gathering, by `needKey`. Plain JSON. */
export type Evidence = { readonly [needKey: string]: Finding }

/** Equal needs have equal keys. */
export function needKey(need: Need): string {
  const fields: { readonly [name: string]: unknown } = need
  let written = ''
  // As JSON.stringify writes the sorted entries, without making them: every look of every check asks for it.
  for (const name of Object.keys(need).sort()) written += `,["${name}",${JSON.stringify(fields[name]) ?? 'null'}]`
  return `[${written.slice(1)}]`
}

/**
 * What came of a need; null when it was not among those gathered. Minutes with a value that is no number (NaN, which JSON
 * writes as null) are as good as not read: comparing with one says nothing, in either direction. Who asks for the same need
 * again and again gives its key.
 */
export function findingOf<N extends Need>(
  need: N,
  evidence: Evidence,
  key = needKey(need),
): Finding<EvidenceByNeed[N['need']]> | null {
  // The key holds the kind of the need, and the gatherer of that kind put the value there.
  const found = (evidence[key] as Finding<EvidenceByNeed[N['need']]> | undefined) ?? null
  return need.need === 'series' && found?.status === 'seen' && hasOddMinute(found.value)
    ? missing('a minute has a value that is no number')
    : found
}

function hasOddMinute(series: object): boolean {
  if (!('minutes' in series) || typeof series.minutes !== 'object' || series.minutes === null) return false
  // Looked for at every look of every check, so without a closure for each arm.
  const arms: readonly unknown[] = Object.values(series.minutes)
  for (const arm of arms) {
    if (!Array.isArray(arm)) continue
    for (const minute of arm) if (isOdd(minute)) return true
  }
  return false
}

function isOdd(minute: Partial<Minute> | null): boolean {
  if (minute === null || !Number.isFinite(minute.count) || !Number.isFinite(minute.sum)) return true
  return minute.over !== undefined && minute.over !== null && !Number.isFinite(minute.over)
}

export function seen<T>(value: T): Finding<T> {
  return { status: 'seen', value }
}

export function missing(why: string): Finding<never> {
  return { status: 'missing', why }
}
