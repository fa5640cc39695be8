import { readEvent } from '../../src/journal/events.ts'
import { readPlan } from '../../src/journal/launches.ts'

/** The journal's own readers, each text read once: a dozen processes of a world read the same journal. */
export type Remembered = { readonly readEvent: typeof readEvent; readonly readPlan: typeof readPlan }

/** What plans say, kept by all worlds of a process: they have a handful of them. */
export type ReadPlans = Map<string, ReturnType<typeof readPlan>>

export function remembered(readPlans: ReadPlans): Remembered {
  const events = new Map<string, ReturnType<typeof readEvent> & { readonly n: number }>()
  return {
    readEvent: (line, n, prev) => {
      const known = events.get(line)
      if (known && known.n === n && known.event.prev === prev) return known
      const read = readEvent(line, n, prev)
      events.set(line, { ...read, n })
      return read
    },
    readPlan: (body) => {
      const known = readPlans.get(body)
      if (known) return known
      const read = readPlan(body)
      readPlans.set(body, read)
      return read
    },
  }
}
