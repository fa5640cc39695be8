import { epochMs } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { Cdn, Clock } from '../core/ports.ts'

/** CloudFront takes seconds to two minutes; more than this is its trouble, not ours. */
const longestMs = 10 * 60_000
const pollMs = 5000

/** Waits until no edge has an old copy any more. Null then, else why that is not known. Rejects with the signal's reason. */
export async function invalidationDone(
  cdn: Cdn,
  id: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | null> {
  const deadline = clock.now() + longestMs
  for (;;) {
    let why = `${id} is not done after ${longestMs / 60_000} minutes`
    try {
      if (await cdn.invalidated(id, signal)) return null
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof LaunchError)) throw error
      why = error.message
    }
    if (clock.now() >= deadline) return why
    await clock.sleepUntil(epochMs(clock.now() + pollMs), signal)
  }
}
