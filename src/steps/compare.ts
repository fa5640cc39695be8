import { LaunchError } from '../core/errors.ts'
import type { Build } from '../core/plan.ts'
import type { Files, ObjectStore } from '../core/ports.ts'
import { artifactHash, changedFiles, releaseId, type ReleaseFile } from '../core/release.ts'
import { driftedFiles } from './drift.ts'
import type { Live } from './releases.ts'
import { asReleaseFiles } from './serve.ts'

/** ETags by key. */
export type Listed = ReadonlyMap<string, string>

/** The build output as it is now, and how it would be served. */
export async function builtFiles(build: Build, files: Files) {
  const found = asReleaseFiles(await files.tree(build.output), build.immutable)
  const artifact = artifactHash(found)
  return { files: found, artifact, id: releaseId(artifact) }
}

/** Throws ARTIFACT_INVALID when the files are not those that were built and judged. */
export function mustBeBuilt(artifact: string, built: { readonly hash: string } | null, { output }: Build): void {
  if (!built)
    throw new LaunchError('ARTIFACT_INVALID', 'nothing has been built in this launch', { hint: 'launch build' })
  if (artifact === built.hash) return
  throw new LaunchError(
    'ARTIFACT_INVALID',
    `the files of ${output} are ${artifact.slice(0, 12)}, built and judged were ${built.hash.slice(0, 12)}`,
    { hint: 'launch build --rebuild, then let staging pass again' },
  )
}

export async function listKeys(objects: ObjectStore, signal: AbortSignal): Promise<Listed> {
  return new Map((await objects.list('', signal)).map(({ key, etag }) => [key, etag]))
}

export type Comparison = {
  /** Files the live release does not serve like this. */
  readonly changed: readonly ReleaseFile[]
  /** Files it should serve just like this, and does not. */
  readonly drifted: readonly ReleaseFile[]
}

/** What a deploy has to change: one manifest and one listing tell, no file is asked for by itself. */
export function compare(files: readonly ReleaseFile[], live: Live | null, listed: Listed): Comparison {
  const manifest = live?.manifest ?? null
  const changed = changedFiles(files, manifest)
  return { changed, drifted: manifest ? driftedFiles(files, changed, manifest, listed) : [] }
}
