import { sha256 } from '../core/hash.ts'
import type { ObjectStore, Random } from '../core/ports.ts'
import { artifactHash, keys, type Current, type Manifest } from '../core/release.ts'
import { eachFile } from './each-file.ts'
import { moveCurrent, readCurrent, writeManifest } from './releases.ts'
import { asReleaseFiles } from './serve.ts'

/**
 * The release a bucket serves. A site that was deployed by other means is adopted first, as release zero: its manifest and
 * copies of its files are written, so that there is something to go back to. Null for an empty bucket.
 */
export async function currentOrAdopted(
  objects: ObjectStore,
  immutable: readonly string[],
  flagKey: string | null,
  random: Random,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<typeof readCurrent>>> {
  const found = await readCurrent(objects, signal)
  if (found) return found
  const all = await objects.list('', signal)
  // What stands in a bucket that was empty before a deploy that broke off is no site to go back to.
  if (all.some(({ key }) => key.startsWith(keys.builtReleases))) return null
  const listed = all.filter(({ key }) => !key.startsWith('.launch/') && key !== flagKey)
  if (listed.length === 0) return null
  const bodies = new Map<
    string,
    { readonly body: Uint8Array; readonly contentType: string; readonly cacheControl: string }
  >()
  const entries = []
  for (const { key, bytes } of listed) {
    const object = await objects.get(key, signal)
    if (!object) continue
    bodies.set(key, object)
    entries.push({ path: key, bytes, sha256: sha256(object.body) })
  }
  // Served as it is now, not as launch would have served it.
  const files = asReleaseFiles(entries, immutable).map((file) => {
    const served = bodies.get(file.path)
    return served ? { ...file, contentType: served.contentType, cacheControl: served.cacheControl } : file
  })
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
  await eachFile(
    files.filter((file) => file.class !== 'immutable'),
    async (file) => {
      const served = bodies.get(file.path)
      if (served)
        await objects.put(
          keys.kept(manifest.id, file.path),
          served.body,
          { contentType: file.contentType, cacheControl: file.cacheControl, sha256: file.sha256 },
          signal,
        )
    },
  )
  await writeManifest(objects, manifest, signal)
  const current: Current = { schema: 1, release: manifest.id, previous: null, writeId: random.id(), restored: false }
  // Whoever was there first, a process that adopts it just now for one: what the pointer names is the release that is served.
  await moveCurrent(objects, current, null, signal)
  return readCurrent(objects, signal)
}
