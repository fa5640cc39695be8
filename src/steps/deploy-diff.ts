import { foreignKeys } from '../core/foreign.ts'
import type { Build } from '../core/plan.ts'
import type { Files, ObjectStore } from '../core/ports.ts'
import { keys, type DeployDiff } from '../core/release.ts'
import { builtFiles, compare, listKeys } from './compare.ts'
import { knownReleases } from './known-releases.ts'
import { readLive } from './releases.ts'

/** Reads only. Throws ARTIFACT_INVALID without a build output. */
export async function deployDiff(
  build: Build,
  flagKey: string | null,
  { objects, files }: { readonly objects: ObjectStore; readonly files: Files },
  signal: AbortSignal,
): Promise<DeployDiff> {
  const built = await builtFiles(build, files)
  const [live, listed, known] = await Promise.all([
    readLive(objects, signal),
    listKeys(objects, signal),
    knownReleases(objects, signal),
  ])
  const found = compare(built.files, live, listed)
  const served = live?.manifest.files ?? []
  const [before, now] = [served, built.files].map((list) => new Set(list.map(({ path }) => path)))
  const recorded = known.releases.map(({ manifest }) => manifest)
  const foreign = foreignKeys(listed.keys(), [...recorded, built], flagKey)
  return {
    release: built.id,
    live: live?.current.release ?? null,
    added: found.changed.filter(({ path }) => before?.has(path) !== true),
    changed: found.changed.filter(({ path }) => before?.has(path) === true),
    drifted: found.drifted,
    unchanged: built.files.length - found.changed.length - found.drifted.length,
    retired: served.map(({ path }) => path).filter((path) => now?.has(path) !== true),
    foreign,
    adopted: live ? [] : [...listed.keys()].filter((key) => !key.startsWith(keys.own) && key !== flagKey),
  }
}
