import type { OutsideWorld } from '../compose/world.ts'
import { messageOf } from '../core/errors.ts'
import type { FlagReading } from '../core/flag.ts'

export type FlagSeen = FlagReading | { readonly status: 'unreadable'; readonly why: string; readonly error: unknown }

/** The flag of an environment, or why it cannot be read: a screen shows that too. */
export async function seeFlag(world: OutsideWorld, environment: string, signal: AbortSignal): Promise<FlagSeen> {
  try {
    return await world.flag(environment).read(signal)
  } catch (error) {
    signal.throwIfAborted()
    return { status: 'unreadable', why: messageOf(error), error }
  }
}
