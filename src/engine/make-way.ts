import { epochMs } from '../core/brand.ts'
import { nameOf } from '../core/person.ts'
import type { Session } from './session.ts'

/** Long enough for the other one to finish what it has begun, short beside any look at a gate. */
const makeWayMs = 5000

/** Leaves the journal to whoever wrote the newest event, for a moment, and says who that is. */
export async function makeWay({ state, ports, watcher }: Session, signal: AbortSignal): Promise<void> {
  const { name, host } = state.last.actor
  const until = epochMs(ports.clock.now() + makeWayMs)
  watcher.onProgress(`${nameOf(name)} on ${host} writes to this launch, too; letting them go first`, until)
  await ports.clock.sleepUntil(until, signal)
}
