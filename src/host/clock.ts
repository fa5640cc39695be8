import { epochMs, type EpochMs } from '../core/brand.ts'
import type { Clock } from '../core/ports.ts'

// Timers overflow at 2^31 − 1 ms (24.8 days) and stand still while a laptop sleeps: look at the wall clock at least this often.
const longestNapMs = 30_000

/** Milliseconds of a wall clock that anybody may set, and of one that only grows (and may stand still while a machine sleeps). */
export type Hands = { readonly wall: () => number; readonly monotonic: () => number }

const own: Hands = { wall: () => Date.now(), monotonic: () => performance.now() }

/** When this process began. */
export function processStartedAt(): EpochMs {
  return epochMs(Math.floor(performance.timeOrigin))
}

/**
 * The later of what the wall clock says and what has passed since now: a clock that is set back is not followed, one that is
 * ahead (set, or the machine slept) is (docs/decisions/015).
 */
export function neverBack({ wall, monotonic }: Hands): () => number {
  const behind = wall() - monotonic()
  return () => Math.max(wall(), Math.floor(behind + monotonic()))
}

/** The clock of this machine. */
export function systemClock(hands: Hands = own): Clock {
  const { wall, monotonic } = hands
  const now = neverBack(hands)
  let before = { wall: wall(), monotonic: monotonic() }
  return {
    now: () => epochMs(now()),
    monotonicMs: monotonic,
    jumpedMs: () => {
      const after = { wall: wall(), monotonic: monotonic() }
      const jumped = after.wall - before.wall - (after.monotonic - before.monotonic)
      before = after
      return jumped
    },
    sleepUntil: async (at, signal) => {
      signal.throwIfAborted()
      for (let left = at - now(); left > 0; left = at - now())
        await nap(Math.min(Math.ceil(left), longestNapMs), signal)
    },
  }
}

function nap(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const wake = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', wake)
      resolve()
    }, ms)
    signal.addEventListener('abort', wake, { once: true })
  })
}
