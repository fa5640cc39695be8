import type { OutsideWorld } from '../compose/world.ts'
import { messageOf } from '../core/errors.ts'
import type { FlagReading, FlagState } from '../core/flag.ts'
import { rejectedBy } from './rejected-by.ts'

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

/** How long a latch that is only mentioned is waited for, in real ms. */
const mentionMs = 1500

/** The latch of the production flag as it is; null where there is none, or where the flag is not read quickly. */
export async function productionLatch(world: OutsideWorld, signal: AbortSignal): Promise<FlagState | null> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(mentionMs)])
  const read = Promise.race([world.flag('production').read(limit), rejectedBy(limit)])
  const seen = await read.catch(() => null)
  signal.throwIfAborted()
  return seen?.status === 'present' && seen.flag.latched ? seen.flag : null
}
