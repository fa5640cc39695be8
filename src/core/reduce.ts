import type { EventOf, LaunchEvent } from './event.ts'
import { reduceCanary } from './reduce-canary.ts'
import { startState, type GateState, type LaterEvent, type LaunchState, type StepState } from './state.ts'

/** The state after one more event. Total: an event of a type this version does not know is remembered by its name. */
export function reduce(state: LaunchState, event: LaterEvent): LaunchState {
  const next = apply(drivesOn.has(event.type) ? { ...state, leftHeld: null } : state, event)
  return { ...next, n: event.n, last: { at: event.at, actor: event.actor, type: event.type } }
}

/** Events of somebody who drives: what had been left on purpose is not left alone any more. */
const drivesOn: ReadonlySet<string> = new Set<LaunchEvent['type']>([
  'step-intended',
  'gate-judged',
  'flag-intended',
  'stage-held',
  'stage-resumed',
  'stage-left',
  'rollback-intended',
  'rolled-back',
  'rollback-found',
])

/** The state a journal tells. Null for an empty one. */
export function fold(events: readonly LaunchEvent[]): LaunchState | null {
  let state: LaunchState | null = null
  for (const event of events) {
    if (event.type === 'launch-opened') state = startState(event)
    else if (state) state = reduce(state, event)
  }
  return state
}

/** The state after all that was journaled behind it, of every event of its launch. */
export function foldOn(state: LaunchState, events: readonly LaunchEvent[]): LaunchState {
  let now = state
  for (const event of events.slice(state.n)) if (event.type !== 'launch-opened') now = reduce(now, event)
  return now
}

function apply(state: LaunchState, event: LaterEvent): LaunchState {
  const by = event.actor.name
  switch (event.type) {
    case 'plan-replaced':
      return { ...state, planHash: event.plan, commit: event.commit }
    case 'baseline-captured':
      return {
        ...state,
        baseline: {
          window: event.window,
          metrics: { ...state.baseline?.metrics, ...event.metrics },
          missing: event.missing ?? {},
        },
      }
    case 'phase-started':
      return { ...state, phases: { ...state.phases, [event.phase]: { status: 'running', startedAt: event.at } } }
    case 'phase-ended': {
      const startedAt = state.phases[event.phase]?.startedAt ?? event.at
      const ended = { status: 'ended', startedAt, endedAt: event.at, verdict: event.verdict } as const
      return { ...state, phases: { ...state.phases, [event.phase]: ended } }
    }
    case 'step-intended':
      return { ...state, steps: { ...state.steps, [event.step]: begunAgain(state.steps[event.step], event) } }
    case 'step-done':
      return stepDone(state, event)
    case 'step-failed': {
      const { attempt, code, message, hint } = event
      const failed = {
        status: 'failed',
        startedAt: startedAtOf(state, event.step, event.at),
        at: event.at,
        attempt,
        code,
        message,
        hint,
      } as const
      return { ...state, steps: { ...state.steps, [event.step]: failed } }
    }
    case 'gate-judged':
      return gateJudged(state, event)
    case 'approved': {
      // Given before the build but written after it: the artifact takes it over all the same.
      const binding = { ...event.binding, artifact: event.binding.artifact ?? state.artifact?.hash ?? null }
      const approval = { role: event.role, by, at: event.at, note: event.note, binding }
      return { ...state, approvals: [...state.approvals.filter((a) => a.role !== event.role), approval] }
    }
    case 'blocker-raised':
      return {
        ...state,
        blockers: [
          ...state.blockers,
          { id: event.blocker, severity: event.severity, text: event.text, open: true, by, at: event.at },
        ],
      }
    case 'blocker-cleared':
      return {
        ...state,
        blockers: state.blockers.map((blocker) =>
          blocker.id === event.blocker ? { ...blocker, open: false } : blocker,
        ),
      }
    case 'issue-noted':
      return { ...state, issues: [...state.issues, { severity: event.severity, text: event.text, by, at: event.at }] }
    case 'go-decided':
      return { ...state, go: { decision: event.decision, by, at: event.at, note: event.note, via: event.via } }
    case 'answered': {
      const { answer, note, via } = event
      return {
        ...state,
        answers: { ...state.answers, [event.question]: { answer, by: event.by, at: event.at, note, via } },
      }
    }
    case 'waived':
      return {
        ...state,
        waivers: [...state.waivers, { gate: event.gate, check: event.check, reason: event.reason, by }],
      }
    case 'noted':
      return { ...state, notes: [...state.notes, { text: event.text, by, at: event.at }] }
    case 'flag-intended':
    case 'flag-set':
    case 'flag-confirmed':
    case 'stage-held':
    case 'stage-resumed':
    case 'stage-left':
    case 'canary-asked':
      return reduceCanary(state, event)
    case 'rollback-intended':
      return { ...state, rollingBack: { kind: event.kind, reason: event.reason, trigger: event.trigger, at: event.at } }
    case 'rolled-back':
      return {
        ...leaveFailed(state, event.at, event.result.reason),
        rollingBack: null,
        ask: null,
        rollbacks: [
          ...state.rollbacks,
          { ...event.result, at: event.at, writeId: event.writeId, trigger: event.trigger },
        ],
      }
    case 'rollback-found':
      return {
        ...leaveFailed(state, event.at, event.reason),
        ask: null,
        found: { writeId: event.writeId, by: event.by, at: event.since, reason: event.reason },
      }
    case 'step-resolved':
      return stepResolved(state, event)
    case 'left-held':
      return { ...state, leftHeld: { by, at: event.at, why: event.why } }
    case 'clock-jumped':
      return clockJumped(state, event)
    case 'people-awaited':
    case 'paused':
      return state
    case 'launch-ended':
      return {
        ...state,
        phases: endedPhases(state.phases, event),
        ended: { outcome: event.outcome, why: event.why, at: event.at },
      }
  }
  return unknownEvent(state, event)
}

// Reached only by events a newer version wrote: the journal's reader keeps them, the type above knows nothing of them.
function unknownEvent(state: LaunchState, event: never): LaunchState {
  const { type } = event as { readonly type: string }
  return { ...state, unknownTypes: [...state.unknownTypes, type] }
}

function begunAgain(before: StepState | undefined, { attempt, at }: EventOf<'step-intended'>): StepState {
  // A probe that gave no answer is asked again: nothing was repeated meanwhile.
  const unanswered = before?.status === 'failed' && before.code === 'HELD'
  if (before?.status !== 'intended' && !unanswered) return { status: 'intended', attempt, at }
  const resolved = before.status === 'intended' ? before.resolved : undefined
  return { status: 'intended', attempt, at, after: 'interrupted', ...(resolved ? { resolved } : {}) }
}

/** Only about the attempt that was looked at: one that was begun since is somebody else's. */
function stepResolved(state: LaunchState, { step, attempt, did }: EventOf<'step-resolved'>): LaunchState {
  const begun = state.steps[step]
  if (begun?.status !== 'intended' || begun.attempt !== attempt) return state
  if (did === 'run') return { ...state, steps: { ...state.steps, [step]: { ...begun, resolved: 'run' } } }
  const { [step]: _forgotten, ...steps } = state.steps
  return { ...state, steps }
}

/** A stage cannot have begun in the future: after a clock was set back, its evidence counts from then. */
function clockJumped(state: LaunchState, { at }: EventOf<'clock-jumped'>): LaunchState {
  const stages = Object.entries(state.stages).map(([step, list]) => [
    step,
    list.map((stage) =>
      (stage.status === 'baking' || stage.status === 'held') && stage.since > at ? { ...stage, since: at } : stage,
    ),
  ])
  return { ...state, stages: Object.fromEntries(stages) }
}

function startedAtOf(state: LaunchState, step: string, fallback: LaunchState['openedAt']): LaunchState['openedAt'] {
  const before = state.steps[step]
  if (!before) return fallback
  return before.status === 'intended' ? before.at : before.startedAt
}

function stepDone(state: LaunchState, event: EventOf<'step-done'>): LaunchState {
  const { artifact, deployed } = event.output
  const hash = artifact?.hash ?? state.artifact?.hash ?? null
  const done = {
    status: 'done',
    startedAt: startedAtOf(state, event.step, event.at),
    at: event.at,
    summary: event.summary,
    ms: event.ms,
    artifact: hash,
  } as const
  const next = { ...state, steps: { ...state.steps, [event.step]: done } }
  if (artifact) {
    const first = state.artifact === null
    // Sign-offs given before there was an artifact are taken over by the first one built from their commit.
    const approvals = first
      ? state.approvals.map((approval) =>
          approval.binding.artifact === null
            ? { ...approval, binding: { ...approval.binding, artifact: artifact.hash } }
            : approval,
        )
      : state.approvals
    // Another artifact has to go through every phase again: what passed, passed for the one before.
    const phases = first || state.artifact?.hash === artifact.hash ? state.phases : {}
    return { ...next, artifact, approvals, phases }
  }
  if (deployed) {
    return {
      ...next,
      deployments: {
        ...state.deployments,
        [deployed.environment]: { release: deployed.release, at: event.at, artifact: hash },
      },
    }
  }
  return next
}

function gateJudged(state: LaunchState, event: EventOf<'gate-judged'>): LaunchState {
  const { gate, phase, environment, verdict, at, artifact, stage, bakedMs, checks, window, saying, evidence } = event
  const failing = failsInARow(state.gates[event.key]?.failing ?? {}, checks)
  // A promotion is refused on a fail for good: it must not come true minutes later.
  const ask = verdict === 'fail' && stage !== null && state.ask?.ask === 'promote' ? null : state.ask
  const judged = { gate, phase, environment, verdict, at, artifact, stage, bakedMs, checks, window, failing }
  const ofRollout = { ...(saying && { saying }), ...(stage !== null && { evidence }) }
  return { ...state, ask, gates: { ...state.gates, [event.key]: { ...judged, ...ofRollout } } }
}

/** A look that could not judge a check (an answer that did not come, too little data) is no fail of it, and no pass either. */
function failsInARow(before: GateState['failing'], checks: GateState['checks']): GateState['failing'] {
  const known = checks.map(({ id, judgement: { verdict } }) => {
    const times = before[id] ?? 0
    return [id, verdict === 'fail' ? times + 1 : verdict === 'unknown' ? times : 0] as const
  })
  return Object.fromEntries(known.filter(([, times]) => times > 0))
}

/** A rollback ends whatever stage was under way. */
function leaveFailed(state: LaunchState, at: LaunchState['openedAt'], why: string): LaunchState {
  const stages = Object.fromEntries(
    Object.entries(state.stages).map(([step, list]) => [
      step,
      list.map((stage) =>
        stage.status === 'left'
          ? stage
          : ({
              status: 'left',
              percent: stage.percent,
              startedAt: stage.startedAt,
              endedAt: at,
              verdict: 'fail',
              why,
            } as const),
      ),
    ]),
  )
  return { ...state, stages }
}

/** A launch that ends in the middle of a phase ends the phase too: as failed, unless it only was to go no further. */
function endedPhases(phases: LaunchState['phases'], { at, outcome }: EventOf<'launch-ended'>): LaunchState['phases'] {
  const verdict = outcome === 'held' || outcome === 'declined' || outcome === 'stopped' ? 'held' : 'fail'
  return Object.fromEntries(
    Object.entries(phases).map(([id, phase]) => [
      id,
      phase.status === 'running' ? { status: 'ended', startedAt: phase.startedAt, endedAt: at, verdict } : phase,
    ]),
  )
}
