import type { Blackout } from './swarm.ts'
import type { World } from './world.ts'

/** The worst moments for a journal: it does not answer for a while, or can be read and takes nothing. */
export function loseJournal(
  world: World,
  moment: 'breach' | 'raise',
  drawSpan: () => Pick<Blackout, 'fromMs' | 'toMs'>,
): void {
  const { random, swarm, counters } = world
  const lose = (how: string, writesOnly: boolean) => {
    counters.add(`journal ${how} at a ${moment}`)
    world.swarm = { ...swarm, blackouts: [...swarm.blackouts, { service: 'state', writesOnly, ...drawSpan() }] }
  }
  if (random.chance(swarm.darkAtBreach)) lose('lost', false)
  else if (swarm.readOnly > 0 && random.chance(swarm.readOnly)) lose('read only', true)
}
