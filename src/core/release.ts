import type { Sha256 } from './brand.ts'
import { hashOf } from './hash.ts'
import type { FileEntry } from './ports.ts'

/** How a file is served: `immutable` files carry their content in their name; HTML is the commit point and goes last. */
export type FileClass = 'immutable' | 'mutable' | 'html'

export type ReleaseFile = FileEntry & {
  readonly class: FileClass
  readonly contentType: string
  readonly cacheControl: string
}

/** Everything a release serves. Stored as `.launch/releases/<id>/manifest.json`. */
export type Manifest = {
  readonly schema: 1
  readonly id: string
  readonly version: string
  readonly commit: string
  readonly previous: string | null
  readonly artifact: Sha256
  readonly files: readonly ReleaseFile[]
}

/** Which release an environment serves. Stored as `.launch/current.json`, replaced by compare-and-set. */
export type Current = {
  readonly schema: 1
  readonly release: string
  readonly previous: string | null
  readonly writeId: string
  /** True when a rollback put it there: another rollback then goes no further back by itself. */ readonly restored: boolean
}

export const keys = {
  /** Everything of launch itself stands below it. */
  own: '.launch/',
  current: '.launch/current.json',
  /** Below it is what launch keeps of releases it built itself; an adopted one is called `zero-…`. */
  builtReleases: '.launch/releases/r-',
  manifest: (release: string) => `.launch/releases/${release}/manifest.json`,
  /** Where a release keeps its own copy of a file that later releases overwrite. */
  kept: (release: string, path: string) => `.launch/releases/${release}/files/${path}`,
} as const

/** One hash for a set of files: their paths and contents, in order. */
export function artifactHash(files: readonly FileEntry[]): Sha256 {
  return hashOf(files.map(({ path, sha256 }) => [path, sha256]))
}

/** `r-0a1b2c3d4e5f`: the same files are the same release. */
export function releaseId(artifact: Sha256): string {
  return `r-${artifact.slice(0, 12)}`
}

/** Upload order: immutable files, then other files, then HTML with index.html last of all. */
export function inUploadOrder(files: readonly ReleaseFile[]): {
  readonly immutable: readonly ReleaseFile[]
  readonly mutable: readonly ReleaseFile[]
  readonly html: readonly ReleaseFile[]
} {
  const of = (fileClass: FileClass) => files.filter((file) => file.class === fileClass)
  const html = of('html').toSorted((a, b) => Number(a.path === 'index.html') - Number(b.path === 'index.html'))
  return { immutable: of('immutable'), mutable: of('mutable'), html }
}

/** Files of `next` that `live` does not serve with the same content, type and cache-control. */
export function changedFiles(next: readonly ReleaseFile[], live: Manifest | null): readonly ReleaseFile[] {
  const served = new Map(live?.files.map((file) => [file.path, servedAs(file)]))
  return next.filter((file) => served.get(file.path) !== servedAs(file))
}

function servedAs({ sha256, contentType, cacheControl }: ReleaseFile): string {
  return [sha256, contentType, cacheControl].join('\n')
}

/** A path as it stands in a URL: every segment encoded, `#` and `?` of a name as well. */
export function urlPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

/** Paths a CDN may still hold an old copy of: everything whose name does not change with its content. */
export function invalidationPaths(files: readonly ReleaseFile[]): readonly string[] {
  const paths = files.filter((file) => file.class !== 'immutable').map((file) => `/${urlPath(file.path)}`)
  return paths.includes('/index.html') ? ['/', ...paths] : paths
}

/** What a deploy of the build output as it is now would do to a bucket. */
export type DeployDiff = {
  readonly release: string
  /** The release that is served, or null. */
  readonly live: string | null
  readonly added: readonly ReleaseFile[]
  readonly changed: readonly ReleaseFile[]
  /** Files that are not as the live release left them. */
  readonly drifted: readonly ReleaseFile[]
  readonly unchanged: number
  /** Paths the live release serves and this one does not name: they stay until their release is pruned. */
  readonly retired: readonly string[]
  /** Keys that no release of ours knows: never touched. */
  readonly foreign: readonly string[]
  /** Objects that would be overwritten although launch did not put them there: they are adopted as release zero before. */
  readonly adopted: readonly string[]
}
