import { LaunchError } from '../core/errors.ts'
import type { LaunchEvent } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import { reduce } from '../core/reduce.ts'
import { startState, type LaunchState } from '../core/state.ts'
import { RolloutMemory } from '../gates/rollout-memory.ts'
import type { EventLog } from '../journal/events.ts'
import { makeWay } from './make-way.ts'
import type { EnginePorts } from './ports.ts'
import type { Session, Watcher } from './session.ts'

/** Somebody who was first this often in a row drives the launch, too; whoever loses only makes both slower. */
const lossesInARow = 5

/**
 * Reads a launch's journal and takes it from there. `tellPast: false`: the watcher is told only what happens from now on.
 * Throws NOT_FOUND when the journal is empty.
 */
export async function startSession(
  plan: Plan,
  log: EventLog,
  ports: EnginePorts,
  watcher: Watcher,
  signal: AbortSignal,
  { tellPast }: { readonly tellPast: boolean },
): Promise<Session> {
  let state: LaunchState | null = null
  let seen = 0
  let lost = 0

  function absorb(events: readonly LaunchEvent[], tell = true): LaunchState {
    for (const event of events.slice(seen)) {
      if (event.type === 'launch-opened') state = startState(event)
      else if (state) state = reduce(state, event)
      if (state && tell) watcher.onEvent(event, state)
    }
    seen = events.length
    if (!state) throw new LaunchError('NOT_FOUND', `launch ${log.launch} has no events`)
    return state
  }

  const first = await log.read(signal)
  const session: Session = {
    plan,
    log,
    ports,
    watcher,
    state: absorb(first, tellPast),
    events: first,
    flag: null,
    flagLostAt: null,
    looks: new Map(),
    tried: new Set(),
    unanswered: new Set(),
    memory: { ranWell: new Map(), rollouts: new RolloutMemory() },
    blind: null,
    owed: [],
    async record(happening, appendSignal, by) {
      const appended = await log.append(happening, appendSignal, by)
      await session.refresh(appendSignal)
      lost = appended.status === 'taken' ? lost + 1 : 0
      if (lost >= lossesInARow) {
        lost = 0
        await makeWay(session, appendSignal)
      }
      return appended.status === 'appended'
    },
    async refresh(readSignal) {
      session.events = await log.read(readSignal)
      session.state = absorb(session.events)
    },
  }
  return session
}
