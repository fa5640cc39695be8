import type { FlagSource } from './flag.ts'
import { userId } from './user.ts'

export const FLAG_POLL_MS = 10_000

const FLAG_KEY = 'status-board-v2'
const FLAG_URL = '/flags/status-board-v2.json'
const STORAGE_KEY = 'statusboard.flag'
/** A page waits no longer than this for its flag. */
const TIMEOUT_MS = 1_000

/** The flag as this browser gets it. `no-cache` asks again each time; a 304 is cheap. */
export function browserFlagSource(): FlagSource {
  // Where storage is blocked the page still remembers for itself.
  let memory: string | null = null
  return {
    key: FLAG_KEY,
    compiledDefault: import.meta.env.VITE_FEATURE_STATUS_BOARD_V2 === 'true',
    user: userId(),
    fetch: async () => {
      const response = await fetch(FLAG_URL, { cache: 'no-cache', signal: AbortSignal.timeout(TIMEOUT_MS) })
      if (!response.ok) throw new Error(`${FLAG_URL} answered ${response.status}`)
      return response.json()
    },
    load: () => {
      try {
        return localStorage.getItem(STORAGE_KEY) ?? memory
      } catch {
        return memory
      }
    },
    save: (text) => {
      memory = text
      try {
        localStorage.setItem(STORAGE_KEY, text)
      } catch {
        // Blocked or full: `memory` has it.
      }
    },
    now: () => Date.now(),
  }
}
