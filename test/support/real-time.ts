import { setTimeout as sleep } from 'node:timers/promises'
import type { Wait } from '../../src/core/ports.ts'

/** Real waiting, for ports that ask for it. */
export const realWait: Wait = async (ms, signal) => {
  signal.throwIfAborted()
  await sleep(ms, undefined, { signal })
}

/** Retries without the waiting: the order of calls is what a test looks at. */
export const noWait: Wait = async (_ms, signal) => signal.throwIfAborted()

export const hurriedRetries = { wait: noWait, unit: () => 0 } as const

export const never = new AbortController().signal
