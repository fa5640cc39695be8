import { LaunchError } from '../core/errors.ts'
import { keys, type Current, type Manifest } from '../core/release.ts'
import { sha256 } from '../core/hash.ts'
import type { ObjectStore, PutOptions } from '../core/ports.ts'
import type { Version } from '../core/brand.ts'

const json = { contentType: 'application/json', cacheControl: 'no-store' } as const

/** Which release a bucket serves, with the version to replace it by; null for a bucket launch never deployed to. */
export async function readCurrent(
  objects: ObjectStore,
  signal: AbortSignal,
): Promise<{ readonly current: Current; readonly etag: Version } | null> {
  const found = await objects.get(keys.current, signal)
  // Written by `writeCurrent` below; a foreign document would lack its schema.
  const current = found && (parse(found.body, keys.current) as Current)
  return found && current ? { current, etag: found.etag } : null
}

/** What a bucket serves, and where the pointer to it can be moved from. */
export type Live = { readonly current: Current; readonly etag: Version; readonly manifest: Manifest }

/** Null for a bucket launch never deployed to. Throws NOT_FOUND when the release it serves is not recorded any more. */
export async function readLive(objects: ObjectStore, signal: AbortSignal): Promise<Live | null> {
  const found = await readCurrent(objects, signal)
  return found && { ...found, manifest: await readManifest(objects, found.current.release, signal) }
}

/** Moves the pointer from exactly the version that was read (null: from nothing). A conflict changes nothing. */
export async function moveCurrent(
  objects: ObjectStore,
  current: Current,
  expect: Version | null,
  signal: AbortSignal,
): Promise<'moved' | 'conflict'> {
  const written = await putOnce(objects, keys.current, encode(current), { ...json, expect: expect ?? 'absent' }, signal)
  if (written === 'written') return 'moved'
  // The reply of an earlier try may have been lost: our own writeId says so.
  const there = await readCurrent(objects, signal)
  return there?.current.writeId === current.writeId ? 'moved' : 'conflict'
}

/** The same, for whoever begins again when it does not hold. Throws SUPERSEDED. */
export async function writeCurrent(
  objects: ObjectStore,
  current: Current,
  expect: Version | null,
  signal: AbortSignal,
): Promise<void> {
  if ((await moveCurrent(objects, current, expect, signal)) === 'moved') return
  throw await pointerMoved(objects, signal)
}

/** Who moved the pointer: another deploy, or a rollback. */
export async function pointerMoved(objects: ObjectStore, signal: AbortSignal): Promise<LaunchError> {
  const there = await readCurrent(objects, signal)
  const who = there?.current.restored ? 'a rollback' : 'another deploy'
  return new LaunchError(
    'SUPERSEDED',
    `${who} changed s3://${objects.bucket}/${keys.current} to ${there?.current.release ?? 'nothing'}`,
  )
}

/** A conditional write is sent once by its adapter; when its reply was lost this many more are sent, each after a look. */
const lostReplies = 3

/** A conditional write whose reply was lost is resolved by reading back: it may have been applied. */
export async function putOnce(
  objects: ObjectStore,
  key: string,
  body: Uint8Array,
  options: PutOptions,
  signal: AbortSignal,
): Promise<'written' | 'conflict'> {
  for (let lost = 0; ; lost += 1) {
    try {
      return (await objects.put(key, body, options, signal)).status
    } catch (error) {
      if (!(error instanceof LaunchError) || error.code !== 'UNREACHABLE' || lost === lostReplies) throw error
      const there = await objects.get(key, signal)
      if (there && sha256(there.body) === sha256(body)) return 'written'
    }
  }
}

/** Throws NOT_FOUND when the release was never recorded here, or pruned. */
export async function readManifest(objects: ObjectStore, release: string, signal: AbortSignal): Promise<Manifest> {
  const found = await objects.get(keys.manifest(release), signal)
  if (!found)
    throw new LaunchError('NOT_FOUND', `release ${release} is not in s3://${objects.bucket}`, {
      hint: 'only the last releases are kept; launch status names the one that is served and the one before',
    })
  // Written by `writeManifest` below.
  return parse(found.body, keys.manifest(release)) as Manifest
}

/** Replaces an equal release's manifest: its `previous` may differ when the same files are deployed again later. */
export async function writeManifest(objects: ObjectStore, manifest: Manifest, signal: AbortSignal): Promise<void> {
  await objects.put(keys.manifest(manifest.id), encode(manifest), json, signal)
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
  throw new LaunchError('REFUSED', `${key} was not written by this version of launch`, {
    hint: 'look at the object; move it away if it is not needed',
  })
}
