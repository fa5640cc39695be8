import type { Context } from '../context.ts'
import { firstLineOf } from '../core/errors.ts'
import type { FlagReading } from '../core/flag.ts'
import type { Environment, Plan } from '../core/plan.ts'
import type { FlagStore, ObjectStore } from '../core/ports.ts'
import { releaseToRestore, type RestoreTarget } from '../steps/restore.ts'
import { readCurrent, readManifest } from '../steps/releases.ts'
import { safeText } from '../ui/text.ts'
import type { CommandResult } from './command.ts'
import { journalHome, type KnownHome } from './journal-home.ts'
import type { RollbackTarget } from './rollback-target.ts'
import { wouldDo } from './say.ts'
import { aboutTypedPlace } from './typed-place.ts'
import { documentsNear } from './wrong-key.ts'

/** What an emergency rollback would do. Reads the flag and nothing else; throws what keeps it from being read. */
export async function emergencyDry(context: Context, target: RollbackTarget): Promise<CommandResult> {
  const { flag, place } = await context.emergency(target)
  const reading = await flag.read(context.signal).catch((error: unknown) => {
    throw aboutTypedPlace(error, target)
  })
  const isOdd = target.typed === 'alone' && reading.status === 'absent'
  const odd = isOdd
    ? [
        'and exit 5: the key may be wrong, and users then read another one',
        ...(await documentsNear(target, place, context.signal)),
      ]
    : []
  const journal = await journalLine(context, target)
  return wouldDo(turnOffText(target.flagKey, flag), [standing(reading), journal, ...odd], {
    flag: facts(flag, reading),
  })
}

type FullOrder = { readonly plan: Plan; readonly environment: Environment; readonly target: RestoreTarget }

/** What a full rollback would do. Throws NOT_FOUND for a release that is not there. */
export async function fullDry(context: Context, { plan, environment, target }: FullOrder): Promise<CommandResult> {
  const world = await context.world(plan)
  const flag = world.flag(environment.name)
  const [reading, restores] = await Promise.all([
    flag.read(context.signal),
    restoreLine(world.objects(environment.name), target, context.signal),
  ])
  const lines = [standing(reading), restores, await journalLine(context, { app: plan.app })]
  return wouldDo(turnOffText(plan.flag.key, flag), lines, { flag: facts(flag, reading) })
}

function turnOffText(flagKey: string, { location }: FlagStore): string {
  return `turn ${safeText(flagKey)} off for everybody and latch it: ${safeText(location)}`
}

function standing(reading: FlagReading): string {
  switch (reading.status) {
    case 'present': {
      const { percent, latched, updatedBy, reason } = reading.flag
      return `now at ${percent} %${latched ? `, latched already by ${safeText(updatedBy)}: ${safeText(reason)}` : ''}`
    }
    case 'absent':
      return 'now there is none: it would be a new one'
    case 'malformed':
      return `now there is something that is no flag (${safeText(reading.why)}): it would be replaced`
  }
}

async function restoreLine(objects: ObjectStore, target: RestoreTarget, signal: AbortSignal): Promise<string> {
  const live = await readCurrent(objects, signal)
  const release = live && releaseToRestore(live.current, target)
  if (!live || release === null) return 'then restore no files: there is no earlier release'
  const { files } = await readManifest(objects, release, signal)
  return `then serve the ${files.length} files of ${safeText(release)} again from s3://${objects.bucket}, in place of ${safeText(live.current.release)}`
}

/** Whom the rollback would be told to. */
async function journalLine(context: Context, known: KnownHome): Promise<string> {
  const { options, spoolFolder } = context
  if (options.env !== 'production') return `then tell no journal: launches are about production, this is ${options.env}`
  const found = await journalHome(context, known)
  if (found.status === 'unknown')
    return `then keep the record below ${spoolFolder}: nothing says where its launches are remembered (${firstLineOf(found.error)})`
  return `then tell the journal of ${safeText(found.home.app)} at ${found.home.state}`
}

function facts({ location }: FlagStore, reading: FlagReading): object {
  const { percent = null, latched = null } = reading.status === 'present' ? reading.flag : {}
  return { location, status: reading.status, percent, latched }
}
