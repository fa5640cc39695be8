import { LaunchError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import type { FileEntry, ObjectStore, Random } from '../core/ports.ts'
import { artifactHash, keys, type Current, type Manifest, type ReleaseFile } from '../core/release.ts'
import { eachFile } from './each-file.ts'
import { headersOf } from './publish.ts'
import { moveCurrent, readLive, writeManifest, type Live } from './releases.ts'
import { asReleaseFiles } from './serve.ts'

/**
 * A site that was deployed by other means becomes release zero: its manifest and copies of its files are written, so that there is
 * something to go back to. Null for an empty bucket. Of the site no more is in memory at once than `eachFile` has under way.
 *
 * Throws SUPERSEDED when somebody changes the site meanwhile.
 */
export async function adopt(
  objects: ObjectStore,
  immutable: readonly string[],
  flagKey: string | null,
  random: Random,
  signal: AbortSignal,
): Promise<Live | null> {
  const all = await objects.list('', signal)
  // What stands in a bucket that was empty before a deploy that broke off is no site to go back to.
  if (all.some(({ key }) => key.startsWith(keys.builtReleases))) return null
  const listed = all.filter(({ key }) => !key.startsWith(keys.own) && key !== flagKey)
  if (listed.length === 0) return null
  const found = new Map<string, FileEntry & { readonly contentType: string; readonly cacheControl: string }>()
  await eachFile(
    listed.map(({ key, bytes }) => ({ path: key, bytes })),
    async ({ path, bytes }) => {
      const object = await objects.get(path, signal)
      if (!object) return
      const { body, contentType, cacheControl } = object
      found.set(path, { path, bytes, sha256: sha256(body), contentType, cacheControl })
    },
  )
  const served = listed.flatMap(({ key }) => found.get(key) ?? [])
  const entries = served.map(({ path, bytes, sha256: hash }) => ({ path, bytes, sha256: hash }))
  // Served as it is now, not as launch would have served it.
  const files = asReleaseFiles(entries, immutable).map((file, i) => ({ ...file, ...served[i] }))
  const artifact = artifactHash(entries)
  const manifest: Manifest = {
    schema: 1,
    id: `zero-${artifact.slice(0, 12)}`,
    version: 'before launch',
    commit: '',
    previous: null,
    artifact,
    files,
  }
  const mutable = files.filter((file) => file.class !== 'immutable')
  await eachFile(mutable, (file) => keepCopy(objects, manifest.id, file, signal))
  await writeManifest(objects, manifest, signal)
  const current: Current = { schema: 1, release: manifest.id, previous: null, writeId: random.id(), restored: false }
  // Whoever was there first, a process that adopts it just now for one: what the pointer names is the release that is served.
  await moveCurrent(objects, current, null, signal)
  return readLive(objects, signal)
}

async function keepCopy(objects: ObjectStore, release: string, file: ReleaseFile, signal: AbortSignal): Promise<void> {
  const now = await objects.get(file.path, signal)
  if (!now || sha256(now.body) !== file.sha256)
    throw new LaunchError('SUPERSEDED', `somebody changed /${file.path} of s3://${objects.bucket} while it was adopted`)
  await objects.put(keys.kept(release, file.path), now.body, headersOf(file), signal)
}
