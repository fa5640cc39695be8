import { LaunchError } from '../core/errors.ts'
import { etagInParts, etagOf } from '../core/etag.ts'
import { sha256 } from '../core/hash.ts'
import type { Files, ObjectStore } from '../core/ports.ts'
import { inUploadOrder, keys, type Manifest, type ReleaseFile } from '../core/release.ts'
import { eachFile, uploadsAtOnce } from './each-file.ts'
import { headersOf } from './publish.ts'
import { putOnce } from './releases.ts'

/** A file above this is sent in parts and never in memory as a whole. */
const largeBytes = 16 * 2 ** 20

export type Upload = {
  readonly objects: ObjectStore
  readonly files: Files
  /** The build output the manifest's paths are relative to. */
  readonly folder: string
  /** ETags by key, as they were listed before: what is there already is not sent again. */
  readonly listed: ReadonlyMap<string, string>
  /** Told of every file that is there now. */
  readonly onFile: (file: ReleaseFile) => void
}

/** What has to be sent of a release before users see any of it: new immutable files, its own copies of the others. */
export function toUpload(manifest: Manifest, changed: readonly ReleaseFile[]): readonly ReleaseFile[] {
  // Every file that a later release may overwrite is kept under this release's own name before it goes live.
  return [...inUploadOrder(changed).immutable, ...manifest.files.filter((file) => file.class !== 'immutable')]
}

/**
 * Sends them. Repeating it after a crash sends what is missing.
 *
 * Throws ARTIFACT_INVALID when a file is not what was judged, or stands in the bucket with other content; UNREACHABLE when one
 * could not be written.
 */
export async function upload(
  manifest: Manifest,
  wanted: readonly ReleaseFile[],
  to: Upload,
  signal: AbortSignal,
): Promise<void> {
  const one = async (file: ReleaseFile) => {
    const key = file.class === 'immutable' ? file.path : keys.kept(manifest.id, file.path)
    if (!(await isThere(file, key, to))) await send(file, key, to, signal)
    to.onFile(file)
  }
  await eachFile(wanted, one, uploadsAtOnce)
}

/** By its ETag, which is the MD5 of the content unless the bucket encrypts with a key of its own: then it is sent again. */
async function isThere(file: ReleaseFile, key: string, { listed, files, folder }: Upload): Promise<boolean> {
  const etag = listed.get(key)?.replaceAll('"', '')
  if (etag === undefined) return false
  const path = `${folder}/${file.path}`
  if (file.bytes > largeBytes && files.large) return etag === (await etagInParts(files.large(path, file.bytes)))
  const body = await files.read(path)
  return body !== null && etag === etagOf(body) && sha256(body) === file.sha256
}

async function send(file: ReleaseFile, key: string, to: Upload, signal: AbortSignal): Promise<void> {
  const { objects, files, folder } = to
  const path = `${folder}/${file.path}`
  const options = file.class === 'immutable' ? ({ ...headersOf(file), expect: 'absent' } as const) : headersOf(file)
  const inParts = file.bytes > largeBytes && objects.putLarge !== undefined && files.large !== undefined
  const written = inParts
    ? (await objects.putLarge?.(key, files.large?.(path, file.bytes) ?? gone(file), options, signal))?.status
    : await putOnce(objects, key, await read(file, path, files), options, signal)
  if (written === 'conflict') await mustBeSame(objects, file, signal)
}

async function read(file: ReleaseFile, path: string, files: Files): Promise<Uint8Array> {
  const body = (await files.read(path)) ?? gone(file)
  // What is sent is what was judged, also when somebody swaps a file between the two.
  if (sha256(body) === file.sha256) return body
  throw new LaunchError('ARTIFACT_INVALID', `${file.path} changed while it was deployed`)
}

function gone(file: ReleaseFile): never {
  throw new LaunchError('ARTIFACT_INVALID', `${file.path} is gone from the build output`)
}

/** An immutable file that is there already must be the same file: its name says so, its content has to agree. */
async function mustBeSame(objects: ObjectStore, file: ReleaseFile, signal: AbortSignal): Promise<void> {
  const there = await objects.get(file.path, signal)
  // S3 also answers 409 while another write of the same key is under way: that one may have come to nothing.
  if (!there) {
    throw new LaunchError(
      'UNREACHABLE',
      `s3://${objects.bucket}/${file.path} was not written: another write of it was under way, and it is not there`,
      { hint: 'try again in a minute: launch resume sends what is missing' },
    )
  }
  if (sha256(there.body) !== file.sha256) {
    throw new LaunchError(
      'ARTIFACT_INVALID',
      `s3://${objects.bucket}/${file.path} exists with other content, and immutable files are never overwritten`,
      { hint: 'give the file a name with its content hash, or take it out of build.immutable' },
    )
  }
}
