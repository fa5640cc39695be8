import type { LaunchEvent } from '../../src/core/event.ts'
import type { Goal } from '../../src/core/decide.ts'
import { resolveInterrupted, say } from './captain.ts'
import { drive, type Manner, type Order } from './driver.ts'
import { crossing, type At } from './crossing.ts'
import { callRollback } from './on-call.ts'
import type { Process } from './process.ts'
import { flush } from './spools.ts'
import { commits, hasRoom, type World } from './world.ts'

const minute = 60_000
const commitCycle = [commits.a, commits.b, commits.a] as const

type People = {
  readonly isQuiet: () => boolean
  /** Told of every event the moment it is journaled. */
  onEvent(event: LaunchEvent): void
}

/** Everybody who launches, resumes, looks, stops and rolls back in one world, at times the seed chooses. */
export function populate(world: World): People {
  const { random, swarm, scheduler } = world
  let toCome = 0
  const at: At = (atMs, act) => {
    toCome += 1
    scheduler.at(atMs, () => {
      toCome -= 1
      act()
    })
  }
  const anywhen = (most: number) => random.int(0, most)
  const team = releaseTeam(world)

  at(anywhen(5000), team.launch)
  for (let i = 0; i < swarm.attachers; i += 1) at(anywhen(6 * minute), team.attach)
  for (let i = 0; i < swarm.resumers; i += 1) at(anywhen(15 * minute), team.resume)
  for (let i = 0; i < swarm.emergencies; i += 1)
    at(anywhen(12 * minute), () => void callRollback(world, world.start('on-call-'), 'emergency'))
  for (let i = 0; i < swarm.fulls; i += 1)
    at(minute + anywhen(12 * minute), () => void callRollback(world, world.start('on-call-'), 'full'))
  for (let i = 0; i < swarm.captainAsks; i += 1) at(anywhen(9 * minute), () => void say(world, world.start('captain-')))
  for (let i = 0; i < swarm.signals; i += 1)
    at(anywhen(8 * minute), () => anyLive(world)?.stop.abort(new Error('SIGINT')))
  for (let i = 0; i < swarm.clockJumps; i += 1)
    at(anywhen(8 * minute), () => anyLive(world)?.jumpClock(random.pick([-600_000, -3000, 3000, 60_000, 600_000])))

  for (let i = 0; i < swarm.naps; i += 1) at(anywhen(10 * minute), () => team.fallAsleep(at))

  for (let i = 0; i < swarm.singles; i += 1) at(anywhen(10 * minute), team.single)
  for (let i = 0; i < swarm.resolvers; i += 1)
    at(anywhen(15 * minute), () => void resolveInterrupted(world, world.start('resolver-')))
  for (let i = 0; i < (swarm.disk?.flushers ?? 0); i += 1)
    at(anywhen(15 * minute), () => {
      const [machine] = world.kept
      if (machine !== undefined && hasRoom(world)) void flush(world, world.start('teller-'), machine)
    })

  let isOver = false
  const tick = () => {
    // Peace: nobody begins anything more.
    if (world.swarm.launches === 0) return
    const isIdle = world.processes.every((process) => process.isDead || process.isDone)
    isOver = team.goOn(isIdle) && isIdle && toCome === 0
    if (!isOver) scheduler.at(scheduler.nowMs + random.int(10_000, 40_000), tick)
  }
  scheduler.at(30_000, tick)
  return {
    isQuiet: () => isOver,
    onEvent: (event) => crossing(event, world, at, team.supersede),
  }
}

function anyLive(world: World): Process | undefined {
  const live = world.processes.filter((process) => !process.isDead && !process.isDone)
  return live[world.random.int(0, Math.max(0, live.length - 1))]
}

/**
 * Nobody acknowledges a rollback sooner than this: longer than a write may be on its way. A late copy of an acknowledged
 * latch would otherwise hide a newer one; the store has one document, and a rollback asks for no condition.
 */
const reflectionMs = 30_000

/** One command of a launch: a step, the same once more, or a phase's gate. */
function drawGoal({ random, swarm, plans }: World): Goal {
  const { phases } = plans[swarm.sheet]
  if (random.chance(0.25)) return { type: 'gate', phase: phases[random.int(0, phases.length - 1)]?.id ?? '' }
  const steps = phases.flatMap((phase) => phase.steps)
  // What must not run twice is not run once more on purpose.
  if (swarm.sheet !== 'once' && random.chance(0.2)) return { type: 'step', step: 'staging/build', again: true }
  return { type: 'step', step: steps[random.int(0, steps.length - 1)]?.id ?? '' }
}

/** A driver dies or gives up this often at most before nobody starts another one by themselves. */
const mostResumes = 4

/** The release team: begins launches one after the other, takes up what stopped, acknowledges rollbacks. */
function releaseTeam(world: World) {
  const { random, swarm, truth } = world
  let [begun, resumed] = [0, 0]
  const commitNow = () => commitCycle[Math.max(0, begun - 1) % commitCycle.length] ?? commits.a
  const manner = (): Manner => ({ guided: random.chance(swarm.guided), leaveHeld: random.chance(swarm.leaveHeld) })
  const start = (role: string, order: Order) => {
    if (hasRoom(world)) void drive(world, world.start(role), order, manner())
  }
  const launch = (
    more: { readonly supersede?: boolean; readonly ackRollback?: boolean; readonly retry?: boolean } = {},
  ) => {
    const { supersede = false, ackRollback = false, retry = false } = more
    if (!retry || begun === 0) begun += 1
    world.counters.add(
      retry ? 'launch: retry' : supersede ? 'launch: --new' : ackRollback ? 'launch: --ack-rollback' : 'launch: auto',
    )
    start('ci-', { type: 'auto', commit: commitNow(), supersede, ackRollback })
  }
  let retries = 0
  return {
    launch: () => launch(),
    supersede: () => {
      if (begun < 4) launch({ supersede: true })
    },
    attach: () => start('attached-', { type: 'auto', commit: commitNow(), supersede: false, ackRollback: false }),
    resume: () => start('resumer-', { type: 'resume' }),
    /** Somebody closes a laptop that drives; mostly a colleague goes on. */
    fallAsleep: (at: At) => {
      const [afterMs, pauseMs] = [random.int(20_000, 120_000), random.int(20_000, 180_000)]
      anyLive(world)?.fallAsleep(afterMs, pauseMs, random.pick([0, 1000, 20_000]))
      if (random.chance(0.7))
        at(world.scheduler.nowMs + afterMs + random.int(0, pauseMs), () => start('resumer-', { type: 'resume' }))
    },
    single: () => {
      if (hasRoom(world)) void drive(world, world.start('single-'), { type: 'resume' }, manner(), drawGoal(world))
    },
    /** One look at how things stand; true when nothing is left to do. */
    goOn: (isIdle: boolean): boolean => {
      const current = truth.active()
      const ended =
        current === null ? undefined : truth.journal(current).findLast(({ type }) => type === 'launch-ended')
      const isEnded = ended?.type === 'launch-ended'
      if (current !== null && !isEnded && begun < swarm.launches && random.chance(swarm.supersede)) {
        launch({ supersede: true })
        return false
      }
      const offMs = world.scheduler.nowMs - (truth.flagHistory.findLast(({ flag }) => flag.latched)?.atMs ?? -Infinity)
      if (isEnded && begun + retries < swarm.launches) {
        if (offMs < reflectionMs) return false
        const isRolledBack = ended.outcome === 'rolled-back' || ended.outcome === 'failed'
        const retry = isRolledBack && random.chance(0.4)
        if (retry) retries += 1
        launch({ ackRollback: isRolledBack && random.chance(0.85), retry })
        return false
      }
      if (isEnded || !isIdle) return isEnded
      if (resumed >= mostResumes) return true
      resumed += 1
      if (current === null) launch({ retry: true })
      else start('resumer-', { type: 'resume' })
      return false
    },
  }
}
