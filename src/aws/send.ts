import { withDeadline } from './deadline.ts'
import { awsFault, isTransient, type AwsCall } from './faults.ts'
import { controlRetry, retrying, type RetryPolicy, type RetryPorts } from './retry.ts'

export type SendOptions = {
  readonly call: AwsCall
  readonly timeoutMs: number
  readonly retry?: RetryPolicy
  /** Which errors are tried again; by default the transient ones. */
  readonly again?: (error: unknown) => boolean
}

/** One repeatable SDK call with deadline and retries; what it throws is a LaunchError, the caller's abort, or a bug. */
export async function sending<T>(
  send: (signal: AbortSignal) => Promise<T>,
  options: SendOptions,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<T> {
  const once = () => withDeadline(send, options.timeoutMs, signal)
  try {
    return await retrying(once, options.again ?? isTransient, options.retry ?? controlRetry, ports, signal)
  } catch (error) {
    throw awsFault(error, options.call)
  }
}
