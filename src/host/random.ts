import { randomBytes } from 'node:crypto'
import type { Clock, Random } from '../core/ports.ts'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const randomSpace = 1n << 80n

/**
 * ULIDs (github.com/ulid/spec): 48 bits of milliseconds, 80 random bits. Ids of one instance always grow, also within one
 * millisecond and when the clock steps back.
 */
export function ulidRandom(clock: Pick<Clock, 'now'>): Random {
  let lastMs = 0n
  let lastRandom = 0n
  return {
    id: () => {
      const nowMs = BigInt(Math.floor(clock.now()))
      if (nowMs > lastMs) {
        lastMs = nowMs
        lastRandom = BigInt(`0x${randomBytes(10).toString('hex')}`)
      } else if (++lastRandom === randomSpace) {
        lastMs += 1n
        lastRandom = 0n
      }
      return base32(lastMs, 10) + base32(lastRandom, 16)
    },
  }
}

function base32(value: bigint, digits: number): string {
  let text = ''
  for (let rest = value, left = digits; left > 0; left--, rest >>= 5n) text = alphabet.charAt(Number(rest & 31n)) + text
  return text
}
