import type { EpochMs, LaunchId, Sha256 } from './brand.ts'
import type {
  Actor,
  Binding,
  CheckResult,
  EventOf,
  LaunchEvent,
  Release,
  RollbackKind,
  RollbackResult,
  StepOutput,
} from './event.ts'
import type { Evidence } from './evidence.ts'
import type { Outcome } from './exit-code.ts'
import type { LateFlag } from './flag.ts'
import type { RolloutSaying } from './rollout.ts'
import type { Verdict, Window } from './verdict.ts'

/** A launch as its journal tells it: a fold of its events, nothing else. */
export type LaunchState = {
  readonly id: LaunchId
  readonly planHash: Sha256
  readonly commit: string
  readonly version: string
  readonly openedAt: EpochMs
  readonly openedBy: Actor
  readonly sandbox: string | null
  /** writeIds of latches this launch was told to acknowledge. */
  readonly acks: readonly string[]
  /** Number of the newest event; the next one is this plus 1. */
  readonly n: number
  readonly last: { readonly at: EpochMs; readonly actor: Actor; readonly type: string }
  readonly artifact: StepOutput['artifact'] | null
  readonly deployments: {
    readonly [environment: string]: {
      readonly release: Release
      readonly at: EpochMs
      readonly artifact: Sha256 | null
    }
  }
  readonly phases: { readonly [phase: string]: PhaseState }
  readonly steps: { readonly [step: string]: StepState }
  readonly gates: { readonly [key: string]: GateState }
  readonly stages: { readonly [step: string]: readonly Stage[] }
  readonly approvals: readonly Approval[]
  readonly blockers: readonly {
    readonly id: number
    readonly severity: string
    readonly text: string
    readonly open: boolean
    readonly by: string
    readonly at: EpochMs
  }[]
  readonly issues: readonly {
    readonly severity: string
    readonly text: string
    readonly by: string
    readonly at: EpochMs
  }[]
  readonly go: {
    readonly decision: 'go' | 'no-go'
    readonly by: string
    readonly at: EpochMs
    readonly note: string
    readonly via: string
  } | null
  readonly answers: {
    readonly [question: string]: {
      readonly answer: 'yes' | 'no'
      readonly by: string
      readonly at: EpochMs
      readonly note: string
      readonly via: string
    }
  }
  readonly waivers: readonly {
    readonly gate: string
    readonly check: string
    readonly reason: string
    readonly by: string
  }[]
  readonly notes: readonly { readonly text: string; readonly by: string; readonly at: EpochMs }[]
  readonly baseline: {
    readonly window: Window
    readonly metrics: EventOf<'baseline-captured'>['metrics']
    readonly missing: NonNullable<EventOf<'baseline-captured'>['missing']>
  } | null
  /** The flag as this launch last set it. */
  readonly flag: {
    readonly percent: number
    readonly serial: number
    readonly writeId: string
    readonly at: EpochMs
    readonly confirmedAt: EpochMs | null
    /** How long the newest confirmed change took to reach users, in ms. */
    readonly edgeMs?: number
    /** The newest change that took too long, whatever came after it. */
    readonly late?: LateFlag
  } | null
  /** The newest request from another machine that no stage has answered yet. */
  readonly ask: {
    readonly ask: EventOf<'canary-asked'>['ask']
    readonly stage: number | null
    readonly reason: string
    readonly by: string
    readonly at: EpochMs
  } | null
  /** A canary that was left as it is on purpose; null once somebody drives it again. */
  readonly leftHeld: { readonly by: string; readonly at: EpochMs; readonly why: string } | null
  readonly rollingBack: {
    readonly kind: RollbackKind
    readonly reason: string
    readonly trigger: string
    readonly at: EpochMs
  } | null
  readonly rollbacks: readonly (RollbackResult & {
    readonly at: EpochMs
    readonly writeId: string
    readonly trigger: string
  })[]
  /** A latch that somebody else's rollback left in the flag. */
  readonly found: {
    readonly writeId: string
    readonly by: string
    readonly at: EpochMs
    readonly reason: string
  } | null
  readonly ended: { readonly outcome: Outcome; readonly why: string; readonly at: EpochMs } | null
  /** Event types this version does not know: reading works, moving forward does not. */
  readonly unknownTypes: readonly string[]
}

export type Approval = {
  readonly role: string
  readonly by: string
  readonly at: EpochMs
  readonly note: string
  readonly binding: Binding
}

export type PhaseState =
  | { readonly status: 'running'; readonly startedAt: EpochMs }
  | {
      readonly status: 'ended'
      readonly startedAt: EpochMs
      readonly endedAt: EpochMs
      readonly verdict: 'pass' | 'fail' | 'held'
    }

export type StepState =
  | {
      readonly status: 'intended'
      readonly attempt: string
      readonly at: EpochMs
      /** An earlier attempt was not seen to end: what it did has to be found out (`probe:`) before it is repeated. */
      readonly after?: 'interrupted'
      /** A person says that the command came to its end; only its result is to be taken up. */
      readonly resolved?: 'run'
    }
  | {
      readonly status: 'done'
      readonly startedAt: EpochMs
      readonly at: EpochMs
      readonly summary: string
      readonly ms: number
      readonly artifact: Sha256 | null
    }
  | {
      readonly status: 'failed'
      readonly startedAt: EpochMs
      readonly at: EpochMs
      readonly attempt: string
      readonly code: string
      readonly message: string
      readonly hint: string
    }

export type GateState = {
  readonly gate: string
  readonly phase: string
  readonly environment: string
  readonly verdict: Exclude<Verdict, 'waived'>
  readonly at: EpochMs
  readonly artifact: Sha256 | null
  readonly stage: number | null
  readonly bakedMs: number
  readonly checks: readonly CheckResult[]
  readonly window: Window
  /** How many looks in a row a check failed, this one included; a check that did not is not among them. */
  readonly failing: { readonly [check: string]: number }
  readonly saying?: RolloutSaying
  /** What the look saw; kept for the stages of a canary only, whose later ones are judged with it. */
  readonly evidence?: Evidence
}

export type Stage =
  /** Intent journaled; whether the flag was written is not known yet. */
  | {
      readonly status: 'shifting'
      readonly percent: number
      readonly startedAt: EpochMs
      readonly writeId: string
      readonly serial: number
    }
  /** Written, not yet seen through the CDN. */
  | { readonly status: 'set'; readonly percent: number; readonly startedAt: EpochMs; readonly serial: number }
  | { readonly status: 'baking'; readonly percent: number; readonly startedAt: EpochMs; readonly since: EpochMs }
  | {
      readonly status: 'held'
      readonly percent: number
      readonly startedAt: EpochMs
      readonly since: EpochMs
      readonly why: string
      readonly heldAt: EpochMs
      readonly until: EpochMs
    }
  | {
      readonly status: 'left'
      readonly percent: number
      readonly startedAt: EpochMs
      readonly endedAt: EpochMs
      readonly verdict: 'pass' | 'unproven' | 'fail'
      readonly why: string
    }

/** Approvals that still bind: same commit and plan, and the artifact they were given for or took over. */
export function bindingApprovals(state: LaunchState): readonly Approval[] {
  return state.approvals.filter(
    ({ binding }) =>
      binding.commit === state.commit &&
      binding.plan === state.planHash &&
      (binding.artifact === null || binding.artifact === (state.artifact?.hash ?? null)),
  )
}

/** Whether users of an environment may already see something of this launch. */
export function hasChanged(state: LaunchState, environment: string): boolean {
  return state.deployments[environment] !== undefined || (environment === 'production' && state.flag !== null)
}

/** Whether the flag was raised by this launch, or may have been: an intent alone does not say whether the write got through. */
export function mayBeExposed(state: LaunchState): boolean {
  return state.flag !== null || Object.keys(state.stages).length > 0
}

export function stageNow(state: LaunchState, step: string): Stage | null {
  return state.stages[step]?.at(-1) ?? null
}

export function startState(opened: EventOf<'launch-opened'>): LaunchState {
  return {
    id: opened.launch,
    planHash: opened.plan,
    commit: opened.commit,
    version: opened.version,
    openedAt: opened.at,
    openedBy: opened.actor,
    sandbox: opened.sandbox,
    acks: opened.acks,
    n: opened.n,
    last: { at: opened.at, actor: opened.actor, type: opened.type },
    artifact: null,
    deployments: {},
    phases: {},
    steps: {},
    gates: {},
    stages: {},
    approvals: [],
    blockers: [],
    issues: [],
    go: null,
    answers: {},
    waivers: [],
    notes: [],
    baseline: null,
    flag: null,
    ask: null,
    leftHeld: null,
    rollingBack: null,
    rollbacks: [],
    found: null,
    ended: null,
    unknownTypes: [],
  }
}

/** Every event of a launch but the first, which `startState` takes. */
export type LaterEvent = Exclude<LaunchEvent, EventOf<'launch-opened'>>
