import { epochMs } from '../../src/core/brand.ts'
import type { Clock } from '../../src/core/ports.ts'

/** A clock that stands still until somebody sleeps: a sleep is over at once, and it is later then. */
export function manualClock(start: number): Clock & { advance(ms: number): void } {
  let now = start
  return {
    now: () => epochMs(now),
    sleepUntil: async (at, signal) => {
      signal.throwIfAborted()
      now = Math.max(now, at)
    },
    monotonicMs: () => now - start,
    advance: (ms) => {
      now += ms
    },
  }
}
