import { LaunchError } from '../../src/core/errors.ts'
import { environmentOf } from '../../src/core/environment-of.ts'
import type { RollbackKind } from '../../src/core/event.ts'
import { fold } from '../../src/core/reduce.ts'
import { releaseOf, rollBack } from '../../src/engine/rollback.ts'
import { deadline, watched } from './driver.ts'
import type { Process } from './process.ts'
import { flagOf, launchesOf, objectsOf, type World } from './world.ts'

/** As the command has it: what the journal can tell is welcome, a rollback does not wait for it. */
const journalMs = 3000
const recordMs = 10_000
/** I5: longer than this nobody waits for a flag to be off while its store answers. */
const longestLatchMs = 60_000

/** `launch rollback emergency` or `full` on a machine that drives nothing: the flag first, the journal afterwards if it can be reached. */
export async function callRollback(world: World, process: Process, kind: RollbackKind): Promise<void> {
  const { counters, trace, scheduler, truth } = world
  try {
    const before = truth.rollbacks
    const [startedMs, pausedMs] = [scheduler.nowMs, process.pausedMs]
    const plan = world.plans[world.swarm.sheet]
    const environment = environmentOf(plan, 'production')
    const state = kind === 'full' ? await openState(world, process) : null
    const began = state !== null && state.steps['rollout/deploy'] !== undefined
    counters.add(`rollback ${kind} called`)
    const done = await rollBack(
      {
        kind,
        reason: 'customers report empty boards',
        by: process.name,
        launch: state?.id ?? null,
        flagKey: plan.flag.key,
        target: { to: null, awayFrom: state && began ? releaseOf(state) : null },
        onLatched: () => {
          if (truth.rollbacks === before)
            world.found('I5', `${process.name} was told of a rollback that never came true`)
          const tookMs = scheduler.nowMs - startedMs - (process.pausedMs - pausedMs)
          const isDark = world.swarm.blackouts.some(({ service, toMs }) => service === 'site' && toMs > startedMs)
          if (tookMs > longestLatchMs && !isDark && world.swarm.slow === 0)
            world.found('I5', `the flag was off and read back only after ${tookMs} ms`)
        },
      },
      {
        flag: flagOf(world, process, 'production'),
        clock: process.clock,
        random: world.ids,
        wait: process.wait,
        site: {
          url: environment.url,
          objects: objectsOf(world, process, 'production'),
          cdn: null,
          http: world.edge.httpOf(process),
        },
      },
      process.stop.signal,
    )
    counters.add(`rollback ${kind} ${done.result.outcome}`)
    trace.add(scheduler.nowMs, `${process.name} rolled back: ${done.result.detail}`)
    await record(world, process, done)
  } catch (error) {
    if (error instanceof LaunchError) counters.add(`rollback ${kind} ${error.code}`)
    else if (!process.stop.signal.aborted)
      world.found('I0', `a bug: ${error instanceof Error ? error.stack : String(error)}`)
  } finally {
    process.isDone = true
  }
}

async function openState(world: World, process: Process) {
  const signal = deadline(world, journalMs)
  try {
    const current = await launchesOf(world, process).current(signal)
    return current && fold(await current.log.read(signal))
  } catch {
    world.counters.add('rollback without the journal')
    return null
  }
}

async function record(world: World, process: Process, done: Awaited<ReturnType<typeof rollBack>>): Promise<void> {
  const signal = deadline(world, recordMs)
  try {
    const current = await launchesOf(world, process).current(signal)
    if (!current) return
    await watched(world, current.log).appendAnyway({ type: 'rolled-back', ...done, trigger: 'operator' }, signal)
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error
    world.counters.add('rollback not yet journaled')
  }
}
