import { LaunchError } from '../core/errors.ts'
import type { ObjectStore } from '../core/ports.ts'
import { keys, type Current } from '../core/release.ts'
import type { KnownRelease, ListedObject } from '../core/retention.ts'
import { readCurrent, readManifest } from './releases.ts'

export type BucketReleases = {
  readonly current: Current | null
  /** Newest first. */
  readonly releases: readonly KnownRelease[]
  readonly listed: readonly ListedObject[]
  /** Releases whose manifest cannot be read: nothing may be removed then. */
  readonly unreadable: readonly { readonly release: string; readonly why: string }[]
}

const manifestKey = /^\.launch\/releases\/([^/]+)\/manifest\.json$/

/** Every release that is recorded in a bucket. */
export async function knownReleases(objects: ObjectStore, signal: AbortSignal): Promise<BucketReleases> {
  const [live, listed] = await Promise.all([readCurrent(objects, signal), objects.list(keys.own, signal)])
  const releases: KnownRelease[] = []
  const unreadable: { release: string; why: string }[] = []
  for (const { key, at } of listed) {
    const release = manifestKey.exec(key)?.[1]
    if (release === undefined) continue
    try {
      releases.push({ manifest: await readManifest(objects, release, signal), at: at ?? null })
    } catch (error) {
      if (!(error instanceof LaunchError) || error.outcome === 'unavailable') throw error
      unreadable.push({ release, why: error.message })
    }
  }
  const age = ({ at }: KnownRelease) => at ?? Number.MAX_VALUE
  return { current: live?.current ?? null, releases: releases.sort((a, b) => age(b) - age(a)), listed, unreadable }
}
