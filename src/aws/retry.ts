import type { EpochMs } from '../core/brand.ts'
import type { Wait } from '../core/ports.ts'

/** The one retry layer of every AWS call: the SDK clients themselves are made with one attempt. */
export type RetryPolicy = {
  readonly attempts: number
  readonly baseMs: number
  readonly capMs: number
}

export type RetryPorts = {
  readonly wait: Wait
  /** Uniform in [0, 1). */
  readonly unit: () => number
  /** Real time, for signatures made here; without it the SDK signs everything. */
  readonly now?: () => EpochMs
}

/** Enough for a throttle to pass; worst case about 4 s of waiting. */
export const controlRetry: RetryPolicy = { attempts: 5, baseMs: 100, capMs: 2000 }

/** Metrics are asked again at the next look anyway: a short second try is enough. */
export const metricRetry: RetryPolicy = { attempts: 2, baseMs: 100, capMs: 300 }

/** CreateInvalidation fails often at daily peaks: six attempts, worst case about 9 s of waiting. */
export const invalidationRetry: RetryPolicy = { attempts: 6, baseMs: 300, capMs: 3000 }

/** ConditionalRequestConflict: another write to the key was in flight; it is over within milliseconds. */
export const conflictRetry: RetryPolicy = { attempts: 4, baseMs: 50, capMs: 500 }

/**
 * Runs `call` until it succeeds, `again` says no, or the attempts are used up; then the last error is thrown as it came.
 * Waits between attempts are capped exponential with full jitter.
 */
export async function retrying<T>(
  call: () => Promise<T>,
  again: (error: unknown) => boolean,
  policy: RetryPolicy,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call()
    } catch (error) {
      if (attempt >= policy.attempts || signal.aborted || !again(error)) throw error
      await ports.wait(backoffMs(policy, attempt, ports.unit()), signal)
    }
  }
}

/** Full jitter: anywhere between zero and the capped exponential step. */
export function backoffMs(policy: RetryPolicy, attempt: number, unit: number): number {
  return Math.floor(unit * Math.min(policy.capMs, policy.baseMs * 2 ** (attempt - 1)))
}
