import { LaunchError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import type { ObjectStore } from '../core/ports.ts'
import { keys, type Manifest, type ReleaseFile } from '../core/release.ts'
import { listKeys, type Listed } from './compare.ts'
import { eachFile } from './each-file.ts'
import { knownReleases } from './known-releases.ts'
import { headersOf } from './publish.ts'
import { putOnce } from './releases.ts'

/** A file of the build output that is on this machine, or null. */
export type LocalFile = (path: string) => Promise<Uint8Array | null>

const namesShown = 5

/** Where a release needs a file to be: immutable ones where they are served, others as its own copy. */
function placeOf({ id }: Manifest, file: ReleaseFile): string {
  return file.class === 'immutable' ? file.path : keys.kept(id, file.path)
}

/**
 * Puts back what a release needs and the bucket has lost, from wherever the same bytes are: another release's copy, what is served, the
 * build output of this machine. Returns the listing as it is then.
 *
 * Throws NOT_FOUND naming the files that are nowhere; nothing was changed then.
 */
export async function mendRelease(
  manifest: Manifest,
  listed: Listed,
  from: { readonly objects: ObjectStore; readonly local?: LocalFile },
  signal: AbortSignal,
): Promise<Listed> {
  const missing = manifest.files.filter((file) => !listed.has(placeOf(manifest, file)))
  if (missing.length === 0) return listed
  const { objects } = from
  const copies = await copiesByHash(objects, listed, signal)
  const bodyOf = (file: ReleaseFile) => sameBytes(file, copies.get(file.sha256) ?? [], from, signal)
  const gone: string[] = []
  await eachFile(missing, async (file) => {
    if (!(await bodyOf(file))) gone.push(file.path)
  })
  if (gone.length > 0) throw nowhere(manifest, gone)
  await eachFile(missing, async (file) => {
    const body = await bodyOf(file)
    if (!body) throw nowhere(manifest, [file.path])
    await putOnce(objects, placeOf(manifest, file), body, headersOf(file), signal)
  })
  return listKeys(objects, signal)
}

function nowhere({ id }: Manifest, gone: readonly string[]): LaunchError {
  const more = gone.length > namesShown ? ` and ${gone.length - namesShown} more` : ''
  const named = gone.toSorted().slice(0, namesShown).join(', ')
  return new LaunchError(
    'NOT_FOUND',
    `release ${id} cannot be restored: ${gone.length} of its files are gone: ${named}${more}`,
    { hint: 'build its commit again here, or name another release: launch releases list, launch rollback full --to' },
  )
}

/** Keys that may hold the bytes of a hash, by what the manifests of all releases say. */
async function copiesByHash(
  objects: ObjectStore,
  listed: Listed,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { releases } = await knownReleases(objects, signal)
  const found = new Map<string, Set<string>>()
  for (const { manifest } of releases) {
    for (const file of manifest.files) {
      const keysOfFile = [keys.kept(manifest.id, file.path), file.path].filter((key) => listed.has(key))
      const known = found.get(file.sha256) ?? new Set()
      for (const key of keysOfFile) known.add(key)
      found.set(file.sha256, known)
    }
  }
  return new Map([...found].map(([hash, known]) => [hash, [...known]]))
}

/** What a key holds is believed when it has been hashed. */
async function sameBytes(
  file: ReleaseFile,
  candidates: readonly string[],
  { objects, local }: { readonly objects: ObjectStore; readonly local?: LocalFile },
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  for (const key of candidates) {
    const there = await objects.get(key, signal)
    if (there && sha256(there.body) === file.sha256) return there.body
  }
  // A folder that cannot be read is none: a rollback is not stopped by it.
  const here = local ? await local(file.path).catch(() => null) : null
  return here && sha256(here) === file.sha256 ? here : null
}
