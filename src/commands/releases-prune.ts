import type { Context } from '../context.ts'
import { environmentOf } from '../core/environment-of.ts'
import { LaunchError } from '../core/errors.ts'
import type { OtherUses } from '../core/foreign.ts'
import { plural } from '../core/quantity.ts'
import type { Environment, Plan } from '../core/plan.ts'
import { releaseId } from '../core/release.ts'
import { defaultRetention, pruning, type Retention } from '../core/retention.ts'
import { parseDuration } from '../core/units.ts'
import { text, type Command, type Options } from './command.ts'
import { mustHaveWorld } from './launch-for.ts'
import { readLaunch } from './open-launch.ts'
import { linesFor } from './say.ts'

export const releasesPrune: Command = {
  name: 'releases prune',
  group: 'act',
  about:
    'remove what only old releases need: never what a kept release or an open launch needs, nor what is not of launch unless deploy.removeForeign names it',
  options: [
    ['--keep-last <n>', `so many of the last releases stay (default: ${defaultRetention.releases})`],
    ['--keep-for <duration>', 'younger ones stay, too (default: 7d)'],
  ],
  examples: [
    ['launch releases prune --dry-run', 'say what would go, and why the rest stays'],
    ['launch releases prune --env staging --keep-last 2 --yes', 'staging keeps two'],
  ],
  run: async (context, _args, options) => {
    const { signal } = context
    const { plan } = await context.project()
    await mustHaveWorld(context)
    const retention = retentionOf(options, plan)
    const [{ knownReleases }, { foreignNamed }, { safeText }, world] = await Promise.all([
      import('../steps/known-releases.ts'),
      import('../steps/foreign.ts'),
      import('../ui/text.ts'),
      context.world(plan, { driver: false }),
    ])
    const environment = environmentOf(plan, context.options.env)
    const { name } = environment
    const objects = world.objects(name)
    const [found, all, inUse, uses] = await Promise.all([
      knownReleases(objects, signal),
      objects.list('', signal),
      usedByLaunch(context, plan),
      otherUses(context, plan, environment),
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
    const now = world.clock.now()
    const removal = pruning(found.releases, found.current, all, { retention, inUse: inUse.releases, now })
    const named = foreignNamed(plan.deploy?.removeForeign ?? [], all, found.releases, { uses, now })
    // What an open launch is going to deploy may be among them, and whoever serves nothing of launch has nothing that is foreign.
    const foreign = !inUse.isOpen && found.current !== null ? named : []
    const bytes = foreign.reduce((total, one) => total + one.bytes, removal.bytes)
    // Manifests stay last.
    const keys = [...foreign.map(({ key }) => key), ...removal.keys]
    const goes = `${plural(removal.pruned.length, 'release')}, ${plural(keys.length, 'object')}, ${(bytes / 1e6).toFixed(1)} MB`
    const lines = [
      ...removal.kept.map(({ release, why }) => `keeps ${safeText(release)}: ${why}`),
      ...(named.length > foreign.length
        ? [`keeps ${plural(named.length, 'object')} of no release: a launch is open, or none was deployed`]
        : []),
      ...removal.pruned.map((release) => `removes ${safeText(release)}`),
      ...(foreign.length > 0 ? [`removes ${plural(foreign.length, 'object')} of no release`] : []),
    ]
    const document = {
      environment: name,
      kept: removal.kept,
      pruned: removal.pruned,
      objects: keys.length,
      foreign: foreign.length,
      bytes,
    }
    if (context.options.dryRun) {
      const keysShown = keys.map((key) => `  ${safeText(key)}`)
      const told = [...lines, ...keysShown, `dry run: would remove ${goes} from s3://${objects.bucket}`]
      return {
        outcome: 'succeeded',
        text: linesFor(context, told),
        document: { ...document, keys, dryRun: true },
      }
    }
    if (keys.length > 0 && !context.options.yes && !context.isSandbox)
      throw new LaunchError('CONFIRMATION_NEEDED', `this removes ${goes} from s3://${objects.bucket}`, {
        hint: 'launch releases prune --dry-run names each; --yes removes them',
      })
    // Who moved the pointer since then may need what is about to go.
    const [again, opened] = await Promise.all([knownReleases(objects, signal), usedByLaunch(context, plan)])
    if (again.current?.writeId !== found.current?.writeId || again.releases.length !== found.releases.length)
      throw new LaunchError('SUPERSEDED', 'a deploy or a rollback came in between; nothing was removed')
    if (foreign.length > 0 && opened.isOpen)
      throw new LaunchError('SUPERSEDED', 'a launch was opened in between; nothing was removed')
    await objects.remove(keys, signal)
    return { outcome: 'succeeded', text: linesFor(context, [...lines, `removed ${goes}`]), document }
  },
}

function retentionOf(options: Options, { deploy }: Plan): Retention {
  const keep = text(options, 'keepLast')
  const releases = keep === null ? (deploy?.keep ?? defaultRetention.releases) : Number(keep)
  if (!Number.isSafeInteger(releases) || releases < 1)
    throw new LaunchError('USAGE', `--keep-last "${keep}" is not a number of releases`, { hint: 'one is the least' })
  const keepFor = text(options, 'keepFor')
  const ms = keepFor === null ? (deploy?.keepForMs ?? defaultRetention.ms) : parseDuration(keepFor)
  if (ms === null) throw new LaunchError('USAGE', `--keep-for "${keepFor}" is not a duration; write 7d or 12h`)
  return { releases, ms }
}

/** The release the last launch built and the ones it found: its canary serves one, its rollback needs the other. */
async function usedByLaunch(
  context: Context,
  plan: Plan,
): Promise<{ readonly releases: readonly string[]; readonly isOpen: boolean }> {
  const last = await (await context.launches(plan)).current(context.signal)
  if (!last) return { releases: [], isOpen: false }
  const state = await readLaunch(last, context.signal)
  const deployed = Object.values(state.deployments)
  const built = state.artifact ? [releaseId(state.artifact.hash)] : []
  const releases = [...built, ...deployed.flatMap((one) => [one.release.id, one.release.previous ?? ''])]
  return { releases: releases.filter((id) => id !== ''), isOpen: state.ended === null }
}

/** What stands in the bucket and is no file of a release. */
async function otherUses(context: Context, plan: Plan, { bucket, health }: Environment): Promise<OtherUses> {
  const [{ parseStateLocation }, { appsIn }, { flagKeyOf }, { state }] = await Promise.all([
    import('../journal/state-location.ts'),
    import('../journal/layout.ts'),
    import('../steps/deploy.ts'),
    context.project(),
  ])
  const statePrefixes = (context.options.state === null ? [state] : [state, context.options.state]).flatMap((text) => {
    const place = parseStateLocation(text)
    if (place.kind !== 's3' || place.bucket !== bucket) return []
    return [place.prefix === '' ? appsIn : `${place.prefix}/`]
  })
  return { flagKey: flagKeyOf({ plan }), statePrefixes, health }
}
