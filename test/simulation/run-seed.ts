import type { Applied } from './bucket.ts'
import { flagChanged } from './flag-invariants.ts'
import { heal } from './heal.ts'
import { journalWatch } from './journal-invariants.ts'
import { populate } from './people.ts'
import type { Plans } from './sheet.ts'
import type { ReadPlans } from './remembered.ts'
import { siteChanged } from './site-invariants.ts'
import { isFlag, makeWorld, seedSite, type Violation, type World } from './world.ts'

export type SeedResult = {
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly counts: ReadonlyMap<string, number>
  readonly hash: string
  readonly lines: readonly string[]
  readonly steps: number
  readonly virtualMs: number
}

const minute = 60_000
/** Longer than any faulty launch goes on by itself: patience with a dead service is ten minutes. */
const faultyMs = 45 * minute
/** I8: no seed needs as many; one that does is running in circles. */
const mostSteps = 300_000

/** One seed: a world that goes wrong in its own way, people and machines that launch in it, then peace, and a look at what is left. */
export async function runSeed(
  seed: number,
  plans: Plans,
  { keepTrace = false, readPlans = new Map() }: { readonly keepTrace?: boolean; readonly readPlans?: ReadPlans } = {},
): Promise<SeedResult> {
  const journalChanged = journalWatch()
  let people: ReturnType<typeof populate> | null = null
  const world = makeWorld(seed, plans, { keepTrace, readPlans }, (changed: World, applied: Applied) => {
    try {
      if (isFlag(applied)) flagChanged(changed, applied)
      if (applied.bucket === 'sim') siteChanged(changed, applied)
      const event = applied.bucket === 'state' ? journalChanged(changed, applied) : null
      if (event !== null) people?.onEvent(event)
    } catch (error) {
      changed.found('I0', `${applied.key} cannot be understood: ${String(error)}`)
    }
  })
  seedSite(world)
  world.trace.add(0, JSON.stringify(world.swarm))
  people = populate(world)
  await world.scheduler.run({ untilMs: faultyMs, steps: mostSteps, stop: people.isQuiet })
  await heal(world, mostSteps)
  const { scheduler, violations, counters, trace } = world
  if (scheduler.steps >= mostSteps) world.found('I8', `no end after ${mostSteps} steps`)
  return {
    seed,
    violations,
    counts: counters.counts,
    hash: trace.hash(),
    lines: trace.lines,
    steps: scheduler.steps,
    virtualMs: scheduler.nowMs,
  }
}
