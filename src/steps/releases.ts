import { LaunchError } from '../core/errors.ts'
import { keys, type Current, type Manifest, type ReleaseFile } from '../core/release.ts'
import type { ObjectStore } from '../core/ports.ts'
import type { Version } from '../core/brand.ts'

const json = { contentType: 'application/json', cacheControl: 'no-store' } as const
const uploadsAtOnce = 16

/** Which release a bucket serves, with the version to replace it by; null for a bucket launch never deployed to. */
export async function readCurrent(objects: ObjectStore, signal: AbortSignal): Promise<{ readonly current: Current; readonly etag: Version } | null> {
  const found = await objects.get(keys.current, signal)
  // Written by `writeCurrent` below; a foreign document would lack its schema.
  const current = found && (parse(found.body, keys.current) as Current)
  return found && current ? { current, etag: found.etag } : null
}

export async function writeCurrent(objects: ObjectStore, current: Current, expect: Version | null, signal: AbortSignal): Promise<void> {
  const written = await objects.put(keys.current, encode(current), { ...json, expect: expect ?? 'absent' }, signal)
  if (written.status === 'written') return
  // The reply of an earlier try may have been lost: our own writeId says so.
  const there = await readCurrent(objects, signal)
  if (there?.current.writeId === current.writeId) return
  throw new LaunchError('SUPERSEDED', `another deploy changed s3://${objects.bucket}/${keys.current} to ${there?.current.release ?? 'nothing'}`)
}

/** Throws NOT_FOUND when the release was never recorded here, or pruned. */
export async function readManifest(objects: ObjectStore, release: string, signal: AbortSignal): Promise<Manifest> {
  const found = await objects.get(keys.manifest(release), signal)
  if (!found) throw new LaunchError('NOT_FOUND', `release ${release} is not in s3://${objects.bucket}`, { hint: 'launch releases list' })
  // Written by `writeManifest` below.
  return parse(found.body, keys.manifest(release)) as Manifest
}

/** Replaces an equal release's manifest: its `previous` may differ when the same files are deployed again later. */
export async function writeManifest(objects: ObjectStore, manifest: Manifest, signal: AbortSignal): Promise<void> {
  await objects.put(keys.manifest(manifest.id), encode(manifest), json, signal)
}

/** Runs the work on every file, a few at a time, in order. The first failure stops the rest. */
export async function eachFile(files: readonly ReleaseFile[], work: (file: ReleaseFile) => Promise<void>): Promise<void> {
  const queue = files.values()
  const worker = async () => {
    for (const file of queue) await work(file)
  }
  await Promise.all(Array.from({ length: Math.min(uploadsAtOnce, files.length) }, worker))
}

function encode(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`)
}

function parse(body: Uint8Array, key: string): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body))
    if (typeof value === 'object' && value !== null && 'schema' in value && value.schema === 1) return value
  } catch {
    // Falls through: what is not JSON and what is not ours need the same action.
  }
  throw new LaunchError('REFUSED', `${key} was not written by this version of launch`, { hint: 'look at the object; move it away if it is not needed' })
}
