import type { EpochMs } from './brand.ts'
import type { Current, Manifest } from './release.ts'
import { keys } from './release.ts'

/** How long releases can be gone back to. */
export type Retention = {
  /** The last so many are kept. */
  readonly releases: number
  /** A release younger than this is kept, too: tabs stay open and load their chunks late. */
  readonly ms: number
}

export const defaultRetention: Retention = { releases: 5, ms: 7 * 86_400_000 }

/** An object that may still be part of a deploy under way is left alone for this long. */
export const youngMs = 86_400_000

export type KnownRelease = {
  readonly manifest: Manifest
  /** When its manifest was written last; null when the store does not say. */
  readonly at: EpochMs | null
}

export type ListedObject = { readonly key: string; readonly bytes: number; readonly at?: EpochMs }

export type Pruning = {
  readonly kept: readonly { readonly release: string; readonly why: string }[]
  readonly pruned: readonly string[]
  /** In the order to remove them: files first, each release's manifest after all of them. */
  readonly keys: readonly string[]
  readonly bytes: number
}

/**
 * What may be removed: copies and assets of releases that nobody can want back, and of those assets only the ones no kept
 * release lists. Objects that no pruned release of ours lists are never in it, nor is anything served under a name that does not
 * carry its content. `inUse`: releases an open launch deploys or would go back to.
 */
export function pruning(
  releases: readonly KnownRelease[],
  current: Current | null,
  listed: readonly ListedObject[],
  order: { readonly retention: Retention; readonly inUse: readonly string[]; readonly now: EpochMs },
): Pruning {
  const newestFirst = releases.toSorted((a, b) => (b.at ?? Number.MAX_VALUE) - (a.at ?? Number.MAX_VALUE))
  const reasons = newestFirst.map((release, n) => ({ ...release, why: reasonToKeep(release, n, current, order) }))
  const kept = reasons.filter(({ why }) => why !== null)
  const pruned = reasons.filter(({ why }) => why === null).map(({ manifest }) => manifest)
  const needed = new Set(kept.flatMap(({ manifest }) => manifest.files.map(({ path }) => path)))
  const candidates = new Set([...pruned.flatMap(assetsOf), ...pruned.flatMap(copiesOf)])
  const own = listed.filter(({ key }) => candidates.has(key) && !needed.has(key))
  const removable = own.filter(({ at }) => at !== undefined && order.now - at >= youngMs)
  const left = new Set(own.filter(({ at }) => at === undefined || order.now - at < youngMs).map(({ key }) => key))
  // What is left for now has to be found again the next time.
  const ended = pruned.filter(
    (manifest) => ![...assetsOf(manifest), ...copiesOf(manifest)].some((key) => left.has(key)),
  )
  const manifests = new Set(ended.map(({ id }) => keys.manifest(id)))
  const last = listed.filter(({ key }) => manifests.has(key))
  return {
    kept: kept.map(({ manifest, why }) => ({ release: manifest.id, why: why ?? '' })),
    pruned: pruned.map(({ id }) => id),
    keys: [...removable, ...last].map(({ key }) => key),
    bytes: [...removable, ...last].reduce((total, { bytes }) => total + bytes, 0),
  }
}

function reasonToKeep(
  { manifest, at }: KnownRelease,
  rank: number,
  current: Current | null,
  { retention, inUse, now }: Parameters<typeof pruning>[3],
): string | null {
  if (current === null) return 'which release is served is not known'
  if (manifest.id === current.release) return 'it is served'
  if (manifest.id === current.previous) return 'a rollback goes back to it'
  if (inUse.includes(manifest.id)) return 'an open launch needs it'
  if (rank < retention.releases) return `one of the last ${retention.releases}`
  if (at === null) return 'its age is not known'
  return now - at < retention.ms ? 'it is too young' : null
}

/** Files served under a name of their own. What stood there before launch came is nobody's to remove. */
function assetsOf({ id, files }: Manifest): readonly string[] {
  if (!keys.manifest(id).startsWith(keys.builtReleases)) return []
  return files.filter((file) => file.class === 'immutable').map(({ path }) => path)
}

function copiesOf({ id, files }: Manifest): readonly string[] {
  return files.filter((file) => file.class !== 'immutable').map(({ path }) => keys.kept(id, path))
}
