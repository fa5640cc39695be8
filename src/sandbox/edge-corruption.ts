import type { Bucket } from './buckets.ts'
import { corrupts, parseScenario } from './scenario.ts'
import type { Site } from './types.ts'
import type { SandboxWorld } from './world.ts'
import type { StoredObject } from './world-log.ts'

/** What the edge gets from the bucket: the object's bytes, or flipped ones where the scenario corrupts a deploy. */
export function servedBody(
  world: SandboxWorld,
  site: Site,
  bucket: Bucket,
  key: string,
  object: StoredObject,
): Uint8Array {
  const body = world.body(object)
  if (!corrupts(parseScenario(world.scenario), site, key) || !isNews(bucket, key, object)) return body
  const flipped = Uint8Array.from(body)
  for (let at = Math.floor(flipped.length / 2); at < flipped.length; at += 64) flipped[at] = (flipped[at] ?? 0) ^ 0x01
  return flipped
}

/** Whether a deploy put this body: not release zero's, and not an older one that was written again (a restore). */
function isNews(bucket: Bucket, key: string, object: StoredObject): boolean {
  const versions = bucket
    .history(key)
    .flatMap((version) => (version.object ? [{ sha256: version.object.sha256, seeded: version.seeded }] : []))
  const newest = [...new Set(versions.map(({ sha256 }) => sha256))].at(-1)
  return object.sha256 === newest && versions.every(({ sha256, seeded }) => !seeded || sha256 !== newest)
}
