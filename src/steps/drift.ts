import { keys, type Manifest, type ReleaseFile } from '../core/release.ts'

/**
 * Files the live release should serve just as the next one but does not: gone, or changed by other means (a hand, a deploy
 * that broke off). One listing tells: a file and the release's own copy of it have the same ETag.
 */
export function driftedFiles(
  next: readonly ReleaseFile[],
  changed: readonly ReleaseFile[],
  live: Manifest,
  listed: ReadonlyMap<string, string>,
): readonly ReleaseFile[] {
  const isChanged = new Set(changed.map(({ path }) => path))
  return next.filter((file) => {
    if (isChanged.has(file.path)) return false
    const there = listed.get(file.path)
    return there === undefined || (file.class !== 'immutable' && there !== listed.get(keys.kept(live.id, file.path)))
  })
}
