import { epochMs } from '../core/brand.ts'
import { environmentOf } from '../core/environment-of.ts'
import type { FlagReading } from '../core/flag.ts'
import { formatDuration } from '../core/units.ts'
import type { Command } from './command.ts'
import { edgeText, isServed, seeEdge } from './flag-edge.ts'
import { mustHaveWorld } from './launch-for.ts'

/** How often the edge is asked. */
const pollMs = 500

export const flagWatch: Command = {
  name: 'flag watch',
  group: 'look',
  about:
    'wait until users are served what the store holds, and say how long that took; exit 3 when it is longer than the store says',
  examples: [
    ['launch flag watch', 'after a change by hand: is it out yet?'],
    ['launch flag watch --json', 'the measured time, and the cache headers seen'],
  ],
  run: async (context) => {
    const { signal, output } = context
    const { plan } = await context.project()
    const { name } = environmentOf(plan, context.options.env)
    await mustHaveWorld(context)
    const world = await context.world(plan, { driver: false })
    const store = world.flag(name)
    const wanted: FlagReading = await store.read(signal)
    // A change made a while ago was given its time already; one of just now is given what is left of it.
    const sinceAt = wanted.status === 'present' ? Math.min(wanted.flag.updatedAt, world.clock.now()) : world.clock.now()
    const startedAt = world.clock.now()
    const deadline = Math.max(sinceAt + store.propagationMs, startedAt)
    let said = ''
    for (;;) {
      const edge = await seeEdge(store, signal)
      const line = edgeText(edge, wanted)
      const served = edge.status === 'seen' && isServed(edge.reading, wanted)
      const waitedMs = world.clock.now() - startedAt
      const document = { location: store.location, served, waitedMs, budgetMs: store.propagationMs, edge }
      if (served) {
        const budget = `budget ${formatDuration(store.propagationMs)}`
        return {
          outcome: 'succeeded',
          text: `users are served it after ${formatDuration(waitedMs)} (${budget})`,
          document,
        }
      }
      if (world.clock.now() >= deadline) {
        const why = `users are not served it ${formatDuration(world.clock.now() - sinceAt)} after it was written, and ${formatDuration(store.propagationMs)} are allowed: the edge ${line}`
        return { outcome: 'refused', why, document }
      }
      if (line !== said && !context.options.quiet) output.err.write(`  the edge ${line}\n`)
      said = line
      await world.clock.sleepUntil(epochMs(Math.min(world.clock.now() + pollMs, deadline)), signal)
    }
  },
}
