import { epochMs, version } from '../../src/core/brand.ts'
import { decide, type Goal } from '../../src/core/decide.ts'
import type { Happening, LaunchEvent } from '../../src/core/event.ts'
import type { FlagReading, FlagState } from '../../src/core/flag.ts'
import type { Move } from '../../src/core/move.ts'
import type { Plan, PlannedStep } from '../../src/core/plan.ts'
import { fold } from '../../src/core/reduce.ts'
import type { LaunchState } from '../../src/core/state.ts'
import type { World } from '../../src/core/step.ts'
import type { Verdict } from '../../src/core/verdict.ts'
import { stepOf } from '../../src/engine/imagined-launch.ts'
import { stepKind } from '../../src/steps/registry.ts'
import { artifactHash, journal, opened, result, type JournalBuilder } from './journal-builder.ts'
import { tinyPlan } from './launch-world.ts'

/** A launch told by hand, for what is pure: the state its journal gives, the move that follows. */

export const plan = tinyPlan()
const startIso = '2026-12-01T18:00:00Z'

/** A step of that launch by its id. */
export function plannedStep(id: string): PlannedStep {
  const step = stepOf(plan, id)
  if (!step) throw new Error(`no step ${id}`)
  return step
}

export function begun(...happenings: readonly Happening[]): JournalBuilder {
  return journal(startIso).add(opened(), ...happenings)
}

export function stateOf(events: readonly LaunchEvent[]): LaunchState {
  const state = fold(events)
  if (!state) throw new Error('no launch-opened')
  return state
}

export function flagAt(percent: number, more: Partial<FlagState> = {}): FlagReading {
  const flag = flagState(percent, more)
  return { status: 'present', flag, version: version(flag.writeId) }
}

export function flagState(percent: number, more: Partial<FlagState> = {}): FlagState {
  const at = epochMs(Date.parse(startIso))
  return {
    key: 'new-board',
    percent,
    serial: percent,
    writeId: `w${percent}`,
    latched: false,
    acks: [],
    launch: null,
    updatedAt: at,
    updatedBy: 'ci',
    reason: '',
    ...more,
  }
}

export const latch = (writeId = 'latch') =>
  flagAt(0, { latched: true, writeId, updatedBy: 'on-call', reason: 'errors' })

export function worldAt(now: number, more: Partial<World> = {}): World {
  return {
    now: epochMs(now),
    flag: { status: 'absent' },
    flagLostAt: null,
    looks: new Map(),
    tried: new Set(),
    unanswered: new Set(),
    leaveHeld: false,
    guided: false,
    ...more,
  }
}

/** Gates this process has just looked at. */
export function lookedAt(now: number, ...gates: readonly string[]): World['looks'] {
  return new Map(gates.map((key) => [key, { first: epochMs(now), last: epochMs(now) }]))
}

export function next(
  told: JournalBuilder,
  more: Partial<World> = {},
  goal: Goal = { type: 'all' },
  of: Plan = plan,
): Move {
  return decide(of, stateOf(told.events), goal, worldAt(told.now(), more), stepKind)
}

export const artifact: Happening = {
  type: 'step-done',
  step: 'staging/build',
  attempt: 'a',
  summary: '',
  ms: 1,
  output: { artifact: { hash: artifactHash, files: 3, bytes: 30, manifest: 'dist' } },
}

export function deployed(environment: string, step: string): Happening {
  const release = { id: 'r-1', version: '1', commit: 'c', previous: null }
  return {
    type: 'step-done',
    step,
    attempt: 'a',
    summary: '',
    ms: 1,
    output: { deployed: { environment, release, uploaded: 1, unchanged: 0, verified: 1 } },
  }
}

export function done(step: string): Happening {
  return { type: 'step-done', step, attempt: 'a', summary: '', ms: 1, output: {} }
}

export function verdictOf(
  told: JournalBuilder,
  key: string,
  verdict: Exclude<Verdict, 'waived'>,
  more: {
    readonly bakedMs?: number
    readonly stage?: number
    readonly gate?: string
    readonly check?: string
    readonly phase?: string
  } = {},
): Happening {
  const { bakedMs = 60_000, stage = null, gate = 'slo', check = 'errors', phase = 'rollout' } = more
  const window = { from: epochMs(told.now() - 60_000), to: told.now() }
  const checks = [
    result(check, 'ratio', 'errors / requests < 1%', {
      verdict,
      why: `it is ${verdict}`,
      ...(verdict === 'fail' ? { observed: 0.2, unit: 'share', samples: 2104 } : {}),
    }),
  ]
  return {
    type: 'gate-judged',
    gate,
    key,
    phase,
    bakedMs,
    environment: 'production',
    artifact: artifactHash,
    verdict,
    checks,
    evidence: {},
    window,
    stage,
  }
}

/** Everything before the first raise: staged, approved, go, baseline, deployed. */
export function readyToRaise(): JournalBuilder {
  const told = begun(
    { type: 'phase-started', phase: 'staging' },
    artifact,
    deployed('staging', 'staging/deploy'),
    done('staging/smoke'),
  )
  const window = { from: told.now(), to: told.now() }
  return told.add(
    { type: 'phase-ended', phase: 'staging', verdict: 'pass' },
    { type: 'phase-started', phase: 'rollout' },
    done('rollout/validate'),
    { type: 'go-decided', decision: 'go', note: '', via: 'test' },
    { type: 'baseline-captured', window, metrics: {} },
    { type: 'answered', question: 'proceed/rollout/deploy', answer: 'yes', by: 'ci', via: '--yes', note: '' },
    deployed('production', 'rollout/deploy'),
    { type: 'answered', question: 'proceed/rollout/canary@10', answer: 'yes', by: 'ci', via: '--yes', note: '' },
    { type: 'answered', question: 'proceed/rollout/canary@100', answer: 'yes', by: 'ci', via: '--yes', note: '' },
  )
}

/** The same with a stage that bakes: the flag reading to go with it is `flagAt(percent)`. */
export function baking(percent = 10, told = readyToRaise()): JournalBuilder {
  const at = { percent, serial: percent }
  return told.add(
    { type: 'flag-intended', step: 'rollout/canary', writeId: `w${percent}`, base: null, ...at },
    { type: 'flag-set', writeId: `w${percent}`, ackedMs: 40, ...at },
    { type: 'flag-confirmed', edgeMs: 900, ...at },
  )
}
