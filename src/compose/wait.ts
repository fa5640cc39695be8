import { setTimeout as pause } from 'node:timers/promises'
import type { Wait } from '../core/ports.ts'

/** A real pause. Rejects with the signal's reason when aborted. */
export const wait: Wait = async (ms, signal) => {
  signal.throwIfAborted()
  try {
    await pause(ms, undefined, { signal })
  } catch (error) {
    // Node tells that it was aborted, not why.
    signal.throwIfAborted()
    throw error
  }
}
