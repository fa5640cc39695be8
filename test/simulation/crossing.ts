import type { LaunchEvent } from '../../src/core/event.ts'
import { say } from './captain.ts'
import { callRollback } from './on-call.ts'
import { canaryStep } from './sheet.ts'
import { hasRoom, type World } from './world.ts'

/** Something that is still to come, without which a world is not quiet. */
export type At = (atMs: number, act: () => void) => void

/** What somebody does at the very moment of an event, when it matters most. */
export function crossing(event: LaunchEvent, world: World, at: At, supersede: () => void): void {
  if (!hasRoom(world)) return
  if (event.type === 'gate-judged') promoteAtFail(event.verdict, world)
  else if (event.type === 'answered' && event.question.startsWith(`proceed/${canaryStep}@`))
    freezeAtRaise(event.actor.name, world, at, supersede)
  else if (event.type === 'flag-intended') turnOffOrSupersede(world, at, supersede)
  else if (event.type === 'launch-ended') turnOffAfterwards(world, at)
}

/** A request that crosses a verdict it does not know of yet. */
function promoteAtFail(verdict: string, world: World): void {
  if (verdict === 'fail' && world.random.chance(world.swarm.promoteAtFail))
    void say(world, world.start('captain-'), 'promote')
}

/** The driver stands still somewhere between its look and its write, and others go on without it. */
function freezeAtRaise(
  driver: string,
  { random, swarm, processes, scheduler }: World,
  at: At,
  supersede: () => void,
): void {
  if (!random.chance(swarm.freezeAtRaise)) return
  processes.find(({ name }) => name === driver)?.doom(random.int(1, 8), random.int(30_000, 240_000))
  if (random.chance(0.5)) at(scheduler.nowMs + random.int(0, 3000), supersede)
}

function turnOffOrSupersede(world: World, at: At, supersede: () => void): void {
  const { random, swarm, scheduler } = world
  const soonMs = scheduler.nowMs + random.int(0, 6 * swarm.latencyMs)
  if (random.chance(swarm.emergencyAtRaise))
    at(soonMs, () => void callRollback(world, world.start('on-call-'), 'emergency'))
  else if (random.chance(swarm.supersedeAtRaise)) at(soonMs, supersede)
}

/** A rollback of what had ended, perhaps by a process that dies before it can say so. */
function turnOffAfterwards(world: World, at: At): void {
  const { random, swarm, scheduler } = world
  if (!random.chance(swarm.emergencyAtRaise)) return
  at(scheduler.nowMs + random.int(0, 100 * swarm.latencyMs), () => {
    const process = world.start('on-call-')
    if (random.chance(0.3)) process.doom(random.int(1, 8), null)
    void callRollback(world, process, 'emergency')
  })
}
