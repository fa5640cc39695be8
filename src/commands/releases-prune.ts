import type { Context } from '../context.ts'
import { environmentOf } from '../core/environment-of.ts'
import { LaunchError } from '../core/errors.ts'
import { plural } from '../core/quantity.ts'
import type { Plan } from '../core/plan.ts'
import { releaseId } from '../core/release.ts'
import { defaultRetention, pruning, type Retention } from '../core/retention.ts'
import { parseDuration } from '../core/units.ts'
import { text, type Command, type Options } from './command.ts'
import { readLaunch } from './open-launch.ts'
import { linesFor } from './say.ts'

export const releasesPrune: Command = {
  name: 'releases prune',
  group: 'act',
  about: 'remove what only old releases need: never what a kept release, an open launch or nobody of launch put there',
  options: [
    ['--keep <n>', `so many of the last releases stay (default: ${defaultRetention.releases})`],
    ['--keep-for <duration>', 'younger ones stay, too (default: 7d)'],
  ],
  examples: [
    ['launch releases prune --dry-run', 'say what would go, and why the rest stays'],
    ['launch releases prune --env staging --keep 2 --yes', 'staging keeps two'],
  ],
  run: async (context, _args, options) => {
    const { signal } = context
    const { plan } = await context.project()
    const retention = retentionOf(options, plan)
    const [{ knownReleases }, { safeText }, world] = await Promise.all([
      import('../steps/known-releases.ts'),
      import('../ui/text.ts'),
      context.world(plan, { driver: false }),
    ])
    const { name } = environmentOf(plan, context.options.env)
    const objects = world.objects(name)
    const [found, all, inUse] = await Promise.all([
      knownReleases(objects, signal),
      objects.list('', signal),
      usedByOpenLaunch(context, plan),
    ])
    const [broken] = found.unreadable
    if (broken) {
      throw new LaunchError(
        'REFUSED',
        `${broken.release} cannot be read, so what it needs is not known: ${broken.why}`,
        {
          hint: 'mend or move away its manifest first',
        },
      )
    }
    const order = { retention, inUse, now: world.clock.now() }
    const removal = pruning(found.releases, found.current, all, order)
    const goes = `${plural(removal.pruned.length, 'release')}, ${plural(removal.keys.length, 'object')}, ${(removal.bytes / 1e6).toFixed(1)} MB`
    const lines = [
      ...removal.kept.map(({ release, why }) => `keeps ${safeText(release)}: ${why}`),
      ...removal.pruned.map((release) => `removes ${safeText(release)}`),
    ]
    const document = {
      environment: name,
      kept: removal.kept,
      pruned: removal.pruned,
      objects: removal.keys.length,
      bytes: removal.bytes,
    }
    if (context.options.dryRun) {
      const keysShown = removal.keys.map((key) => `  ${safeText(key)}`)
      const told = [...lines, ...keysShown, `dry run: would remove ${goes} from s3://${objects.bucket}`]
      return {
        outcome: 'succeeded',
        text: linesFor(context, told),
        document: { ...document, keys: removal.keys, dryRun: true },
      }
    }
    if (removal.keys.length > 0 && !context.options.yes && !context.isSandbox)
      throw new LaunchError('CONFIRMATION_NEEDED', `this removes ${goes} from s3://${objects.bucket}`, {
        hint: 'launch releases prune --dry-run names each; --yes removes them',
      })
    // Who moved the pointer since then may need what is about to go.
    const now = await knownReleases(objects, signal)
    if (now.current?.writeId !== found.current?.writeId || now.releases.length !== found.releases.length)
      throw new LaunchError('SUPERSEDED', 'a deploy or a rollback came in between; nothing was removed')
    await objects.remove(removal.keys, signal)
    return { outcome: 'succeeded', text: linesFor(context, [...lines, `removed ${goes}`]), document }
  },
}

function retentionOf(options: Options, { deploy }: Plan): Retention {
  const keep = text(options, 'keep')
  const releases = keep === null ? (deploy?.keep ?? defaultRetention.releases) : Number(keep)
  if (!Number.isSafeInteger(releases) || releases < 1)
    throw new LaunchError('USAGE', `--keep "${keep}" is not a number of releases`, { hint: 'one is the least' })
  const keepFor = text(options, 'keepFor')
  const ms = keepFor === null ? (deploy?.keepForMs ?? defaultRetention.ms) : parseDuration(keepFor)
  if (ms === null) throw new LaunchError('USAGE', `--keep-for "${keepFor}" is not a duration; write 7d or 12h`)
  return { releases, ms }
}

/** The release an open launch built and the ones it found: its canary serves one, its rollback needs the other. */
async function usedByOpenLaunch(context: Context, plan: Plan): Promise<readonly string[]> {
  const open = await (await context.launches(plan)).current(context.signal)
  if (!open) return []
  const state = await readLaunch(open, context.signal)
  const deployed = Object.values(state.deployments)
  const built = state.artifact ? [releaseId(state.artifact.hash)] : []
  return [...built, ...deployed.flatMap((one) => [one.release.id, one.release.previous ?? ''])].filter(
    (id) => id !== '',
  )
}
