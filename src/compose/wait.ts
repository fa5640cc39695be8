import { setTimeout as pause } from 'node:timers/promises'
import type { Wait } from '../core/ports.ts'

/** A real pause. */
export const wait: Wait = async (ms, signal) => {
  await pause(ms, undefined, { signal })
}
