import { environmentOf } from '../core/environment-of.ts'
import { LaunchError } from '../core/errors.ts'
import { keys } from '../core/release.ts'
import { text, type Command } from './command.ts'
import { sizeOf } from './releases-list.ts'
import { mustHaveWorld } from './launch-for.ts'
import { linesFor } from './say.ts'

export const releasesShow: Command = {
  name: 'releases show',
  group: 'look',
  about: 'one release file by file: hash, type, cache-control, and whether the bucket still has what a rollback needs',
  args: [['[release]', 'its id; by default the one that is served']],
  examples: [
    ['launch releases show', 'what is served now'],
    ['launch releases show r-0a1b2c3d4e5f --json', 'the manifest as data'],
  ],
  run: async (context, args) => {
    const { plan } = await context.project()
    await mustHaveWorld(context)
    const [{ readCurrent, readManifest }, { table, safeText }, { short }, world] = await Promise.all([
      import('../steps/releases.ts'),
      import('../ui/text.ts'),
      import('../ui/format.ts'),
      context.world(plan, { driver: false }),
    ])
    const { name, bucket } = environmentOf(plan, context.options.env)
    const objects = world.objects(name)
    const { signal } = context
    const id = text(args, 'release') ?? (await readCurrent(objects, signal))?.current.release
    if (id === undefined)
      throw new LaunchError('NOT_FOUND', `launch has deployed nothing to s3://${bucket}`, { hint: 'launch deploy' })
    const [manifest, listed] = await Promise.all([readManifest(objects, id, signal), objects.list('', signal)])
    const there = new Set(listed.map(({ key }) => key))
    const gone = manifest.files.filter(
      (file) => !there.has(file.class === 'immutable' ? file.path : keys.kept(manifest.id, file.path)),
    )
    const rows = manifest.files.map((file) => [
      safeText(file.path),
      String(file.bytes),
      short(file.sha256),
      file.class,
      safeText(file.contentType),
      safeText(file.cacheControl),
    ])
    const head = ['FILE', 'BYTES', 'SHA-256', 'CLASS', 'TYPE', 'CACHE-CONTROL'].map(context.output.out.theme.paint.dim)
    const end =
      gone.length === 0
        ? 'a rollback to it would find every file'
        : `a rollback to it would be refused: ${gone.length} files are gone, ${safeText(gone[0]?.path ?? '')} for one`
    return {
      outcome: 'succeeded',
      text: linesFor(context, [
        `${safeText(id)}: version ${safeText(manifest.version)}, commit ${safeText(short(manifest.commit))}, ${sizeOf(manifest.files)}`,
        ...table([head, ...rows]),
        end,
      ]),
      document: { environment: name, manifest, missing: gone.map(({ path }) => path) },
    }
  },
}
