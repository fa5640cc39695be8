import { LaunchError } from '../core/errors.ts'
import type { EventOf, LaunchEvent } from '../core/event.ts'
import { missing, needKey } from '../core/evidence.ts'
import type { Retold } from '../core/judge/retold.ts'
import type { Plan, PlannedGate } from '../core/plan.ts'
import { plannedGates } from '../core/planned-gates.ts'
import { beforeGate, isBeforeLook } from '../core/gate-keys.ts'
import type { ExplainView } from '../ui/explain.ts'
import { text, type Command } from './command.ts'
import { viewLaunch } from './launch-for.ts'
import { launchOption } from './launch-option.ts'
import { rowsFor } from './say.ts'

type GateJudged = EventOf<'gate-judged'>

/** What follows a verdict for long is told by launch history. */
const mostFollowing = 6

export const explain: Command = {
  name: 'explain',
  group: 'look',
  about:
    'why a gate said what it said: window, limits, what was observed, the points used, the query, what to do; a stage of a canary is judged again, with the arithmetic',
  args: [
    [
      '[gate]',
      'a gate, also at a stage: canary@30, and by the old version before it: canary@0 (default: the one judged last)',
    ],
  ],
  options: [launchOption, ['--points', 'every minute in a row of its own']],
  examples: [
    ['launch explain', 'the newest verdict'],
    ['launch explain canary@30 --points', 'the canary at 30 %, minute by minute'],
    ['launch explain preflight --json', 'as data'],
  ],
  run: async (context, args, options) => {
    const { plan, state, events } = await viewLaunch(context, text(options, 'launch'))
    const named = text(args, 'gate')
    const event = await judged(events, named, state.id)
    const [evidence, retold] = await Promise.all([evidenceOf(event, plan), retoldOf(event, plan, events)])
    const followed = await whatFollowed(event, plan, events)
    const basis = await basisOf(event, plan, events)
    const view = { ...evidence, basis, event, everyPoint: options['points'] === true, retold, followed }
    const { checkPoints, explainLines } = await import('../ui/explain.ts')
    const lines = explainLines(view, context.output.out.theme)
    return {
      outcome: 'succeeded',
      text: await rowsFor(context, [...(named === null ? afterwards(events, event) : []), ...lines]),
      document: {
        launch: state.id,
        gate: {
          id: event.gate,
          key: event.key,
          stage: event.stage,
          environment: event.environment,
          verdict: event.verdict,
          at: new Date(event.at).toISOString(),
          window: event.window,
          bakedMs: event.bakedMs,
          by: event.actor,
          followed: following(event, events).map(({ n, type }) => ({ n, type })),
          checks: event.checks.map((check) => ({ ...check, points: checkPoints(check, view) })),
          rollout: retold,
        },
      },
    }
  },
}

/** The newest verdict, of the named gate where one is named. Throws NOT_FOUND. */
async function judged(events: readonly LaunchEvent[], named: string | null, launch: string): Promise<GateJudged> {
  const all = events.filter((event) => event.type === 'gate-judged')
  const found = all.findLast((event) => named === null || namesOf(event).includes(named.replace(/%$/, '')))
  if (found) return found
  if (named === null)
    throw new LaunchError('NOT_FOUND', `no gate of launch ${launch} was judged yet`, {
      hint: 'launch validate judges one',
    })
  const { suggestion } = await import('../core/nearest.ts')
  const known = [...new Set([...all.filter((event) => !isBeforeLook(event)), ...all].map(shortNameOf))]
  throw new LaunchError('NOT_FOUND', `launch ${launch} has no verdict of a gate "${named}"`, {
    hint: suggestion(named, known, known.length === 0 ? 'no gate was judged yet' : 'it has'),
  })
}

function shortNameOf({ gate, key, stage }: GateJudged): string {
  if (isBeforeLook({ key, stage })) return beforeGate(gate)
  return stage === null ? gate : `${gate}@${stage}`
}

function namesOf(event: GateJudged): readonly string[] {
  const { gate, key } = event
  return [gate, key, shortNameOf(event)]
}

/** What ended the launch after the newest verdict, where it was no gate: a step, a person, a rollback. */
function afterwards(events: readonly LaunchEvent[], event: GateJudged): readonly string[] {
  const step = events.findLast((one) => one.type === 'step-failed' && one.n > event.n)
  const end = events.findLast((one) => one.type === 'launch-ended')
  return [
    ...(step?.type === 'step-failed' ? [`step ${step.step} failed: ${step.message}`, `  ${step.hint}`] : []),
    ...(end?.type === 'launch-ended' ? [`launch ended, ${end.outcome}: ${end.why}`, ''] : []),
  ]
}

/** The events after a verdict until its gate was judged again. */
function following(event: GateJudged, events: readonly LaunchEvent[]): readonly LaunchEvent[] {
  const after = events.filter(({ n }) => n > event.n)
  const again = after.findIndex((one) => one.type === 'gate-judged' && one.gate === event.gate)
  return (again === -1 ? after : after.slice(0, again)).filter(({ type }) => type !== 'gate-judged')
}

/** What was done after a stage was judged, and by whom: as far as a reader can still take it in. */
async function whatFollowed(event: GateJudged, plan: Plan, events: readonly LaunchEvent[]): Promise<readonly string[]> {
  if (event.stage === null) return []
  const [{ eventText }, { clockTime, who }, { wordsOf }, { stepWords }] = await Promise.all([
    import('../ui/event-text.ts'),
    import('../ui/format.ts'),
    import('../ui/words.ts'),
    import('./describe-step.ts'),
  ])
  const words = wordsOf(plan, await stepWords())
  return following(event, events)
    .slice(0, mostFollowing)
    .flatMap((one) => {
      const said = eventText(one, null, words)
      return said ? [`${clockTime(one.at)} ${said.text} (${who(one.actor.name)})`] : []
    })
}

/** A stage judged sequentially once more, from the journal alone. */
async function retoldOf(event: GateJudged, plan: Plan, events: readonly LaunchEvent[]): Promise<Retold | null> {
  const gate = gateOf(event, plan)
  if (event.stage === null || !gate) return null
  const { rejudged } = await import('./rejudge.ts')
  return rejudged(event, gate, plan, events)
}

/** What each check of the gate asked, what it got, and what helps. */
async function evidenceOf(event: GateJudged, plan: Plan): Promise<Pick<ExplainView, 'seen' | 'hints'>> {
  const [{ checkKind }, { needsOfGate }] = await Promise.all([
    import('../gates/registry.ts'),
    import('../gates/judge-gate.ts'),
  ])
  const gate = gateOf(event, plan)
  const environment = plan.environments[event.environment]
  if (!gate || !environment) return { seen: {}, hints: {} }
  const scope = { environment, phase: event.phase }
  const seen = gate.checks.map((check) => [
    check.id,
    needsOfGate({ ...gate, checks: [check] }, scope).map((need) => ({
      need,
      finding: event.evidence[needKey(need)] ?? missing('it was not asked for'),
    })),
  ])
  const hints = gate.checks.map((check) => [check.id, checkKind(check.kind).hint])
  return { seen: Object.fromEntries(seen), hints: Object.fromEntries(hints) }
}

/** What the checks of a gate judge by besides what they saw, as the launch knew it then. */
async function basisOf(event: GateJudged, plan: Plan, events: readonly LaunchEvent[]): Promise<ExplainView['basis']> {
  const [{ fold }, { factsOf }, { checkKind }] = await Promise.all([
    import('../core/reduce.ts'),
    import('../engine/look.ts'),
    import('../gates/registry.ts'),
  ])
  const gate = gateOf(event, plan)
  const environment = plan.environments[event.environment]
  const then = fold(events.filter(({ n }) => n < event.n))
  if (!gate || !environment || !then) return {}
  const launch = factsOf(plan, then, environment)
  return Object.fromEntries(
    gate.checks.flatMap(({ id, kind, spec }) => {
      const said = checkKind(kind).basis(spec, launch)
      return said === null ? [] : [[id, said] as const]
    }),
  )
}

function gateOf(event: GateJudged, plan: Plan): PlannedGate | undefined {
  return plannedGates(plan).find(({ id, environment }) => id === event.gate && environment === event.environment)
}
