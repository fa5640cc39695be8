import { z } from 'zod'
import type { EpochMs, Sha256 } from './brand.ts'
import type { EvidenceByNeed, Finding, MeasuredSpread, Need } from './evidence.ts'
import { Duration } from './fields.ts'
import type { Rollout } from './rollout.ts'
import type { Judgement, Window } from './verdict.ts'

/** What a launch knows that a check may judge without asking anybody; folded from the journal. */
export type LaunchFacts = {
  readonly commit: string
  readonly artifact: Sha256 | null
  readonly environment: string
  readonly openedAt: EpochMs
  /** Sign-offs that still bind (same commit, artifact and plan). */
  readonly approvals: readonly { readonly role: string; readonly by: string; readonly at: EpochMs }[]
  readonly blockers: readonly {
    readonly id: number
    readonly text: string
    readonly severity: string
    readonly open: boolean
  }[]
  /** Metric minutes of the time before this launch, by metric id: captured once, when the launch opened. */
  readonly baseline: {
    readonly [metric: string]: {
      readonly window: Window
      readonly count: number
      readonly sum: number
      readonly spreads?: readonly MeasuredSpread[]
    }
  } | null
  /** Why a metric is not in the baseline, where it could not be read. */
  readonly baselineMissing?: { readonly [metric: string]: string }
  readonly issues: readonly { readonly severity: string; readonly text: string }[]
}

/** What a check may look at while judging. Pure: the same look gives the same judgement. */
export type Look = {
  readonly now: EpochMs
  /** From when evidence counts for this gate until now; unsettled minutes inside it are not yet evidence. */
  readonly window: Window
  /** Whose minutes are judged: the new version's where it serves, the old one's before. */
  readonly subject: 'canary' | 'control'
  readonly launch: LaunchFacts
  /** What `needs` was given: a judge that makes its needs from the scope asks for the same ones. */
  readonly scope: NeedScope
  /** Judgements of the checks in the gate list this check names (`uses`), in order. */
  nested(): readonly { readonly title: string; readonly judgement: Judgement }[]
  /** The finding for a need that `needs` listed. */
  see<N extends Need>(need: N): Finding<EvidenceByNeed[N['need']]>
}

/** What `needs` may depend on besides the check itself. */
export type NeedScope = {
  /** `account`: the one credentials must belong to; null or absent when the run sheet names none. */
  readonly environment: { readonly url: string; readonly health: readonly string[]; readonly account?: string | null }
  readonly phase: string
  /** Inside a check that judges others (`uses`): its window, for those of them that have no `over` of their own. */
  readonly overMs?: number
  /** At a stage of a canary whose stages are judged as one. */
  readonly rollout?: Rollout
  /** At a stage of any canary: the percent of users it serves. */
  readonly percent?: number
  /** Before a canary: the old version alone, by what it breaks for certain. */
  readonly before?: true
}

/**
 * What a check bounds, in the terms of a rollout that is judged as one. `below` is the limit, `floor` the samples a pass
 * needs, `rollbackAt` the looser limit from which a value fails, where it is another one. `below` is null where the old
 * version alone is compared with: then `atMost` is how many times its value is still no regression.
 */
export type SignalSource =
  | {
      readonly of: 'share'
      readonly bad: string
      readonly all: string
      readonly below: number | null
      readonly rollbackAt?: number
      readonly atMost?: number
      readonly floor: number
    }
  /** The share of samples at or above `cut`. */
  | {
      readonly of: 'slow'
      readonly metric: string
      readonly cut: number
      /** A share of `below` at or above this fails: another cut. */
      readonly rollbackAt?: number
      readonly unit: string
      readonly below: number
      readonly floor: number
    }
  | {
      readonly of: 'mean'
      readonly metric: string
      readonly unit: string
      readonly below: number | null
      readonly rollbackAt?: number
      readonly atMost?: number
      readonly floor: number
    }

/** Counts whose usual spread a check judges by: events of a metric per stretch of time, among the events of another. */
export type SpreadSource = { readonly metric: string; readonly of?: string; readonly perMs: number }

/** Fields every check has, whatever its kind. */
export const commonShape = {
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .optional()
    .describe('stable name of the check; made from kind and subject when absent'),
  title: z.string().optional().describe('how the check is called on screen and on the printed sheet'),
  owner: z.string().optional().describe('role that answers for it'),
  onFail: z
    .enum(['emergency', 'full', 'hold', 'observe'])
    .optional()
    .describe('what a fail does in a canary or after it; default emergency'),
  persist: z
    .int()
    .min(1)
    .optional()
    .describe(
      'with onFail: hold, after how many fails of this check in a row a hold becomes an emergency rollback; a look that cannot judge it counts neither way',
    ),
  observe: z.boolean().optional().describe('true: judged and shown, never blocks'),
  judge: z
    .enum(['sequential', 'threshold'])
    .optional()
    .describe(
      'how samples become a verdict in a canary: sequential (its default) weighs all stages so far against the old version, threshold compares the value since the stage began with the limit',
    ),
} as const

/** The shape of a metric check's evidence window. */
export const overShape = {
  over: Duration.optional().describe(
    'judge the last settled minutes of this length instead of everything since the gate began',
  ),
} as const

type Shape = z.core.$ZodLooseShape
type SpecOf<S extends Shape> = z.infer<z.ZodObject<S & typeof commonShape, z.core.$strict>>

export type CheckDefinition<S extends Shape, K extends string> = {
  readonly kind: K
  /** One sentence: what a captain learns from this check. */
  readonly about: string
  /** A line of YAML that is valid. */
  readonly example: string
  readonly shape: S
  /** What to do when it fails; also a row of docs/troubleshooting.md. */
  readonly hint: string
  /** `board-load p95 < 800ms`: short, with the limit. */
  title(check: SpecOf<S>): string
  needs(check: SpecOf<S>, scope: NeedScope): readonly Need[]
  judge(check: SpecOf<S>, look: Look): Judgement
  /** Roles that have to sign off before it can pass: asked for when people are there. */
  signOffs?(check: SpecOf<S>): readonly string[]
  /** The gate list whose checks are judged inside this one. */
  uses?(check: SpecOf<S>): string | null
  /** How many last settled milliseconds those checks judge when they do not say. */
  usesOverMs?(check: SpecOf<S>): number | null
  /** What it bounds, where a rollout can be judged by it as one; null or absent: each look is judged for itself. */
  signal?(check: SpecOf<S>): SignalSource | null
  /** The counts whose usual spread is to be measured with the baseline; null or absent: none. */
  spread?(check: SpecOf<S>): SpreadSource | null
  /** What it judges by besides what it sees, in words that a captain can calculate with; null or absent: nothing. */
  basis?(check: SpecOf<S>, launch: LaunchFacts): string | null
  /** Its metrics have to tell the versions apart: one without a variant is refused with the run sheet. */
  readonly needsVariants?: true
  /** It compares with the old version or with the time before the launch: before a canary it has nothing to say. */
  readonly comparesOnly?: true
  /** What a schema of single fields cannot say: the message when fields contradict or lack each other, else null. */
  readonly problem?: (check: SpecOf<S>) => string | null
}

/** A check kind as the registry and the engine see it: its spec is opaque to them. */
export type CheckKind<K extends string = string, Schema extends z.ZodObject = z.ZodObject> = {
  readonly kind: K
  readonly about: string
  readonly example: string
  readonly hint: string
  readonly schema: Schema
  title(spec: CheckSpec): string
  needs(spec: CheckSpec, scope: NeedScope): readonly Need[]
  judge(spec: CheckSpec, look: Look): Judgement
  signOffs(spec: CheckSpec): readonly string[]
  uses(spec: CheckSpec): string | null
  usesOverMs(spec: CheckSpec): number | null
  signal(spec: CheckSpec): SignalSource | null
  spread(spec: CheckSpec): SpreadSource | null
  basis(spec: CheckSpec, launch: LaunchFacts): string | null
  readonly needsVariants: boolean
  readonly comparesOnly: boolean
}

/** A parsed check: what the schema of its kind returned. Only that kind reads more than the common fields. */
export type CheckSpec = z.infer<z.ZodObject<typeof commonShape>> & { readonly kind: string }

/**
 * Makes a check kind. The functions get the spec type their shape infers; outside the kind a spec is opaque. The cast is
 * sound because the registry hands a spec only to the kind whose schema parsed it.
 */
export function defineCheck<const K extends string, S extends Shape>(definition: CheckDefinition<S, K>) {
  const fields = z.strictObject({
    kind: z.literal(definition.kind).describe(definition.about),
    ...commonShape,
    ...definition.shape,
  })
  const { problem } = definition
  const schema = problem
    ? fields.superRefine((spec, context) => addProblem(problem(spec as unknown as SpecOf<S>), context))
    : fields
  const own = (spec: CheckSpec) => spec as unknown as SpecOf<S>
  return {
    kind: definition.kind,
    about: definition.about,
    example: definition.example,
    hint: definition.hint,
    schema,
    title: (spec: CheckSpec) => spec.title ?? definition.title(own(spec)),
    needs: (spec: CheckSpec, scope: NeedScope) => definition.needs(own(spec), scope),
    judge: (spec: CheckSpec, look: Look) => definition.judge(own(spec), look),
    signOffs: (spec: CheckSpec) => definition.signOffs?.(own(spec)) ?? [],
    uses: (spec: CheckSpec) => definition.uses?.(own(spec)) ?? null,
    usesOverMs: (spec: CheckSpec) => definition.usesOverMs?.(own(spec)) ?? null,
    signal: (spec: CheckSpec) => definition.signal?.(own(spec)) ?? null,
    spread: (spec: CheckSpec) => definition.spread?.(own(spec)) ?? null,
    basis: (spec: CheckSpec, launch: LaunchFacts) => definition.basis?.(own(spec), launch) ?? null,
    needsVariants: definition.needsVariants === true,
    comparesOnly: definition.comparesOnly === true,
  }
}

function addProblem(message: string | null, context: z.RefinementCtx): void {
  if (message !== null) context.addIssue({ code: 'custom', message })
}
