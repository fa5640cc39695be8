import type { EpochMs } from '../../src/core/brand.ts'
import { LaunchError } from '../../src/core/errors.ts'
import { environmentOf } from '../../src/core/environment-of.ts'
import type { RollbackKind } from '../../src/core/event.ts'
import { fold } from '../../src/core/reduce.ts'
import type { Spool, SpooledEvent, SpooledRollback } from '../../src/journal/spool.ts'
import { releaseOf, rollBack } from '../../src/engine/rollback.ts'
// `rollBack` loads it when it needs it; here before the first world, because loading takes time of the real one.
import '../../src/steps/restore.ts'
import { codeOf } from './code-of.ts'
import { deadline, watched } from './driver.ts'
import type { Process } from './process.ts'
import { flush, home, spoolOf, tell as tellSpooledOf } from './spools.ts'
import type { Swarm } from './swarm.ts'
import { flagOf, launchesOf, objectsOf, type World } from './world.ts'

/** As the command has it: what the journal can tell is welcome, a rollback does not wait for it. */
const journalMs = 3000
const recordMs = 10_000
/** I5: longer than this nobody waits for a flag to be off while its store answers, or while it answers less than every other time. */
const longestLatchMs = { answers: 60_000, fails: 180_000 } as const

/** `launch rollback emergency` or `full` on a machine that drives nothing: the flag first, the journal afterwards if it can be reached. */
export async function callRollback(world: World, process: Process, kind: RollbackKind): Promise<void> {
  const { counters, trace, scheduler, truth, random, swarm } = world
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
          // As the world was when it began: in the end every service answers again, and nobody new is slow.
          const isDark = swarm.blackouts.some(({ service, toMs }) => service === 'site' && toMs > startedMs)
          const longestMs = longestLatchMs[failing(swarm) > 0.5 ? 'fails' : 'answers']
          if (tookMs > longestMs && !isDark && !process.isSlow)
            world.found('I5', `the flag was off and read back only after ${tookMs} ms`)
          if (!random.chance(swarm.lateToTell)) return
          counters.add('stands still before it tells of its rollback')
          process.doom(random.int(1, 6), random.int(120_000, 420_000))
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
    const untold = { id: world.ids.id(), at: process.clock.now(), done }
    await (world.swarm.disk ? keepAndTell(world, process, untold) : record(world, process, untold))
  } catch (error) {
    if (!process.stop.signal.aborted) world.counters.add(`rollback ${kind} ${codeOf(world, error)}`)
  } finally {
    process.isDone = true
  }
}

/** Share of requests that something befalls. */
function failing({ faults }: Swarm): number {
  return Object.values(faults).reduce((sum, share) => sum + share, 0)
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

/** A rollback that came true, under the id its event has whenever it is journaled: ids sort by time. */
type Untold = {
  readonly id: string
  readonly at: EpochMs
  readonly done: Awaited<ReturnType<typeof rollBack>>
  /** As it was first told to a launch: it is about no other. */
  about?: SpooledEvent
}

function spooledOf({ name }: Process, { id, at, done }: Omit<Untold, 'about'>): SpooledRollback {
  return { schema: 1, id, at, actor: { name, host: name, run: null }, ...done, ...home }
}

/** As the command has it: on disk before the journal is tried, and until the journal has it. */
async function keepAndTell(world: World, process: Process, untold: Untold): Promise<void> {
  const { counters, random, scheduler } = world
  const spooled = spooledOf(process, untold)
  const spool = spoolOf(world, process)
  world.kept.add(process.name)
  const isKept = await spool.keep(spooled).then(
    () => true,
    () => false,
  )
  counters.add(isKept ? 'kept on disk: a rollback' : 'not kept: a rollback')
  const settleUnkept: Spool['settle'] = async (about) => (await spool.settle(about)) ?? about
  try {
    await tellSpooledOf(world, process, isKept ? spool : { settle: settleUnkept }, spooled, deadline(world, recordMs))
    if (isKept) await spool.drop(spooled.id).catch(() => undefined)
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error
    counters.add('rollback not yet journaled')
    if (isKept && random.chance(0.5))
      scheduler.at(
        scheduler.nowMs + random.int(10_000, 10 * 60_000),
        () => void flush(world, world.start('teller-'), process.name),
      )
  }
}

async function record(world: World, process: Process, untold: Untold): Promise<void> {
  const { random, scheduler, swarm, counters } = world
  try {
    await tell(world, process, untold, deadline(world, recordMs))
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error
    counters.add('rollback not yet journaled')
    if (!random.chance(swarm.tellsLater)) {
      // It ended with exit 5 for whoever called it, on a machine that keeps nothing.
      world.isSiteDisturbed ||= untold.done.result.outcome === 'failed'
      return
    }
    scheduler.at(scheduler.nowMs + random.int(10_000, 10 * 60_000), () => void tellLater(world, untold))
  }
}

/** `launch journal flush`, by hand or in passing: what waits on a machine is told to the journal. */
async function tellLater(world: World, untold: Untold): Promise<void> {
  const process = world.start('teller-')
  try {
    await tell(world, process, untold, process.stop.signal)
    world.counters.add('rollback told later')
  } catch (error) {
    if (!process.stop.signal.aborted) world.counters.add(`teller ${codeOf(world, error)}`)
  } finally {
    process.isDone = true
  }
}

/** Journaled with the launch it was about, once, however often it is told: the newest one that was opened before it. */
async function tell(world: World, process: Process, untold: Untold, signal: AbortSignal): Promise<void> {
  const { done } = untold
  const current = await launchesOf(world, process).current(signal)
  if (!current) return
  if (world.swarm.tellsLater === 0)
    return void (await watched(world, current.log).appendAnyway(
      { type: 'rolled-back', ...done, trigger: 'operator' },
      signal,
    ))
  const settle = async (about: SpooledEvent) => (untold.about = about)
  await tellSpooledOf(world, process, { settle }, untold.about ?? spooledOf(process, untold), signal)
}
