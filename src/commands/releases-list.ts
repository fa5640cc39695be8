import { environmentOf } from '../core/environment-of.ts'
import { plural } from '../core/quantity.ts'
import type { Current } from '../core/release.ts'
import type { KnownRelease } from '../core/retention.ts'
import type { Command } from './command.ts'
import { mustHaveWorld } from './launch-for.ts'
import { linesFor } from './say.ts'

export const releasesList: Command = {
  name: 'releases list',
  group: 'look',
  about: 'the releases an environment can go back to, newest first, and which one it serves',
  examples: [
    ['launch releases list', 'of production'],
    ['launch releases list --env staging --json', 'as data'],
  ],
  run: async (context) => {
    const { plan } = await context.project()
    await mustHaveWorld(context)
    const [{ knownReleases }, { table, safeText }, { dateTime, short }, world] = await Promise.all([
      import('../steps/known-releases.ts'),
      import('../ui/text.ts'),
      import('../ui/format.ts'),
      context.world(plan, { driver: false }),
    ])
    const { name, bucket } = environmentOf(plan, context.options.env)
    const { current, releases, unreadable } = await knownReleases(world.objects(name), context.signal)
    const { paint } = context.output.out.theme
    const head = ['RELEASE', 'RECORDED (UTC)', 'VERSION', 'COMMIT', 'FILES', ''].map((cell) => paint.dim(cell))
    const rows = releases.map(({ manifest: { id, version, commit, files }, at }) => [
      safeText(id),
      at === null ? '' : dateTime(at),
      safeText(version),
      safeText(short(commit)),
      String(files.length),
      standing(id, current),
    ])
    const none = `launch has deployed nothing to s3://${bucket}`
    const broken = unreadable.map(({ release, why }) => `${safeText(release)} cannot be read: ${safeText(why)}`)
    return {
      outcome: 'succeeded',
      text: linesFor(context, [...(rows.length === 0 ? [none] : table([head, ...rows])), ...broken]),
      document: {
        environment: name,
        current: current?.release ?? null,
        releases: releases.map((one) => row(one, current)),
      },
    }
  },
}

function row({ manifest, at }: KnownRelease, current: Current | null): object {
  const { id, version, commit, previous, artifact, files } = manifest
  const bytes = files.reduce((total, file) => total + file.bytes, 0)
  const recordedAt = at === null ? null : new Date(at).toISOString()
  return {
    release: id,
    version,
    commit,
    previous,
    artifact,
    files: files.length,
    bytes,
    recordedAt,
    served: id === current?.release,
  }
}

function standing(release: string, current: Current | null): string {
  if (release === current?.release) return current.restored ? 'served, put back by a rollback' : 'served'
  return release === current?.previous ? 'a rollback goes here' : ''
}

/** `12 files, 3.4 MB` */
export function sizeOf(files: readonly { readonly bytes: number }[]): string {
  return `${plural(files.length, 'file')}, ${(files.reduce((total, { bytes }) => total + bytes, 0) / 1e6).toFixed(1)} MB`
}
