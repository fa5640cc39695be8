import type { Goal } from '../../src/core/decide.ts'
import { LaunchError } from '../../src/core/errors.ts'
import { acknowledged } from '../../src/core/flag-guard.ts'
import type { EventLog } from '../../src/journal/events.ts'
import type { OpenedLaunch } from '../../src/journal/launches.ts'
import { run } from '../../src/engine/run.ts'
import type { RunEnd, Session, Watcher } from '../../src/engine/session.ts'
import { startSession } from '../../src/engine/start-session.ts'
import { codeOf } from './code-of.ts'
import { canaryStep } from './sheet.ts'
import { enginePorts } from './ports.ts'
import type { Process } from './process.ts'
import { flagOf, launchesOf, type World } from './world.ts'

/** How a driver comes to its launch, as the commands do. */
export type Order =
  | { readonly type: 'resume' }
  | { readonly type: 'auto'; readonly commit: string; readonly supersede: boolean; readonly ackRollback: boolean }

export type Manner = { readonly guided: boolean; readonly leaveHeld: boolean }

const quiet: Watcher = { onEvent: () => {}, onProgress: () => {} }

/** One process that drives: `launch auto`, `launch retry` or `launch resume`. Null when it ended without a verdict. */
export async function drive(
  world: World,
  process: Process,
  order: Order,
  manner: Manner,
  goal: Goal = { type: 'all' },
): Promise<RunEnd | null> {
  const { counters, trace, scheduler } = world
  const note = (what: string) => {
    counters.add(what)
    trace.add(scheduler.nowMs, `${process.name} ends: ${what}`)
  }
  let session: Session | null = null
  try {
    const opened = await openedFor(world, process, order)
    if (!opened) return (note('nothing to resume'), null)
    session = await sessionOf(world, process, opened, order, manner)
    const { guided, leaveHeld } = manner
    // Who asks for a gate, or for anything but the canary, is told what it says and decides.
    if (goal.type !== 'all' && (goal.type === 'gate' || goal.step !== canaryStep)) world.isGuided.add(process.name)
    const end = await run(session, { goal, leaveHeld, guided }, process.stop.signal)
    if (goal.type !== 'all') counters.add(`single ${goal.type}${'again' in goal ? ' again' : ''}: ${end.outcome}`)
    note(`exit ${end.outcome}`)
    trace.add(scheduler.nowMs, `  ${process.name}: ${end.why}`)
    return end
  } catch (error) {
    if (process.stop.signal.aborted) {
      await session?.record({ type: 'paused', signal: 'SIGINT' }, deadline(world, 4000)).catch(() => false)
      note('exit stopped')
    } else note(`error ${codeOf(world, error)}`)
    return null
  } finally {
    process.isDone = true
  }
}

async function openedFor(world: World, process: Process, order: Order): Promise<OpenedLaunch | null> {
  const all = launchesOf(world, process)
  const { signal } = process.stop
  if (order.type === 'resume') return all.current(signal)
  let acks: readonly string[] = []
  if (order.ackRollback) {
    const reading = await flagOf(world, process, 'production').read(signal)
    if (reading.status === 'present' && reading.flag.latched) {
      acks = [acknowledged(reading.flag, process.startedAt)]
      for (const ack of acks) world.truth.acknowledge(ack)
      world.counters.add('rollback acknowledged')
    }
  }
  const plan = world.plans[world.swarm.sheet]
  return all.open(
    { plan, commit: order.commit, version: order.commit.slice(0, 1), fresh: order.supersede, acks, sandbox: null },
    signal,
  )
}

async function sessionOf(
  world: World,
  process: Process,
  opened: OpenedLaunch,
  order: Order,
  { guided }: Manner,
): Promise<Session> {
  const { launch } = opened.log
  world.drives.set(process.name, { launch })
  if (guided) world.isGuided.add(process.name)
  const first = world.truth.journal(launch)[0]
  const commit = order.type === 'auto' ? order.commit : first?.type === 'launch-opened' ? first.commit : ''
  const ports = enginePorts(world, process, { commit, guided, launch: () => launch })
  return startSession(opened.plan, watched(world, opened.log), ports, quiet, process.stop.signal, { tellPast: false })
}

/** I4: what a process was told is written, is written. */
export function watched(world: World, log: EventLog): EventLog {
  const acked = (event: { readonly n: number; readonly id: string }) => {
    const id = world.truth.journal(log.launch)[event.n - 1]?.id
    if (id !== event.id)
      world.found('I4', `event ${event.n} of ${log.launch} was acknowledged and is ${id ?? 'not there'}`)
  }
  return {
    ...log,
    append: async (happening, signal, by) => {
      const appended = await log.append(happening, signal, by)
      if (appended.status === 'appended') acked(appended.event)
      else world.counters.add('slot taken by another')
      return appended
    },
    appendAnyway: async (happening, signal, by) => {
      const event = await log.appendAnyway(happening, signal, by)
      acked(event)
      return event
    },
  }
}

/** A signal that aborts after so many ms of virtual time. */
export function deadline(world: World, ms: number): AbortSignal {
  const over = new AbortController()
  world.scheduler.at(world.scheduler.nowMs + ms, () =>
    over.abort(new LaunchError('UNREACHABLE', `no answer in ${ms} ms`)),
  )
  return over.signal
}
