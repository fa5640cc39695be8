import { isoTime, type Version } from '../core/brand.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { ObjectStore, PutOptions } from '../core/ports.ts'
import { inUploadOrder, invalidationPaths, keys, type ReleaseFile } from '../core/release.ts'
import type { StepContext } from '../core/step.ts'
import { eachFile } from './each-file.ts'
import { pointerMoved, readCurrent, readLive } from './releases.ts'

/** How a file of a release is stored, wherever it is put. */
export function headersOf({ contentType, cacheControl, sha256 }: ReleaseFile): PutOptions {
  return { contentType, cacheControl, sha256 }
}

/** What users see changes here: a release's own copies go where they are served from, HTML last. */
export async function putInPlace(
  release: string,
  files: readonly ReleaseFile[],
  objects: ObjectStore,
  signal: AbortSignal,
): Promise<void> {
  const { mutable, html } = inUploadOrder(files)
  const copy = (file: ReleaseFile) => objects.copy(keys.kept(release, file.path), file.path, headersOf(file), signal)
  await eachFile(mutable, copy)
  await eachFile(html.slice(0, -1), copy)
  await eachFile(html.slice(-1), copy)
}

/**
 * The last look before users see a deploy: uploading takes minutes, and a rollback from another machine waits for nobody.
 * Throws LATCHED or SUPERSEDED; users see nothing of the deploy then.
 */
export async function mustBeUndisturbed(
  { environment, ports, state }: StepContext,
  objects: ObjectStore,
  { base, writeId }: { readonly base: Version | null; readonly writeId: string },
  signal: AbortSignal,
): Promise<void> {
  const [latched, now] = await Promise.all([
    latchOverRelease(environment.name, { ports, state }, signal),
    readCurrent(objects, signal),
  ])
  if (latched) throw latched
  // Another process of this launch may have moved it to the same release.
  if ((now?.etag ?? null) !== base && now?.current.writeId !== writeId) throw await pointerMoved(objects, signal)
}

/** What comes before production does not stand behind its flag. */
async function latchOverRelease(
  environment: string,
  { ports, state }: Pick<StepContext, 'ports' | 'state'>,
  signal: AbortSignal,
): Promise<LaunchError | null> {
  if (environment !== 'production') return null
  const reading = await ports.flag(environment).read(signal)
  if (reading.status !== 'present' || !reading.flag.latched || state.acks.includes(reading.flag.writeId)) return null
  const { updatedAt, updatedBy, reason } = reading.flag
  return new LaunchError('LATCHED', `the flag was latched off at ${isoTime(updatedAt)} by ${updatedBy}: ${reason}`)
}

/**
 * Somebody moved the pointer while this deploy replaced files: what the pointer names is what users are to get, so its
 * files are put back over this deploy's. The error to throw: SUPERSEDED, or DEPLOY_BROKEN when they could not be put back.
 */
export async function giveWay(context: StepContext, objects: ObjectStore, signal: AbortSignal): Promise<LaunchError> {
  const { environment, ports } = context
  const { message } = await pointerMoved(objects, signal)
  try {
    const there = await readLive(objects, signal)
    if (!there) return new LaunchError('SUPERSEDED', message)
    const { release } = there.current
    const { files } = there.manifest
    await putInPlace(release, files, objects, signal)
    const reference = `launch-give-way-${release}-${ports.random.id()}`
    await ports.cdn(environment.name)?.invalidate(invalidationPaths(files), reference, signal)
    return new LaunchError('SUPERSEDED', `${message} while this one published; the files of ${release} were put back`)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof LaunchError)) throw error
    return new LaunchError('DEPLOY_BROKEN', `${message}, and its files could not be put back: ${messageOf(error)}`, {
      cause: error,
    })
  }
}
