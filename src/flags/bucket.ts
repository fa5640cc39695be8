import { exposedPercent, type Audience } from '../core/audience.ts'
import { exposedPoints, whole } from './points.ts'

/**
 * Where a user stands in the row of all users of a flag, in basis points (0–9999): the first n are on when n points are on. As
 * flagd deals `fractional`: MurmurHash3 x86 32-bit of flag key + targeting key, seed 0, times the total weight, shifted by 32 bits.
 * https://flagd.dev/reference/custom-operations/fractional-operation/
 */
export function bucketOf(flagKey: string, user: string): number {
  return Number((BigInt(murmur3(`${flagKey}${user}`)) * BigInt(whole)) >> 32n)
}

/**
 * Whether a flag at a percent shows this user the new version. At 0 % nobody gets it; then who is excluded never does, who is
 * included does, and the others are dealt by the share. A user without an id gets the default, off.
 */
export function isDealtOn(flagKey: string, user: string, percent: number, audience?: Audience): boolean {
  if (user === '' || percent === 0 || audience?.exclude.includes(user)) return false
  if (audience?.include.includes(user)) return true
  return bucketOf(flagKey, user) < exposedPoints({ percent, ...(audience && { audience }) })
}

/** The least percent at which a user gets the new version; null: never, being excluded or held back. */
export function onFrom(flagKey: string, user: string, audience?: Audience): number | null {
  if (user === '' || audience?.exclude.includes(user)) return null
  if (audience?.include.includes(user)) return 0.01
  const percent = (bucketOf(flagKey, user) + 1) / 100
  return percent <= exposedPercent(100, audience) ? percent : null
}

/** MurmurHash3 x86 32-bit of the UTF-8 bytes, seed 0. Unsigned. */
export function murmur3(text: string): number {
  const bytes = new TextEncoder().encode(text)
  const end = bytes.length & ~3
  let hash = 0
  for (let at = 0; at < end; at += 4) {
    hash = Math.imul(rotated(hash ^ scrambled(word(bytes, at, 4)), 13), 5) + 0xe6546b64
  }
  if (end < bytes.length) hash ^= scrambled(word(bytes, end, bytes.length - end))
  hash ^= bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Little-endian. */
function word(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let i = count - 1; i >= 0; i -= 1) value = (value << 8) | (bytes[at + i] ?? 0)
  return value
}

function scrambled(value: number): number {
  return Math.imul(rotated(Math.imul(value, 0xcc9e2d51), 15), 0x1b873593)
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits))
}
