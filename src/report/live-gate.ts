import type { CheckResult, EventOf, LaunchEvent } from '../core/event.ts'
import type { Plan, PlannedCheck, PlannedGate } from '../core/plan.ts'
import { stageKey } from '../core/gate-keys.ts'
import type { LaunchState } from '../core/state.ts'
import type { LiveCheck, LiveGate, Trend } from '../ui/live/model.ts'
import { phaseNow } from '../ui/next-action.ts'
import type { Words } from '../ui/words.ts'
import type { SignalOf } from './charts.ts'
import { plannedChecks, seenValue } from './seen-value.ts'
import { sloParts } from './slo-lines.ts'

type GateJudged = EventOf<'gate-judged'>
type Input = {
  readonly plan: Plan
  readonly state: LaunchState
  readonly events: readonly LaunchEvent[]
  readonly signalOf: SignalOf
}

/** More minutes of a check than the widest screen draws. */
const mostPoints = 60
/** Fewer say nothing about where it goes. */
const leastForTrend = 5

/** The gate that matters now: of the stage or step under way, else the newest one that was looked at. */
export function liveGate(input: Input, words: Words): LiveGate | null {
  const { state, events } = input
  const wanted = gateNow(input)
  const looks = events.filter((event): event is GateJudged => event.type === 'gate-judged')
  const newest = looks.at(-1)
  // A look that nobody journaled is a monitor's: that is what is watched.
  if (newest && newest.n > state.n) return judgedGate(newest, looks, input, words)
  if (!wanted) return newest ? judgedGate(newest, looks, input, words) : null
  const judged = looks.findLast(({ key }) => key === wanted.key)
  if (judged) return judgedGate(judged, looks, input, words)
  const { gate, key, stage } = wanted
  return {
    name: words.gate({ gate: gate.id, key, stage }),
    verdict: 'waiting',
    at: null,
    checks: gate.checks.map(waitingCheck),
  }
}

type Wanted = { readonly gate: PlannedGate; readonly key: string; readonly stage: number | null }

function gateNow({ plan, state }: Input): Wanted | null {
  const phase = state.ended ? undefined : plan.phases.find(({ id }) => id === phaseNow(state))
  if (!phase) return null
  for (const step of phase.steps) {
    if (!step.gate || state.steps[step.id]?.status === 'done') continue
    const stage = state.stages[step.id]?.at(-1)
    if (stage) return { gate: step.gate, key: stageKey(step, stage.percent), stage: stage.percent }
    if (state.steps[step.id]?.status === 'intended') return { gate: step.gate, key: step.id, stage: null }
  }
  const undone = phase.steps.some((step) => state.steps[step.id]?.status !== 'done' && !state.stages[step.id])
  const own = undone ? phase.steps.find(({ gate }) => gate !== null)?.gate : null
  const gate = own ?? phase.gate
  return gate ? { gate, key: gate.id, stage: null } : null
}

function judgedGate(event: GateJudged, all: readonly GateJudged[], { plan, signalOf }: Input, words: Words): LiveGate {
  const looks = all.filter(({ environment }) => environment === event.environment)
  // The newest look of a stage saw all minutes of it.
  const newest = [...new Map(looks.map((look) => [look.key, look])).values()]
  const planned = plannedChecks(plan, event.gate)
  return {
    name: words.gate(event),
    verdict: event.verdict,
    at: event.at,
    checks: event.checks.map((check) => judgedCheck(check, event, looks, newest, planned, signalOf)),
  }
}

function judgedCheck(
  { id, title, judgement }: CheckResult,
  event: GateJudged,
  looks: readonly GateJudged[],
  newest: readonly GateJudged[],
  planned: ReadonlyMap<string, PlannedCheck>,
  signalOf: SignalOf,
): LiveCheck {
  const { verdict, why } = judgement
  const check = planned.get(id)
  const source = check ? signalOf(check) : null
  const { observed, limit, unit, samples } = (source && seenValue(source, judgement, event)) ?? judgement
  const points = (source && minutePoints(source, newest)) ?? lookPoints(id, event, looks)
  return { id, title, verdict, observed, limit, unit, samples, why, points, trend: trendOf(points) }
}

function waitingCheck({ id, title }: PlannedCheck): LiveCheck {
  const nothing = { observed: null, limit: null, unit: '', samples: 0, why: '', points: [], trend: null }
  return { id, title, verdict: 'waiting', ...nothing }
}

/** The new version's minutes where there are two; null where no look journaled any. */
function minutePoints(source: Parameters<typeof sloParts>[0], looks: readonly GateJudged[]): readonly number[] | null {
  const parts = sloParts(source, looks)
  const line = parts && (parts.parts.canary ?? parts.parts.all)
  if (!parts || !line || line.length === 0) return null
  return ofLimit(
    line.slice(-mostPoints).map(({ top, samples }) => (samples === 0 ? 0 : top / samples)),
    parts.limit,
  )
}

/** What every look at the same gate observed. */
function lookPoints(id: string, { key }: GateJudged, looks: readonly GateJudged[]): readonly number[] {
  let limit: number | null = null
  const values = looks.flatMap((look) => {
    const judgement = look.key === key ? look.checks.find((check) => check.id === id)?.judgement : undefined
    if (typeof judgement?.observed !== 'number') return []
    limit = typeof judgement.limit === 'number' ? judgement.limit : limit
    return [judgement.observed]
  })
  return values.length < 2 ? [] : ofLimit(values.slice(-mostPoints), limit)
}

function ofLimit(values: readonly number[], limit: number | null): readonly number[] {
  const full = limit !== null && limit > 0 ? limit : Math.max(...values)
  return values.map((value) => (full > 0 ? Math.max(0, value / full) : 0))
}

/** Where the newest third lies against the oldest: a tenth of the limit is a difference worth a word. */
function trendOf(points: readonly number[]): Trend | null {
  if (points.length < leastForTrend) return null
  const third = Math.floor(points.length / 3)
  const mean = (part: readonly number[]) => part.reduce((sum, point) => sum + point, 0) / part.length
  const change = mean(points.slice(-third)) - mean(points.slice(0, third))
  if (Math.abs(change) < 0.1) return 'steady'
  return change > 0 ? 'rising' : 'falling'
}
