const C1 = 0xcc9e2d51
const C2 = 0x1b873593

/** MurmurHash3 x86 32-bit of the UTF-8 bytes of `text`: the hash flagd buckets with (seed 0). Unsigned. */
export function murmur3(text: string, seed = 0): number {
  const bytes = new TextEncoder().encode(text)
  const whole = bytes.length & ~3
  let hash = seed | 0
  for (let at = 0; at < whole; at += 4) {
    hash = Math.imul(rotate(hash ^ scramble(littleEndian(bytes, at, 4)), 13), 5) + 0xe6546b64
  }
  if (whole < bytes.length) hash ^= scramble(littleEndian(bytes, whole, bytes.length - whole))
  return finish(hash ^ bytes.length)
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let word = 0
  for (let i = count - 1; i >= 0; i -= 1) word = (word << 8) | (bytes[at + i] ?? 0)
  return word
}

function scramble(word: number): number {
  return Math.imul(rotate(Math.imul(word, C1), 15), C2)
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function finish(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35)
  return (twice ^ (twice >>> 16)) >>> 0
}
