import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { endpointOf } from './sandbox-files.ts'

export type HeldClock = {
  /** Where the world's AWS API and production's site answer. */
  readonly apiUrl: string
  readonly siteUrl: string
  /** Resolves when time stands at the held instant and every driver waits for it to go on. */
  reached(): Promise<void>
  release(): Promise<void>
}

/** Stops the clock of a project's world, as soon as one is there, at an instant after its start such as `60m`. */
export async function holdClock(project: string, after: string): Promise<HeldClock> {
  const urls = await soon(() => endpointOf(project))
  const ask = async (method: string, query: string) => {
    const response = await fetch(`${urls.apiUrl}/_sandbox/clock/hold${query}`, { method })
    return z.looseObject({ reached: z.boolean().optional() }).parse(await response.json())
  }
  const hold = (wait: string) => ask('POST', `?at=${encodeURIComponent(`+${after}`)}${wait}`)
  await hold('&wait=0')
  return {
    ...urls,
    reached: async () => {
      for (;;) if ((await hold('')).reached === true) return
    },
    release: async () => void (await ask('DELETE', '')),
  }
}

async function soon<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (tries > 1000) throw error
      await pause(10)
    }
  }
}
