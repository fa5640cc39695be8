import { isoTime, type EpochMs } from '../core/brand.ts'
import type { LaunchError } from '../core/errors.ts'
import type { LaunchEvent, RollbackResult } from '../core/event.ts'
import type { ExitCode, Outcome } from '../core/exit-code.ts'
import type { FlagReading, FlagState } from '../core/flag.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState, Stage } from '../core/state.ts'
import { triedRelease } from '../core/tried-release.ts'
import type { Envelope, RunEnvelope } from './envelope-schema.ts'

export type EnvelopeInput = {
  readonly command: string
  readonly env: string | null
  readonly sandbox: boolean
  readonly outcome: Outcome
  readonly exitCode: ExitCode
  /** What was thrown, when it was one of ours; null otherwise. */
  readonly error: Pick<LaunchError, 'code' | 'message' | 'hint' | 'at'> | null
}

export type RunInput = EnvelopeInput & {
  readonly state: LaunchState
  readonly plan: Plan
  readonly events: readonly LaunchEvent[]
  /** Path of the report, or null. */
  readonly report: string | null
  /** How long this process took, in launch time. */
  readonly durationMs: number
  /** Rollbacks whose event could not be journaled yet. */
  readonly spooled?: readonly RollbackResult[]
  /** The production flag as it was read for the decision that ended the run; null when it was not read behind the newest event. */
  readonly reading?: FlagReading | null
}

/** The envelope every command has. */
export function envelope(input: EnvelopeInput): Envelope {
  const { command, env, sandbox, outcome, exitCode, error } = input
  return { schema: 1, command, env, sandbox, outcome, exitCode, error: error && errorOf(error) }
}

/** The envelope of a command that drives or follows a launch. */
export function runEnvelope(input: RunInput): RunEnvelope {
  const { state, plan, events, report, durationMs, spooled = [], reading = null } = input
  return {
    ...envelope(input),
    launch: state.id,
    release: releaseOf(state, plan, input.env),
    flag: { key: plan.flag.key, ...flagNow(events, reading) },
    phases: plan.phases.map(({ id }) => ({ id, ...phaseOf(state.phases[id]) })),
    stages: Object.values(state.stages).flat().map(stageOf),
    gates: Object.entries(state.gates).map(([id, gate]) => ({
      id,
      phase: gate.phase,
      verdict: gate.verdict,
      at: isoTime(gate.at),
      checks: gate.checks.map(checkOf),
    })),
    rollbacks: [
      ...state.rollbacks.map((rollback) => rollbackOf(rollback, true)),
      ...spooled.map((rollback) => rollbackOf(rollback, false)),
    ],
    report,
    startedAt: isoTime(state.openedAt),
    endedAt: isoTime(state.ended?.at ?? state.last.at),
    durationMs,
  }
}

export type FlagSummary = { readonly percent: number; readonly latched: boolean; readonly serial: number | null }

/** Where a launch left the flag, as far as its own journal tells: a rollback that was not confirmed changes nothing here. */
export function flagOf(events: readonly LaunchEvent[]): FlagSummary {
  let flag: FlagSummary = { percent: 0, latched: false, serial: null }
  for (const event of events) {
    if (event.type === 'flag-set') flag = { percent: event.percent, latched: false, serial: event.serial }
    if (event.type === 'rollback-found') flag = { ...flag, percent: 0, latched: true }
    if (event.type === 'rolled-back' && event.result.outcome !== 'failed') flag = { ...flag, percent: 0, latched: true }
  }
  return flag
}

/** What the store says, unless this launch has set the flag since it was read. */
function flagNow(events: readonly LaunchEvent[], reading: FlagReading | null): FlagSummary {
  const own = flagOf(events)
  if (reading?.status !== 'present' || reading.flag.serial < (own.serial ?? 0)) return own
  const { percent, latched, serial } = reading.flag
  return { percent, latched, serial }
}

/** A flag as it was read, in the envelope's words. */
export function flagSummary({ key, percent, latched, serial }: FlagState): { readonly key: string } & FlagSummary {
  return { key, percent, latched, serial }
}

function errorOf({ code, message, hint, at }: NonNullable<EnvelopeInput['error']>): Envelope['error'] {
  return { code, message, hint, at: at && { file: at.file, line: at.line, col: at.col } }
}

/** What is deployed, or what was tried. */
function releaseOf(state: LaunchState, plan: Plan, env: string | null): RunEnvelope['release'] {
  const release = env === null ? null : (state.deployments[env]?.release ?? triedRelease(plan, state, env))
  return release ?? { id: null, version: state.version, commit: state.commit, previous: null }
}

function phaseOf(phase: LaunchState['phases'][string] | undefined): Omit<RunEnvelope['phases'][number], 'id'> {
  if (!phase) return { verdict: null, startedAt: null, endedAt: null }
  const startedAt = isoTime(phase.startedAt)
  return phase.status === 'ended'
    ? { verdict: phase.verdict, startedAt, endedAt: isoTime(phase.endedAt) }
    : { verdict: null, startedAt, endedAt: null }
}

function stageOf(stage: Stage): RunEnvelope['stages'][number] {
  const left: { verdict: RunEnvelope['stages'][number]['verdict']; endedAt: EpochMs | null } =
    stage.status === 'left' ? stage : { verdict: null, endedAt: null }
  const endedAt = left.endedAt === null ? null : isoTime(left.endedAt)
  return { percent: stage.percent, startedAt: isoTime(stage.startedAt), endedAt, verdict: left.verdict }
}

function checkOf({
  id,
  kind,
  judgement,
}: LaunchState['gates'][string]['checks'][number]): RunEnvelope['gates'][number]['checks'][number] {
  const { verdict, observed, limit, unit, samples, why } = judgement
  return { id, kind, verdict, observed, limit, unit, samples, why }
}

/** A rollback as every `--json` has it. */
export function rollbackOf(rollback: RollbackResult, journaled: boolean): RunEnvelope['rollbacks'][number] {
  const { kind, reason, by, outcome, detail, ackedMs, readBackMs, edgeMs, verified } = rollback
  return { kind, reason, by, outcome, detail, ackedMs, readBackMs, edgeMs, verified, journaled }
}
