import { drive } from './driver.ts'
import { callRollback } from './on-call.ts'
import type { Process } from './process.ts'
import { healed } from './swarm.ts'
import { unlikeCurrent } from './served.ts'
import { flush, untold } from './spools.ts'
import type { World } from './world.ts'

const hour = 3_600_000
const calm = { guided: false, leaveHeld: false } as const

/** Peace: every service answers again. What was begun is taken up until it has ended; then the world is looked over. */
export async function heal(world: World, mostSteps: number): Promise<void> {
  const { scheduler, truth } = world
  world.swarm = healed(world.swarm)
  world.trace.add(scheduler.nowMs, 'every service answers again')
  const until = (done: () => boolean) =>
    scheduler.run({ untilMs: scheduler.nowMs + 4 * hour, steps: mostSteps, stop: done })
  await until(() => world.processes.every((process) => process.isDead || process.isDone))
  for (const process of world.processes)
    if (!process.isDead && !process.isDone) world.found('I8', `${process.name} never came to an end`)
  const resume = () => finished(world, until, (process) => drive(world, process, { type: 'resume' }, calm))
  const launch = truth.active()
  if (launch === null) return
  for (let round = 0; round < 3 && !hasEnded(world, launch); round += 1) await resume()
  if (!hasEnded(world, launch) && isTouched(world, launch)) {
    world.counters.add('healed by a rollback')
    await finished(world, until, (process) => callRollback(world, process, 'emergency'))
    await resume()
  }
  // What was sent long ago may still come true: it has, after a while.
  await scheduler.run({ untilMs: scheduler.nowMs + 60_000, steps: mostSteps })
  for (const machine of world.kept) await finished(world, until, (process) => flush(world, process, machine))
  // What was found late is found now: rule 6, a launch that had ended well is looked at again.
  const last = await resume()
  I6(world, launch)
  await I13(world, launch, last, resume)
  I14(world)
  if (world.swarm.disk) {
    world.counters.add(world.swarm.disk.folder ? 'state in a folder' : 'state in S3, spools on disks')
    await finished(world, until, (process) => untold(world, process))
  }
  // One that ended as failed says so to whoever asked (exit 5): its files need a person.
  const isFailed = world.truth
    .journal(launch)
    .some((event) => event.type === 'launch-ended' && event.outcome === 'failed')
  if (!isFailed) for (const wrong of unlikeCurrent(world)) world.found('I17', wrong)
}

async function finished<T>(
  world: World,
  until: (done: () => boolean) => Promise<void>,
  act: (process: Process) => Promise<T>,
): Promise<T | null> {
  const process = world.start('healer-')
  let came: T | null = null
  const acting = async () => {
    came = await act(process)
  }
  void acting()
  await until(() => process.isDone)
  // One more turn of the loop, for what the process said with its last breath.
  await new Promise((resolve) => {
    setImmediate(resolve)
  })
  return came
}

function hasEnded({ truth }: World, launch: string): boolean {
  return truth.journal(launch).some(({ type }) => type === 'launch-ended')
}

/** Whether users were shown anything of a launch, by what really happened. */
function isTouched({ truth }: World, launch: string): boolean {
  return truth.flagHistory.some(({ flag }) => flag.launch === launch && flag.percent > 0)
}

/** After peace a launch that users saw has ended, the flag says what its journal says, and no intent of a success is open. */
function I6(world: World, launch: string): void {
  const { truth, counters } = world
  const journal = truth.journal(launch)
  const ended = journal.findLast(({ type }) => type === 'launch-ended')
  const flag = truth.flag()
  const outcome = ended?.type === 'launch-ended' ? ended.outcome : null
  counters.add(`launch ended ${outcome ?? 'not (nothing was shown)'}`)
  counters.add(`sheet ${world.swarm.sheet}: ${outcome ?? 'not ended'}`)
  if (outcome === null) {
    if (isTouched(world, launch)) world.found('I6', `${launch} was shown to users and has not ended`)
    return
  }
  const set = journal.findLast(({ type }) => type === 'flag-set')
  if (outcome === 'succeeded') {
    if (flag?.percent !== 100 || set?.type !== 'flag-set' || set.writeId !== flag.writeId)
      world.found('I6', `${launch} succeeded, the flag is at ${flag?.percent} % by ${flag?.launch}`)
    const steps = new Map<string, string>()
    for (const event of journal) {
      if (!('step' in event) || !event.type.startsWith('step-')) continue
      // What is said late of an attempt that has ended well changes nothing.
      if (event.type !== 'step-resolved' || steps.get(event.step) !== 'step-done') steps.set(event.step, event.type)
    }
    for (const [step, type] of steps)
      if (type !== 'step-done') world.found('I6', `${launch} succeeded, ${step} is ${type}`)
  } else if (isTouched(world, launch) && (!flag?.latched || flag.percent !== 0)) {
    world.found('I6', `${launch} ended ${outcome}, the flag is at ${flag?.percent} % and not latched`)
  }
}

/** Resuming what was resumed to its end changes nothing at all. */
async function I13(
  world: World,
  launch: string,
  last: Awaited<ReturnType<typeof drive>>,
  resume: () => Promise<Awaited<ReturnType<typeof drive>>>,
): Promise<void> {
  if (!hasEnded(world, launch)) return
  // A rollback of earlier may be told to the journal at any time.
  const own = () => world.truth.journal(launch).filter((event) => !('trigger' in event && event.trigger === 'operator'))
  const before = own().length
  const flags = world.truth.flagHistory.length
  const again = await resume()
  if (again?.outcome !== last?.outcome) world.found('I13', `ended ${last?.outcome}, then ${again?.outcome}`)
  if (own().length !== before) world.found('I13', 'a resume of what had ended was journaled')
  if (world.truth.flagHistory.length !== flags) world.found('I13', 'a resume of what had ended changed the flag')
}

/** A build that must not run twice ran at most once in a launch. */
function I14(world: World): void {
  if (world.swarm.sheet !== 'once') return
  for (const [launch, times] of world.builds)
    if (times > 1) world.found('I14', `the build of ${launch} ran ${times} times`)
}
