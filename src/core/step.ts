import type { z } from 'zod'
import type { EpochMs } from './brand.ts'
import type { StepOutput } from './event.ts'
import type { FlagReading } from './flag.ts'
import type { Move } from './move.ts'
import type { Environment, Plan, PlannedStep } from './plan.ts'
import type { Cdn, Clock, Exec, Files, FlagStore, Http, ObjectStore, Random, Wait } from './ports.ts'
import type { RolloutRules } from './rollout.ts'
import type { LaunchState } from './state.ts'

/** What `decide` knows besides the plan and the journal. `flag` was read before the journal was. */
export type World = {
  readonly now: EpochMs
  /** Null when it could not be read just now: nothing moves forward then. */
  readonly flag: FlagReading | null
  /** Since when the flag could not be read; null while it can. */
  readonly flagLostAt: EpochMs | null
  /** When this process first and last looked at a gate, by its key: not journaled, a fresh process looks at once. */
  readonly looks: ReadonlyMap<string, { readonly first: EpochMs; readonly last: EpochMs }>
  /** Steps this process has tried. */
  readonly tried: ReadonlySet<string>
  /** Ids of questions nobody was there to answer. */
  readonly unanswered: ReadonlySet<string>
  /** A held canary is left as it is (exit 8) instead of rolled back when its time is up. */
  readonly leaveHeld: boolean
  /** A person follows and decides; a hold waits for them instead of for the clock. */
  readonly guided: boolean
}

export type StepPorts = {
  readonly clock: Clock
  readonly random: Random
  readonly exec: Exec
  readonly http: Http
  readonly files: Files
  readonly objects: (environment: string) => ObjectStore
  readonly cdn: (environment: string) => Cdn | null
  readonly flag: (environment: string) => FlagStore
  /** Variables a child command gets: LAUNCH_URL, LAUNCH_ENV, LAUNCH_RELEASE, and the sandbox's endpoint. */
  readonly childEnv: (environment: string) => { readonly [name: string]: string }
  /** A short real pause, never virtual: between two reads that must agree. */
  readonly wait: Wait
  readonly log: (line: string) => void
  /** Says how far a step is, for whoever watches it; may be said often. */
  readonly progress?: (text: string) => void
  /** A deploy waits until CloudFront says that the old copies are gone. */
  readonly waitForInvalidation?: boolean
  /** Renders the report of this launch and returns the path it was written to. */
  readonly report: () => Promise<string>
}

export type StepContext = {
  readonly plan: Plan
  readonly state: LaunchState
  readonly step: PlannedStep
  readonly environment: Environment
  readonly ports: StepPorts
}

export type StepResult = { readonly summary: string; readonly output: StepOutput }

export type StepDefinition<K extends string, S extends z.ZodType> = {
  /** The word in `run: [...]`. */
  readonly kind: K
  readonly about: string
  /** A valid item of `run:`. */
  readonly example: string
  /** What stands behind the word: `{ deploy: staging }` has a string; a bare word has undefined. */
  readonly spec: S
  readonly changes: (spec: z.infer<S>, phaseEnvironment: string) => 'nothing' | 'users'
  readonly environment: (spec: z.infer<S>, phaseEnvironment: string) => string
  /** Name of the gate list the step judges while it runs, and how often it looks. */
  readonly gate?: (
    spec: z.infer<S>,
  ) => { readonly name: string; readonly everyMs: number; readonly patienceMs: number } | null
  /** Expected duration, for the plan. `settlingMs`: from the end of a minute of its gate's metrics until that minute counts. */
  readonly plannedMs: (spec: z.infer<S>, settlingMs: number) => number
  readonly title: (spec: z.infer<S>, environment: string) => string
  /**
   * For a step that goes on over time (a canary, a monitor): what to do next, or null when it is complete. Pure.
   * Without it the step is one effect: `perform`.
   */
  readonly next?: (spec: z.infer<S>, step: PlannedStep, plan: Plan, state: LaunchState, world: World) => Move | null
  /** For a canary whose stages are judged as one: how it is meant to go. */
  readonly rollout?: (spec: z.infer<S>) => RolloutRules | null
  /** False when a repeat after a crash may do harm: the launch is held then. Steps are repeatable unless they say otherwise. */
  readonly repeatable?: (plan: Plan) => boolean
  /** Does the work once. Safe to repeat after a crash: see the idempotency rule in the step's own file. */
  readonly perform?: (spec: z.infer<S>, context: StepContext, signal: AbortSignal) => Promise<StepResult>
}

/** A step kind as the registry, the plan and the engine see it: its spec is opaque to them. */
export type StepKind<K extends string = string, S extends z.ZodType = z.ZodType> = {
  readonly kind: K
  readonly about: string
  readonly example: string
  readonly spec: S
  changes(spec: unknown, phaseEnvironment: string): 'nothing' | 'users'
  environment(spec: unknown, phaseEnvironment: string): string
  gate(spec: unknown): { readonly name: string; readonly everyMs: number; readonly patienceMs: number } | null
  /** Its own time, without what its metrics take to settle when that is not given. */
  plannedMs(spec: unknown, settlingMs?: number): number
  title(spec: unknown, environment: string): string
  repeatable(plan: Plan): boolean
  rollout(spec: unknown): RolloutRules | null
  readonly next: ((step: PlannedStep, plan: Plan, state: LaunchState, world: World) => Move | null) | null
  readonly perform: ((context: StepContext, signal: AbortSignal) => Promise<StepResult>) | null
}

/** Makes a step kind. The cast is sound because a planned step carries the spec that its own kind's schema parsed. */
export function defineStep<const K extends string, S extends z.ZodType>(
  definition: StepDefinition<K, S>,
): StepKind<K, S> {
  const own = (spec: unknown) => spec as z.infer<S>
  const { next, perform } = definition
  return {
    kind: definition.kind,
    about: definition.about,
    example: definition.example,
    spec: definition.spec,
    changes: (spec, phaseEnvironment) => definition.changes(own(spec), phaseEnvironment),
    environment: (spec, phaseEnvironment) => definition.environment(own(spec), phaseEnvironment),
    gate: (spec) => definition.gate?.(own(spec)) ?? null,
    plannedMs: (spec, settlingMs = 0) => definition.plannedMs(own(spec), settlingMs),
    title: (spec, environment) => definition.title(own(spec), environment),
    rollout: (spec) => definition.rollout?.(own(spec)) ?? null,
    repeatable: (plan) => definition.repeatable?.(plan) ?? true,
    next: next ? (step, plan, state, world) => next(own(step.spec), step, plan, state, world) : null,
    perform: perform ? (context, signal) => perform(own(context.step.spec), context, signal) : null,
  }
}
