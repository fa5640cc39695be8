import type { EventOf, LaunchEvent } from '../core/event.ts'
import { needKey, type Evidence, type Need } from '../core/evidence.ts'
import { canonicalJson } from '../core/hash.ts'
import type { GateLook } from '../core/move.ts'
import type { Plan, PlannedGate, PlannedStep } from '../core/plan.ts'
import { fold, reduce } from '../core/reduce.ts'
import { stageKey } from '../core/gate-keys.ts'
import { startState, type LaunchState } from '../core/state.ts'
import { RolloutMemory } from '../gates/rollout-memory.ts'
import { judgedLook, type GateJudged } from './look.ts'
import type { Recording } from './replay-rollout.ts'

type Journaled = EventOf<'gate-judged'>

/**
 * One journaled verdict, judged again on what was journaled with it. `same`: to the last word; `worded`: the same verdicts
 * in other words (another version of launch wrote them); `gone`: its evidence was too large to be kept.
 */
export type Rejudged = {
  readonly event: Journaled
  readonly again: GateJudged | null
  readonly found: 'same' | 'worded' | 'different' | 'gone'
}

/** Judges every journaled look again, in order, as `launch` would have at that moment. Pure. */
export function rejudge(plan: Plan, events: readonly LaunchEvent[]): readonly Rejudged[] {
  const found: Rejudged[] = []
  const memory = new RolloutMemory()
  let state: LaunchState | null = null
  for (const event of events) {
    if (event.type === 'launch-opened') {
      state = startState(event)
      continue
    }
    if (!state) continue
    if (event.type === 'gate-judged') found.push(rejudgeOne(plan, state, event, memory))
    state = reduce(state, event)
  }
  return found
}

function rejudgeOne(plan: Plan, state: LaunchState, event: Journaled, memory: RolloutMemory): Rejudged {
  const gate = gateOf(plan, event)
  if (!gate) return { event, again: null, found: 'gone' }
  const again = judgedLook({ ...lookOf(event), gate }, plan, state, event.evidence, memory)
  if (canonicalJson(comparable(again)) === canonicalJson(comparable(event))) return { event, again, found: 'same' }
  if (verdictsOf(again) === verdictsOf(event)) return { event, again, found: 'worded' }
  return { event, again, found: isGone(event.evidence) ? 'gone' : 'different' }
}

function lookOf({ key, phase, window, stage }: Journaled): Omit<GateLook, 'gate'> {
  return { key, phase, window, stage, watch: false }
}

/** The gate with the checks that were judged: beside a question only some are. */
function gateOf(plan: Plan, event: Journaled): PlannedGate | null {
  const gates = plan.phases.flatMap((phase) => [...phase.steps.map((step) => step.gate), phase.gate])
  const gate = gates.find((one) => one?.id === event.gate && one.environment === event.environment)
  const judged = new Set(event.checks.map(({ id }) => id))
  return gate ? { ...gate, checks: gate.checks.filter(({ id }) => judged.has(id)) } : null
}

function comparable({ verdict, saying, bakedMs, checks }: GateJudged | Journaled): object {
  return { verdict, saying, bakedMs, checks }
}

function verdictsOf({ verdict, saying, checks }: GateJudged | Journaled): string {
  return canonicalJson([verdict, saying ?? null, checks.map(({ id, judgement }) => [id, judgement.verdict])])
}

function isGone(evidence: Evidence): boolean {
  return Object.values(evidence).some((finding) => finding.status === 'missing' && finding.why.startsWith('not kept:'))
}

/** The canary of a launch as its journal has it: looks happen where they happened and see what they saw. Null: it had none. */
export function journalRecording(events: readonly LaunchEvent[], step: PlannedStep): Recording | null {
  const first = events.findIndex((event) => event.type === 'flag-intended' && event.step === step.id)
  const before = first === -1 ? null : fold(events.slice(0, first))
  const raised = events.flatMap((event) =>
    event.type === 'flag-confirmed' ? [{ percent: event.percent, at: event.at }] : [],
  )
  const [begin] = raised
  if (!before || !begin) return null
  const judged = events.filter((event) => event.type === 'gate-judged')
  const recorded = new Set(judged.flatMap(({ evidence }) => Object.keys(evidence)))
  return {
    before,
    beginsAt: begin.at,
    raisedAt: (percent, now) => raised.find((shift) => shift.percent === percent && shift.at >= now)?.at ?? null,
    lookAt: (percent, now) =>
      judged.find(({ key, window }) => key === stageKey(step, percent) && window.to >= now)?.window.to ??
      endOf(events, percent),
    evidenceAt: (needs, window) => {
      // A stage begins where the one before it ends: the beginning tells them apart.
      const look = judged.findLast(
        (event) =>
          event.key.startsWith(`${step.id}@`) && event.window.from === window.from && event.window.to <= window.to,
      )
      return Object.fromEntries(
        needs.flatMap((need) => {
          const finding = look?.evidence[needKey(need)]
          return finding ? [[needKey(need), finding]] : []
        }),
      )
    },
    lacks: (needs) => needs.filter((need) => !recorded.has(needKey(need))).map(inWords),
  }
}

/** What became of the recorded launch, so that this stage cannot be looked at any longer. */
function endOf(events: readonly LaunchEvent[], percent: number): string {
  const begun = events.findLastIndex((event) => event.type === 'flag-confirmed' && event.percent === percent)
  for (const event of events.slice(begun + 1)) {
    if (event.type === 'rolled-back' || event.type === 'rollback-found')
      return 'the recorded launch was rolled back there'
    if (event.type === 'flag-intended') return `the recorded launch went on to ${event.percent} % there`
  }
  return 'the recording ends there'
}

function inWords(need: Need): string {
  if (need.need !== 'series') return need.need === 'window' ? `${need.metric} ${need.stat}` : need.need
  return need.cut === undefined ? need.metric : `${need.metric} at or above ${need.cut}`
}
