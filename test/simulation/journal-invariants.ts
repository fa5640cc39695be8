import { hash } from 'node:crypto'
import type { EventOf, LaunchEvent } from '../../src/core/event.ts'
import { reduce } from '../../src/core/reduce.ts'
import { startState, type LaunchState } from '../../src/core/state.ts'
import type { Applied } from './bucket.ts'
import { eventKey, planKey, type Truth } from './truth.ts'
import type { World } from './world.ts'

/** What has to hold of every object of the journal; gives the event. Keeps what it needs to know of the launches before. */
export function journalWatch(): (world: World, applied: Applied) => LaunchEvent | null {
  const ids = new Set<string>()
  const states = new Map<string, LaunchState>()
  return (world, { key, before, after }) => {
    const found = /\/launches\/([^/]+)\/events\/(\d{8})\.json$/.exec(key)
    if (!found?.[1] || !found[2]) {
      if (before && key.endsWith('/plan.json')) world.found('I4', `${key} was replaced`)
      const launch = key.endsWith('/active.json') ? world.truth.active() : null
      if (launch !== null && !isWhole(launch, world))
        world.found('I4', `${launch} was opened without its plan or its first event`)
      return null
    }
    const [, launch, number] = found
    const n = Number(number)
    if (!after || before) {
      world.found('I4', `event ${n} of ${launch} was ${after ? 'written over' : 'removed'}`)
      return null
    }
    // Behind a gap nobody else has read it yet.
    const event =
      world.truth.journal(launch)[n - 1] ?? (JSON.parse(new TextDecoder().decode(after.body)) as LaunchEvent)
    world.counters.add(`event ${event.type}`)
    if (event.type === 'gate-judged' && event.key.endsWith('@0') && event.verdict === 'fail')
      world.counters.add('old version seen broken')
    if (event.type === 'gate-judged' && event.saying) world.counters.add(`judged as one: ${event.saying}`)
    const isTold = event.type === 'flag-confirmed' && world.swarm.readOnly > 0
    if (event.type === 'stage-left' || isTold) world.anewMs.set(launch, world.scheduler.nowMs)
    const prior = world.state.objects.get(eventKey(launch, n - 1))
    if (n > 1 && !prior) world.found('I4', `event ${n} of ${launch} leaves a gap`)
    const chain = prior ? hash('sha256', prior.body) : null
    if (event.prev !== chain || event.n !== n) world.found('I4', `event ${n} of ${launch} breaks the chain`)
    if (ids.has(event.id)) world.found('I9', `the id ${event.id} of event ${n} was used before`)
    ids.add(event.id)
    const wrong = I12(event, states.get(launch) ?? null, world)
    if (wrong !== null) world.found('I12', `event ${n} of ${launch}, ${event.type}: ${wrong}`)
    const state = states.get(launch)
    if (event.type === 'launch-opened') states.set(launch, startState(event))
    else if (state) states.set(launch, reduce(state, event))
    return event
  }
}

/** Nobody can take up a launch that lacks one of the two. */
function isWhole(launch: string, { state, truth }: World): boolean {
  return state.objects.has(planKey(launch)) && truth.journal(launch).length > 0
}

/** Every prefix of a journal is a legal launch: what an event says can follow what stands before it, and is true. */
function I12(event: LaunchEvent, state: LaunchState | null, { truth }: World): string | null {
  if (!state) return event.type === 'launch-opened' ? null : 'before the launch was opened'
  const before = truth.journal(event.launch).slice(0, event.n - 1)
  // The rule stands under the event's own type.
  const rule = rules[event.type] as Rule<LaunchEvent> | undefined
  return rule?.(event, before, state, truth) ?? null
}

type Rule<E extends LaunchEvent> = (
  event: E,
  before: readonly LaunchEvent[],
  state: LaunchState,
  truth: Truth,
) => string | null

const forward: Rule<LaunchEvent> = (_event, _before, { ended }) =>
  ended ? `after the launch had ended ${ended.outcome}` : null

const atItsStage: Rule<EventOf<'stage-left' | 'stage-held' | 'stage-resumed'>> = ({ percent }, before) => {
  const confirmed = before.findLast((one) => one.type === 'flag-confirmed')
  return confirmed?.type === 'flag-confirmed' && confirmed.percent === percent ? null : 'not the stage users are at'
}

/** What may stand where, and has to be true, by the type of event. */
const rules: { readonly [T in LaunchEvent['type']]?: Rule<EventOf<T>> } = {
  'launch-opened': () => 'opened twice',
  'flag-intended': forward,
  'step-intended': forward,
  'phase-started': forward,
  'flag-set': ({ launch, writeId, percent }, before, _state, truth) => {
    const intended = before.findLast((one) => one.type === 'flag-intended')
    if (intended?.type !== 'flag-intended' || intended.writeId !== writeId || intended.percent !== percent)
      return 'set without an intent'
    const isTrue = truth.flagHistory.some(
      ({ flag }) => flag.writeId === writeId && flag.percent === percent && flag.launch === launch,
    )
    return isTrue ? null : `this launch never set the flag to ${percent} %`
  },
  'flag-confirmed': ({ percent }, before) => {
    const set = before.findLast((one) => one.type === 'flag-set')
    return set?.type === 'flag-set' && set.percent === percent ? null : 'confirmed before it was set'
  },
  'stage-left': atItsStage,
  'stage-held': atItsStage,
  'stage-resumed': atItsStage,
  'rolled-back': ({ writeId }, before, _state, truth) => {
    if (!cameTrue(writeId, truth)) return 'no such rollback came true'
    return before.some((one) => one.type === 'rolled-back' && one.writeId === writeId)
      ? 'the same rollback twice'
      : null
  },
  'rollback-found': ({ writeId }, _before, _state, truth) => (cameTrue(writeId, truth) ? null : 'found nothing'),
  'launch-ended': ({ outcome }, _before, { ended }) => (ended?.outcome === outcome ? 'ended the same twice' : null),
}

function cameTrue(writeId: string, { flagHistory }: Truth): boolean {
  return flagHistory.some(({ flag }) => flag.latched && flag.writeId === writeId)
}
