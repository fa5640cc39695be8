import type { Audience } from '../core/audience.ts'
import type { EpochMs } from '../core/brand.ts'
import type { CheckResult, LaunchEvent, Release } from '../core/event.ts'
import { lateLine, lateMetrics } from '../core/late-metrics.ts'
import type { LaunchWindow, Plan } from '../core/plan.ts'
import { bindingApprovals, type Approval, type GateState, type LaunchState, type Stage } from '../core/state.ts'
import { wordsOf, type DescribeStep, type EventText } from '../ui/words.ts'
import { fold } from '../core/reduce.ts'
import { triedRelease } from '../core/tried-release.ts'
import { armsOf, type ArmsCompared } from './arms.ts'
import { chartsOf, type Charts, type SignalOf } from './charts.ts'
import { flagChanges, type FlagChange } from './flag-changes.ts'
import { adoptionOf, deltasOf, headlineOf, unseenOf, type Adoption, type Delta, type Headline } from './metrics.ts'
import { plannedDuration } from './planned-duration.ts'
import { rollbackStories, type RollbackStory } from './rollbacks.ts'
import { withSeenValues } from './seen-value.ts'
import { timelineOf } from './timeline.ts'
import { waivedChecks, type WaivedCheck } from './waived-checks.ts'

/** Everything a report says, as values: Markdown, HTML and JSON are written from it. Nothing in it is escaped yet. */
export type ReportModel = {
  readonly title: string
  readonly app: string
  readonly environment: string
  readonly launch: string
  readonly version: string
  readonly commit: string
  readonly release: Release | null
  /** Id of the release whose deploy broke off; null when it did not, or none was begun. */
  readonly tried: string | null
  /** The scenario of a sandbox launch: nothing in its report is real. */
  readonly sandbox: string | null
  readonly captain: string
  readonly openedAt: EpochMs
  readonly openedBy: string
  readonly window: LaunchWindow | null
  readonly go: LaunchState['go']
  readonly status: ReportStatus
  readonly why: string
  readonly plannedMs: number
  readonly actualMs: number
  readonly rollbacks: readonly RollbackStory[]
  readonly headline: readonly Headline[]
  /** Titles of the summary's checks that never saw a value. */
  readonly unseen: readonly string[]
  /** Null when the run sheet names no metric for it or nothing was seen. */
  readonly adoption: Adoption | null
  readonly deltas: readonly Delta[]
  /** Empty where nothing tells the versions apart. */
  readonly arms: readonly ArmsCompared[]
  readonly phases: readonly {
    readonly id: string
    readonly title: string
    readonly verdict: 'pass' | 'fail' | 'held' | 'running' | 'not reached'
    readonly startedAt: EpochMs | null
    readonly endedAt: EpochMs | null
  }[]
  readonly stages: readonly Stage[]
  readonly gates: readonly (Omit<GateState, 'evidence' | 'saying'> & {
    readonly key: string
    readonly name: string
    readonly checks: readonly CheckResult[]
  })[]
  readonly approvals: readonly {
    readonly role: string
    readonly statement: string
    readonly given: Approval | null
    readonly binds: boolean
  }[]
  readonly issues: readonly { readonly at: EpochMs; readonly severity: string; readonly text: string }[]
  readonly lessons: LaunchState['notes']
  readonly nextSteps: readonly string[]
  readonly timeline: readonly { readonly at: EpochMs; readonly text: EventText }[]
  readonly flagKey: string
  /** Absent when users are dealt by the share alone. */
  readonly audience?: Audience
  readonly flag: readonly FlagChange[]
  readonly waived: readonly WaivedCheck[]
  /** Null when the flag was never raised. */
  readonly charts: Charts | null
  readonly answers: readonly {
    readonly question: string
    readonly answer: 'yes' | 'no'
    readonly by: string
    readonly via: string
    readonly at: EpochMs
    readonly note: string
  }[]
}

export type ReportStatus = 'SUCCESS' | 'PARTIAL' | 'FAILED' | 'IN PROGRESS'

export type ReportInput = {
  readonly plan: Plan
  readonly events: readonly LaunchEvent[]
  readonly describeStep: DescribeStep
  readonly signalOf: SignalOf
}

/** The report of a journal; null for an empty one. */
export function reportModel({ plan, events: journaled, describeStep, signalOf }: ReportInput): ReportModel | null {
  const events = withSeenValues(plan, journaled, signalOf)
  const state = fold(events)
  if (!state) return null
  const words = wordsOf(plan, describeStep)
  const environment = userEnvironment(plan)
  const headline = headlineOf(plan, events, environment)
  const [flag, rollbacks] = [flagChanges(events), rollbackStories(events)]
  const charts = chartsOf({ plan, events, environment, headline, flag, rollbacks, signalOf })
  return {
    title: plan.title,
    app: plan.app,
    environment,
    launch: state.id,
    version: state.version,
    commit: state.commit,
    release: state.deployments[environment]?.release ?? null,
    tried: triedRelease(plan, state, environment)?.id ?? null,
    sandbox: state.sandbox,
    captain: plan.captain,
    openedAt: state.openedAt,
    openedBy: state.openedBy.name,
    window: plan.window,
    go: state.go,
    ...verdictOf(state),
    plannedMs: plannedDuration(plan, state.openedAt, describeStep),
    actualMs: (state.ended?.at ?? state.last.at) - state.openedAt,
    rollbacks,
    headline,
    unseen: unseenOf(plan, headline),
    adoption: adoptionOf(plan, events, environment),
    deltas: deltasOf(state, events, environment),
    arms: armsOf(charts),
    phases: plan.phases.map(({ id, title }) => ({ id, title, ...phaseOf(state.phases[id]) })),
    stages: Object.values(state.stages).flat(),
    // What a look saw is drawn in the charts; here it would stand once more for every stage.
    gates: Object.entries(state.gates).map(([key, { evidence: _seen, saying: _said, ...gate }]) => ({
      ...gate,
      key,
      name: words.gate({ ...gate, key }),
    })),
    approvals: approvalsOf(plan, state),
    issues: issuesOf(state),
    lessons: state.notes,
    nextSteps: [...plan.report.nextSteps, ...stepsThatFollow(state), ...lagsToSet(events)],
    timeline: timelineOf(events, words),
    flagKey: plan.flag.key,
    ...(plan.flag.audience && { audience: plan.flag.audience }),
    flag,
    waived: waivedChecks(state),
    charts,
    answers: Object.entries(state.answers).map(([question, answer]) => ({
      question: words.question(question),
      ...answer,
    })),
  }
}

/** Metrics that settle later than the run sheet says: what was judged of them was not final. */
function lagsToSet(events: readonly LaunchEvent[]): readonly string[] {
  return lateMetrics(events).map((late) => `set the lag of a metric: ${lateLine(late)}`)
}

/** The environment whose users the launch is about: where its canary or its last phase is. */
function userEnvironment(plan: Plan): string {
  return plan.phases.at(-1)?.environment ?? 'production'
}

function verdictOf(state: LaunchState): Pick<ReportModel, 'status' | 'why'> {
  const { ended } = state
  if (!ended) return { status: 'IN PROGRESS', why: 'the launch is not over' }
  switch (ended.outcome) {
    case 'succeeded':
      return { status: 'SUCCESS', why: ended.why }
    case 'held':
    case 'declined':
    case 'stopped':
      return { status: 'PARTIAL', why: ended.why }
    case 'rolled-back':
    case 'refused':
    case 'failed':
    case 'bug':
    case 'invalid':
    case 'unavailable':
    case 'superseded':
      return { status: 'FAILED', why: ended.why }
  }
}

function phaseOf(
  phase: LaunchState['phases'][string] | undefined,
): Pick<ReportModel['phases'][number], 'verdict' | 'startedAt' | 'endedAt'> {
  if (!phase) return { verdict: 'not reached', startedAt: null, endedAt: null }
  if (phase.status === 'running') return { verdict: 'running', startedAt: phase.startedAt, endedAt: null }
  return { verdict: phase.verdict, startedAt: phase.startedAt, endedAt: phase.endedAt }
}

function approvalsOf(plan: Plan, state: LaunchState): ReportModel['approvals'] {
  const binding = new Set(bindingApprovals(state).map(({ role }) => role))
  return plan.approvals.map(({ role, statement }) => {
    const given = state.approvals.find((approval) => approval.role === role) ?? null
    return { role, statement, given, binds: binding.has(role) }
  })
}

function issuesOf(state: LaunchState): ReportModel['issues'] {
  const blockers = state.blockers.map(({ at, severity, text, open }) => ({
    at,
    severity,
    text: `UAT blocker, ${open ? 'still open' : 'cleared'}: ${text}`,
  }))
  const failures = Object.entries(state.steps).flatMap(([step, result]) =>
    result.status === 'failed' ? [{ at: result.at, severity: 'step', text: `${step} failed: ${result.message}` }] : [],
  )
  return [...state.issues.map(({ at, severity, text }) => ({ at, severity, text })), ...blockers, ...failures].sort(
    (a, b) => a.at - b.at,
  )
}

function stepsThatFollow(state: LaunchState): readonly string[] {
  const latched = state.found !== null || state.rollbacks.some(({ outcome }) => outcome !== 'failed')
  return [
    ...(state.ended?.outcome === 'failed' ? ['Check production by hand: the rollback was not confirmed.'] : []),
    ...(latched ? ['The flag is latched off: mend the cause, then start a new launch with --ack-rollback.'] : []),
    ...state.waivers.map(({ gate, check }) => `Take back the waiver of check ${check} in gate ${gate}.`),
    ...state.blockers.filter(({ open }) => open).map(({ id, text }) => `Clear UAT blocker ${id}: ${text}`),
  ]
}
