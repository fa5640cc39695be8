import type { ErrorCode } from '../core/error-codes.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { FlagState } from '../core/flag.ts'
import type { Clock, FlagStore, Wait } from '../core/ports.ts'

export type LatchRequest = {
  readonly flag: FlagState
  readonly clock: Pick<Clock, 'monotonicMs' | 'now'>
  readonly wait: Wait
  /** Monotonic time from which the elapsed times count; now when absent. */
  readonly startedMs?: number
  /** Told about every attempt that failed, to show it and, after a while, a way by hand. */
  readonly onTrouble?: (error: unknown, attempt: number) => void
}

/**
 * Elapsed real milliseconds to the first acknowledged write and to the second agreeing read, how often was written, and the id
 * of the write that holds.
 */
export type Latched = {
  readonly ackedMs: number
  readonly readBackMs: number
  readonly attempts: number
  readonly writeId: string
}

/** Between the two reads that must agree: a write that was under way when ours was acknowledged has landed by then. */
const settleMs = 1000
/** Between attempts, doubled up to the cap, without end: only the signal stops a rollback. */
const firstRetryMs = 100
const retryCapMs = 1000
/** Sooner than this nobody has seen a latch whose answer was lost, and gone over it. */
const seenAfterMs = 10_000

/** Trying again cannot help against these; a person can. */
const hopeless: readonly ErrorCode[] = ['CREDENTIALS', 'FORBIDDEN', 'NOT_FOUND', 'ENDPOINT_REFUSED', 'USAGE']

/**
 * Writes off + latch without reading anything first, reads it back twice a second apart, and starts again until it holds.
 * Takes no lock, needs no plan and no journal.
 *
 * Throws the signal's reason before the first acknowledged write; LaunchError CREDENTIALS, FORBIDDEN, NOT_FOUND when the
 * store refuses for good; ROLLBACK_FAILED when the write was acknowledged but could not be confirmed.
 */
export async function forceOffUntilConfirmed(
  store: FlagStore,
  request: LatchRequest,
  signal: AbortSignal,
): Promise<Latched> {
  const { clock, wait } = request
  const startedMs = request.startedMs ?? clock.monotonicMs()
  const elapsed = () => clock.monotonicMs() - startedMs
  const firstAt = clock.now()
  let { flag } = request
  let ackedMs: number | null = null
  for (let attempts = 1; ; attempts += 1) {
    try {
      // A machine that slept has one clock that stood still.
      if (Math.max(elapsed(), clock.now() - firstAt) >= seenAfterMs) flag = anew(request, attempts)
      await store.forceOff(flag, signal)
      ackedMs ??= elapsed()
      if ((await isOff(store, signal)) && (await wait(settleMs, signal), await isOff(store, signal))) {
        return { ackedMs, readBackMs: elapsed(), attempts, writeId: flag.writeId }
      }
      flag = anew(request, attempts + 1)
      request.onTrouble?.(
        new LaunchError('ROLLBACK_FAILED', `${store.location} was written over while it was turned off`),
        attempts,
      )
    } catch (error) {
      if (ackedMs === null) signal.throwIfAborted()
      if (signal.aborted || isHopeless(error)) throw ackedMs === null ? error : unconfirmed(store, error)
      request.onTrouble?.(error, attempts)
    }
    try {
      await wait(Math.min(retryCapMs, firstRetryMs * 2 ** (attempts - 1)), signal)
    } catch (error) {
      throw ackedMs === null ? error : unconfirmed(store, error)
    }
  }
}

/**
 * Whoever wrote over the latch may have been told to, and so may whoever saw one whose answer was lost: an acknowledgement of
 * the first does not cover this one. A process that stood still meanwhile would otherwise turn off what then goes on all the same.
 */
function anew({ flag, clock }: LatchRequest, attempt: number): FlagState {
  return { ...flag, writeId: `${flag.writeId}-${attempt}`, updatedAt: clock.now() }
}

/** Any latch will do: another rollback's holds as well as ours. */
async function isOff(store: FlagStore, signal: AbortSignal): Promise<boolean> {
  const reading = await store.read(signal)
  return reading.status === 'present' && reading.flag.latched && reading.flag.percent === 0
}

/** Not a LaunchError: a bug, which trying again would only hide. */
function isHopeless(error: unknown): boolean {
  return !(error instanceof LaunchError) || hopeless.includes(error.code)
}

function unconfirmed(store: FlagStore, cause: unknown): LaunchError {
  return new LaunchError('ROLLBACK_FAILED', `${store.location} was turned off but not read back: ${messageOf(cause)}`, {
    hint: `look at ${store.location} and at the site now`,
    cause,
  })
}
