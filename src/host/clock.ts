import { epochMs } from '../core/brand.ts'
import type { Clock } from '../core/ports.ts'

// Timers overflow at 2^31 − 1 ms (24.8 days) and stand still while a laptop sleeps: look at the wall clock at least this often.
const longestNapMs = 30_000

/** The clock of this machine. */
export function systemClock(): Clock {
  let before = { wall: Date.now(), monotonic: performance.now() }
  return {
    now: () => epochMs(Date.now()),
    monotonicMs: () => performance.now(),
    jumpedMs: () => {
      const now = { wall: Date.now(), monotonic: performance.now() }
      const jumped = now.wall - before.wall - (now.monotonic - before.monotonic)
      before = now
      return jumped
    },
    sleepUntil: async (at, signal) => {
      signal.throwIfAborted()
      const wakeAt = performance.now() + (at - Date.now())
      const leftMs = () => Math.min(at - Date.now(), wakeAt - performance.now())
      for (let left = leftMs(); left > 0; left = leftMs()) {
        await nap(Math.min(Math.ceil(left), longestNapMs), signal)
      }
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
