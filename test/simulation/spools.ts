import type { OwedSpool } from '../../src/engine/owed.ts'
import { spoolIn, type Spool, type Spooled } from '../../src/journal/spool.ts'
import { tellSpooled, type SpoolHome, type ToldLaunch } from '../../src/journal/tell-spooled.ts'
import { diskOf, stateFolder } from './disk.ts'
import { codeOf } from './code-of.ts'
import type { Process } from './process.ts'
import { flagKey } from './sheet.ts'
import { launchesOf, type World } from './world.ts'

/** What a spooled record says of where it belongs, as every machine of a world has it. */
export const home = { app: 'sim', location: `s3://sim/${flagKey}`, state: `file:${stateFolder}`, region: '' } as const

/** Machines that kept something, by the name of the process that did; where the state is a folder all are one. */
export function spoolOf(world: World, process: Process, machine = process.name): Spool {
  const folder = world.swarm.disk?.folder ? '/home/spool' : `/home/${machine}/spool`
  return spoolIn(folder, diskOf(world, process))
}

/** Where a driver keeps what it owes its journal, as the commands have it. */
export function owedSpoolOf(world: World, process: Process): OwedSpool {
  const spool = spoolOf(world, process)
  return {
    keep: async ({ happening, signed }, launch) => {
      world.kept.add(process.name)
      await spool.keep({ schema: 2, ...signed, ...home, launch, happening })
      world.counters.add(`kept on disk: ${happening.type}`)
    },
    drop: ({ signed }) => spool.drop(signed.id),
  }
}

/** `launch journal flush`, by hand or in passing: what waits on a machine is told to the journal. */
export async function flush(world: World, process: Process, machine: string): Promise<void> {
  const spool = spoolOf(world, process, machine)
  try {
    const { kept, strange } = await spool.read()
    if (strange.length > 0) world.found('I4', `the spool of ${machine} has what nobody understands: ${strange.join()}`)
    for (const spooled of kept) {
      const { status } = await tell(world, process, spool, spooled, process.stop.signal)
      if (status === 'elsewhere') continue
      await spool.drop(spooled.id)
      world.counters.add('told from disk')
    }
  } catch (error) {
    if (!process.stop.signal.aborted) world.counters.add(`flush ${codeOf(world, error)}`)
  } finally {
    process.isDone = true
  }
}

/** As the command has it, every launch being about the one flag; throws what the journal throws. */
export function tell(
  world: World,
  process: Process,
  spool: SpoolHome['spool'],
  spooled: Spooled,
  signal: AbortSignal,
): Promise<ToldLaunch> {
  const launches = launchesOf(world, process)
  return tellSpooled({ app: home.app, launches, spool, flagOf: async () => home.location }, spooled, signal)
}

/** I20: in peace nothing is left on a machine but what was done before there was a launch. */
export async function untold(world: World, process: Process): Promise<void> {
  const [first] = world.truth.opened
  for (const machine of world.kept) {
    const { kept } = await spoolOf(world, process, machine).read()
    for (const { id } of kept)
      if (first !== undefined && first < id) world.found('I20', `${id} still waits on ${machine} for the journal`)
  }
  process.isDone = true
}
