import type { Audience } from './audience.ts'
import type { Sha256 } from './brand.ts'
import type { CheckSpec } from './check.ts'
import type { SourcePosition } from './errors.ts'

/**
 * What a launch will do: the run sheet with every name resolved, every default filled in and every quantity a number
 * (milliseconds, shares 0–1, percents 0–100). Plain JSON, stored with the launch, hashed; a resumed launch uses the stored one.
 */
export type Plan = {
  readonly schema: 1
  readonly app: string
  readonly title: string
  readonly captain: string
  readonly window: LaunchWindow | null
  readonly freezes: readonly Freeze[]
  readonly environments: { readonly [name: string]: Environment }
  readonly build: Build | null
  /** Absent when the run sheet says nothing about it. */
  readonly deploy?: DeployPlan
  readonly smoke: { readonly run: readonly string[]; readonly cwd: string; readonly timeoutMs: number } | null
  readonly flag: FlagPlan
  readonly metrics: { readonly [id: string]: MetricPlan }
  readonly phases: readonly PlannedPhase[]
  readonly rollback: RollbackPlan
  readonly approvals: readonly { readonly role: string; readonly statement: string; readonly name: string | null }[]
  readonly contacts: readonly {
    readonly role: string
    readonly name: string
    readonly contact: string
    readonly responsibility: string
  }[]
  readonly channels: { readonly [purpose: string]: { readonly name: string; readonly webhookEnv: string | null } }
  readonly escalation: readonly {
    readonly level: number
    readonly name: string
    readonly when: string
    readonly action: string
    readonly channel: string | null
  }[]
  /** Absent when the run sheet says nothing about it. */
  readonly notify?: NotifyPlan
  readonly report: {
    readonly path: string
    readonly adoption: string | null
    readonly nextSteps: readonly string[]
    readonly headline: readonly string[]
    readonly announce?: readonly string[]
  }
  /** Milliseconds the whole launch is expected to take, waiting for people and for the window apart; for "planned" in the report. */
  readonly plannedMs: number
}

/** How people are told. Addresses and keys are secrets: only the variables that hold them are named. */
export type NotifyPlan = {
  /** Id of the channel that hears how a launch goes. */
  readonly updates?: string
  /** Hosts that webhooks may post to besides the known ones. */
  readonly hosts?: readonly string[]
  /** Addresses with `{launch}` in place of the id. */
  readonly report?: string
  readonly dashboard?: string
  readonly page?: { readonly kind: 'pagerduty' | 'opsgenie'; readonly keyEnv: string; readonly url?: string }
}

/** Instants in epoch ms, worked out once from local time and zone. */
export type LaunchWindow = { readonly opensAt: number; readonly closesAt: number; readonly timezone: string }
export type Freeze = { readonly fromAt: number; readonly toAt: number; readonly timezone: string; readonly why: string }

export type Environment = {
  readonly name: string
  readonly account: string | null
  readonly region: string
  readonly profile: string | null
  readonly role: string | null
  readonly bucket: string
  readonly distribution: string | null
  /** Without a trailing slash. */
  readonly url: string
  readonly health: readonly string[]
}

export type Build = {
  readonly run: readonly string[]
  readonly cwd: string
  readonly env: { readonly [name: string]: string }
  readonly output: string
  /** Globs of files whose names carry their content hash: created once, never overwritten. */
  readonly immutable: readonly string[]
  readonly timeoutMs: number
  readonly idempotent: boolean
  /** Says with exit 0 that a build that was interrupted had come to its end. */
  readonly probe?: readonly string[]
  /** All files together may have so many bytes. */
  readonly budgetBytes?: number
  /** Globs of source maps that may be shipped. */
  readonly sourceMaps?: readonly string[]
  /** Names with a leading dot that may be shipped besides .well-known. */
  readonly dotfiles?: readonly string[]
  /** Globs of files that pages name and that something else serves. */
  readonly elsewhere?: readonly string[]
}

export type DeployPlan = {
  /** Which files are fetched through the CDN after they were published. Default: sample. */
  readonly verify?: 'sample' | 'all'
  /** What a distribution that hides or keeps errors is to a validation. Default: warn. */
  readonly errorPages?: 'warn' | 'refuse'
  /** What a bucket that others may read or write is to a validation. Default: warn. */
  readonly openBucket?: 'warn' | 'refuse'
  /** How many releases can be gone back to, and for how long. */
  readonly keep?: number
  readonly keepForMs?: number
  /** Globs of objects of no release that a pruning removes. Default: none. */
  readonly removeForeign?: readonly string[]
}

export type FlagPlan = {
  readonly key: string
  /** Opaque to everybody but the store kind of that name. */
  readonly store: { readonly kind: string }
  /** Absent when the run sheet names nobody and holds nobody back. */
  readonly audience?: Audience
}

export type MetricPlan = {
  readonly id: string
  readonly namespace: string
  readonly name: string
  /** `${environment}` still inside: filled in per environment when asked. */
  readonly dimensions: { readonly [name: string]: string }
  readonly variant: { readonly dimension: string; readonly canary: string; readonly control: string } | null
  readonly lagMs: number
  readonly periodMs: number
  /** Id of the metric whose data proves that a missing minute of this one is a zero; null: a missing minute is no data. */
  readonly sparse: string | null
  /** Region to ask when it is not the environment's (CloudFront metrics live in us-east-1). */
  readonly region: string | null
}

export type PlannedPhase = {
  readonly id: string
  readonly title: string
  /** `T-45`-style offset people planned, for the printed sheet. */
  readonly at: string | null
  readonly environment: string
  readonly steps: readonly PlannedStep[]
  readonly gate: PlannedGate | null
  /** What happens when the gate fails after production changed. */
  readonly onFail: 'emergency' | 'full' | 'hold' | 'stop'
}

export type PlannedStep = {
  /** Unique in the plan: `staging/deploy`. */
  readonly id: string
  readonly kind: string
  readonly phase: string
  readonly environment: string
  /** The step's own options; only its kind reads them. */
  readonly spec: unknown
  /** A gate judged inside the step (a canary's, a monitor's). */
  readonly gate: PlannedGate | null
  /** Expected duration with the time its metrics take to settle; absent in plans of earlier versions. */
  readonly plannedMs?: number
}

export type PlannedGate = {
  /** Unique in the plan: the gate list's name. */
  readonly id: string
  readonly environment: string
  readonly checks: readonly PlannedCheck[]
  /** How long an unknown gate is asked again before the launch is held. */
  readonly patienceMs: number
  readonly everyMs: number
}

export type PlannedCheck = {
  /** Unique in the gate. */
  readonly id: string
  readonly kind: string
  readonly title: string
  readonly spec: CheckSpec
  readonly nested: readonly PlannedCheck[]
  readonly at: SourcePosition | null
  /** Roles whose sign-off the check needs; absent when it needs none. */
  readonly signOffs?: readonly string[]
}

export type RollbackPlan = {
  readonly budgetMs: { readonly emergency: number; readonly full: number }
  readonly matrix: readonly {
    readonly issue: string
    readonly severity: string
    readonly action: string
    readonly command: string
    readonly onFail: 'emergency' | 'full' | 'hold' | 'observe'
  }[]
}

export type StoredPlan = { readonly plan: Plan; readonly hash: Sha256 }
