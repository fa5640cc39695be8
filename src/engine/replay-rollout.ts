import { epochMs, version, type EpochMs } from '../core/brand.ts'
import type { Happening, LaunchEvent } from '../core/event.ts'
import type { Evidence, Need } from '../core/evidence.ts'
import type { GateLook, Move } from '../core/move.ts'
import type { Plan, PlannedStep } from '../core/plan.ts'
import type { Shift } from '../core/recorded.ts'
import { reduce } from '../core/reduce.ts'
import { stageNow, type LaterEvent, type LaunchState } from '../core/state.ts'
import type { Window } from '../core/verdict.ts'
import { RolloutMemory } from '../gates/rollout-memory.ts'
import { stepKind } from '../steps/registry.ts'
import { isNews, judgedLook, needsOfLook } from './look.ts'

/** A rollout of the past, or one that might have been: what its looks would have seen. */
export type Recording = {
  /** The launch as it was before its first stage. */
  readonly before: LaunchState
  readonly beginsAt: EpochMs
  /** When users get this percent if the flag may be raised `now`; null: they never did. */
  raisedAt(percent: number, now: EpochMs): EpochMs | null
  /** The first instant from `now` on at which this stage can be looked at; a text says why there is none. */
  lookAt(percent: number, now: EpochMs): EpochMs | string
  /** What was found then; what was not recorded is missing. */
  evidenceAt(needs: readonly Need[], window: Window, shifts: readonly Shift[]): Evidence
  /** What these needs ask that was never recorded, in words. */
  lacks(needs: readonly Need[]): readonly string[]
}

/**
 * How a replay ended. `stopped`: rolled back by a gate; `held`: nobody decided and nothing more came (`at`: when the hold
 * began); `undecided`: the recording ends before the run sheet decides.
 */
export type Replay = {
  readonly ended: 'promoted' | 'stopped' | 'held' | 'undecided'
  readonly why: string
  /** The stage it ended in; null: it never began. */
  readonly stage: number | null
  readonly beganAt: EpochMs
  readonly at: EpochMs
  readonly shifts: readonly Shift[]
  /** As a launch would have journaled it. */
  readonly events: readonly LaunchEvent[]
}

/** A canary that takes more steps than this does not come to an end. */
const mostMoves = 100_000

/** Rolls a canary out again over virtual time, with what decides and judges a live one. Pure. */
export function replayRollout(plan: Plan, step: PlannedStep, recording: Recording): Replay {
  const run = new ReplayRun(plan, step, recording)
  for (let moves = 0; moves < mostMoves; moves += 1) {
    const end = run.turn()
    if (end) return end
  }
  throw new Error(`the replay of ${step.id} does not end`)
}

/** One virtual launch on its way: its clock, and the journal it would have written. */
class ReplayRun {
  readonly #plan: Plan
  readonly #step: PlannedStep
  readonly #recording: Recording
  readonly #looks = new Map<string, { readonly first: EpochMs; readonly last: EpochMs }>()
  readonly #memory = new RolloutMemory()
  readonly #events: LaunchEvent[] = []
  readonly #shifts: Shift[] = []
  #state: LaunchState
  #now: EpochMs

  constructor(plan: Plan, step: PlannedStep, recording: Recording) {
    this.#plan = plan
    this.#step = step
    this.#recording = recording
    this.#state = recording.before
    this.#now = recording.beginsAt
  }

  turn(): Replay | null {
    const move = stepKind(this.#step.kind).next?.(this.#step, this.#plan, this.#state, {
      now: this.#now,
      flag: null,
      flagLostAt: null,
      looks: this.#looks,
      tried: new Set(),
      unanswered: new Set(),
      leaveHeld: true,
      guided: false,
    })
    return move ? this.#carryOut(move) : this.#end('promoted', 'every stage passed')
  }

  #carryOut(move: Move): Replay | null {
    switch (move.type) {
      case 'wait':
        this.#now = move.until
        return null
      case 'record':
        this.#remember(move.happening)
        return null
      case 'look':
        return this.#look(move.look)
      case 'done':
        return this.#held(move.why)
      case 'ask':
        throw new Error(`a replay asks nobody (${move.question.id})`)
      case 'effect':
        if (move.effect.type === 'raise-flag') return this.#raise(move.effect.percent)
        if (move.effect.type === 'roll-back') return this.#end('stopped', move.effect.reason)
        throw new Error(`a replay does not ${move.effect.type}`)
    }
  }

  #raise(percent: number): Replay | null {
    const at = this.#recording.raisedAt(percent, this.#now)
    if (at === null || at < this.#now)
      return this.#end('undecided', `the recording was never at ${percent} % from then on`)
    this.#now = at
    const serial = this.#shifts.length + 1
    const writeId = `replay-${serial}`
    this.#shifts.push({ percent, at })
    this.#remember({
      type: 'flag-intended',
      step: this.#step.id,
      percent,
      writeId,
      serial,
      base: serial === 1 ? null : version(`replay-${serial - 1}`),
    })
    this.#remember({ type: 'flag-set', percent, writeId, serial, ackedMs: 0 })
    this.#remember({ type: 'flag-confirmed', percent, serial, edgeMs: 0 })
    return null
  }

  #look(look: GateLook): Replay | null {
    const at = this.#recording.lookAt(look.stage ?? 0, this.#now)
    if (typeof at === 'string') return this.#unseen(at)
    if (at > this.#now) {
      // What is done at that instant is decided anew.
      this.#now = at
      return null
    }
    const needs = needsOfLook(look, this.#plan, this.#state)
    const evidence = this.#recording.evidenceAt(needs, look.window, this.#shifts)
    const judged = judgedLook(look, this.#plan, this.#state, evidence, this.#memory)
    this.#looks.set(look.key, { first: this.#looks.get(look.key)?.first ?? this.#now, last: this.#now })
    if (isNews(judged, this.#state.gates[look.key])) this.#remember(judged)
    return null
  }

  #remember(happening: Happening): void {
    const n = this.#state.n + 1
    // What is journaled is a happening with where and when; the union of both is told apart by its type.
    const event = {
      ...happening,
      schema: 1,
      launch: this.#state.id,
      n,
      id: `replay-${n}`,
      at: this.#now,
      actor: this.#state.openedBy,
      prev: null,
    } as LaterEvent
    this.#events.push(event)
    this.#state = reduce(this.#state, event)
  }

  /** Nothing more can be seen: what is held then stays held, what is not is not decided. */
  #unseen(why: string): Replay {
    return stageNow(this.#state, this.#step.id)?.status === 'held' ? this.#held(why) : this.#end('undecided', why)
  }

  /** A hold began before it was over. */
  #held(why: string): Replay {
    const stage = stageNow(this.#state, this.#step.id)
    const end = this.#end('held', why)
    return stage?.status === 'held' ? { ...end, why: stage.why, at: stage.heldAt } : end
  }

  #end(ended: Replay['ended'], why: string): Replay {
    return {
      ended,
      why,
      stage: this.#shifts.at(-1)?.percent ?? null,
      beganAt: this.#shifts[0]?.at ?? this.#recording.beginsAt,
      at: epochMs(this.#now),
      shifts: this.#shifts,
      events: this.#events,
    }
  }
}
