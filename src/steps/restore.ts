import type { Cdn, Clock, Http, ObjectStore, Random } from '../core/ports.ts'
import {
  changedFiles,
  invalidationPaths,
  keys,
  type Current,
  type Manifest,
  type ReleaseFile,
} from '../core/release.ts'
import { invalidationDone } from './invalidation-done.ts'
import { mendRelease, type LocalFile } from './mend-release.ts'
import { putInPlace } from './publish.ts'
import { listKeys, type Listed } from './compare.ts'
import { readCurrent, readLive, readManifest, writeCurrent } from './releases.ts'
import { filesToVerify } from './sample.ts'
import { verifyServed, type Served } from './verify-served.ts'

export type RestorePorts = {
  readonly objects: ObjectStore
  readonly cdn: Cdn | null
  readonly http: Http
  readonly clock: Clock
  readonly random: Random
  /** For files the bucket has lost. */
  readonly local?: LocalFile
  /** Until CloudFront says that the old copies are gone. */
  readonly waitForInvalidation?: boolean
}

export type RestoreTarget = {
  /** The release to serve, when somebody named it. */
  readonly to: string | null
  /** The release to get away from, whether or not its deploy came to its end; null: whatever is served now. */
  readonly awayFrom: string | null
}

export type Restored = {
  readonly release: string
  readonly from: string
  /** Why users may see old copies for a while, or null. */
  readonly degraded: string | null
  readonly served: Served
}

/** How long old copies may outlive the restored files: the TTL of other files, browsers included. */
const verifyMs = 120_000

/** Of files a restore did not touch a few are fetched: it is in a hurry. */
const othersVerified = 4

/**
 * Makes an environment serve an earlier release again: its own copies are put back inside the bucket, HTML last, nothing
 * is uploaded. Null when there is nothing earlier. Repeating it is harmless.
 *
 * Throws NOT_FOUND when the target is not there any more or lacks files that are nowhere else.
 */
export async function restorePrevious(
  url: string,
  target: RestoreTarget,
  ports: RestorePorts,
  signal: AbortSignal,
): Promise<Restored | null> {
  const { objects, cdn, http, clock, random } = ports
  const listing = listKeys(objects, signal)
  listing.catch(() => {}) // whoever waits for it is told
  const live = await readCurrent(objects, signal)
  const release = live && releaseToRestore(live.current, target)
  if (!live || release === null) return null
  const [manifest, bad] = await Promise.all([
    readManifest(objects, release, signal),
    readManifest(objects, live.current.release, signal),
  ])
  const listed = await mendRelease(manifest, await listing, ports, signal)
  const stale = notServed(manifest, bad, listed)
  await putInPlace(release, stale, objects, signal)
  await writeCurrent(
    objects,
    { schema: 1, release, previous: manifest.previous, writeId: random.id(), restored: true },
    live.etag,
    signal,
  )
  // Also what was right in the bucket: the edge may have an older copy of it.
  const paths = invalidationPaths([...manifest.files, ...changedFiles(bad.files, manifest)])
  const started = cdn
    ? await cdn.invalidate([...new Set(paths)], `launch-restore-${release}-${random.id()}`, signal)
    : null
  const checked = filesToVerify(manifest.files, stale, 'sample', othersVerified)
  const served = await verifyServed(url, checked, { http, clock }, verifyMs, signal)
  const degraded = started && (await troubleWith(started, ports, signal))
  return { release, from: live.current.release, degraded, served }
}

async function troubleWith(
  started: Awaited<ReturnType<Cdn['invalidate']>>,
  { cdn, clock, waitForInvalidation }: RestorePorts,
  signal: AbortSignal,
): Promise<string | null> {
  if (started.status === 'degraded') return started.why
  return cdn && waitForInvalidation === true ? invalidationDone(cdn, started.id, clock, signal) : null
}

/** A deploy that broke off before the pointer moved left the release before it as the current one: that is the one to put back. */
export function releaseToRestore(current: Current, { to, awayFrom }: RestoreTarget): string | null {
  if (to !== null) return to
  const bad = awayFrom ?? (current.restored ? null : current.release)
  return current.release === bad ? current.previous : current.release
}

/**
 * Files to put back: all but those that one listing shows to be as the release's own copies are, served in the same way. What is
 * immutable has no copy: it stands where it is served.
 */
function notServed(manifest: Manifest, bad: Manifest, listed: Listed): readonly ReleaseFile[] {
  const changed = new Set(changedFiles(manifest.files, bad).map(({ path }) => path))
  return manifest.files.filter(
    (file) =>
      file.class !== 'immutable' &&
      (changed.has(file.path) || listed.get(file.path) !== listed.get(keys.kept(manifest.id, file.path))),
  )
}

/** Whether users are served exactly the release the bucket says it serves. Null when launch never deployed there. */
export async function verifyCurrent(
  url: string,
  ports: Pick<RestorePorts, 'objects' | 'http' | 'clock'>,
  signal: AbortSignal,
): Promise<{ readonly release: string; readonly files: number; readonly served: Served } | null> {
  const live = await readLive(ports.objects, signal)
  if (!live) return null
  const { manifest } = live
  const served = await verifyServed(url, manifest.files, ports, 0, signal)
  return { release: manifest.id, files: manifest.files.length, served }
}
