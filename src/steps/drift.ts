import type { ObjectStore } from '../core/ports.ts'
import { keys, type Manifest, type ReleaseFile } from '../core/release.ts'

/**
 * Files the live release should serve with the same content as the next one but does not: gone, or changed by other means
 * (a hand, a deploy that broke off). One listing tells: a file and the release's own copy of it have the same ETag.
 */
export async function driftedFiles(
  next: readonly ReleaseFile[],
  live: Manifest,
  objects: ObjectStore,
  signal: AbortSignal,
): Promise<readonly ReleaseFile[]> {
  const listed = new Map((await objects.list('', signal)).map(({ key, etag }) => [key, etag]))
  const served = new Map(live.files.map((file) => [file.path, file.sha256]))
  return next.filter((file) => {
    if (served.get(file.path) !== file.sha256) return false
    const there = listed.get(file.path)
    return there === undefined || (file.class !== 'immutable' && there !== listed.get(keys.kept(live.id, file.path)))
  })
}
