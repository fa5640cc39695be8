import type { ReleaseFile } from '../core/release.ts'

/** Up to this many files every one is fetched: a second's work. */
const smallRelease = 200
/**
 * Which files are fetched through the CDN after they were published. `all`: every one. `sample`: HTML and whatever else changed
 * under the same name, which is where an old copy may be served, up to `others` of the new assets and as many that stayed; the same
 * ones for the same release. That each object holds what was hashed, S3 has said of all of them when it took them.
 */
export function filesToVerify(
  files: readonly ReleaseFile[],
  changed: readonly ReleaseFile[],
  verify: 'sample' | 'all',
  others = 32,
): readonly ReleaseFile[] {
  if (verify === 'all' || files.length <= smallRelease) return files
  const isChanged = new Set(changed.map(({ path }) => path))
  const byName = (file: ReleaseFile) =>
    file.class !== 'immutable' && (isChanged.has(file.path) || file.path === 'index.html')
  // By content: an order that has nothing to do with names or sizes, and is the same on every machine.
  const rest = files.filter((file) => !byName(file)).toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
  const fresh = rest.filter(({ path }) => isChanged.has(path)).slice(0, others)
  const stayed = rest.filter(({ path }) => !isChanged.has(path)).slice(0, others)
  const picked = new Set([...fresh, ...stayed])
  return files.filter((file) => byName(file) || picked.has(file))
}
