/** What a call is cut short with when its own deadline passed; not the caller's abort. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError'
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`)
  }
}

/**
 * Runs one call with a deadline in real time that covers the whole answer, body included (the SDK's own timeouts stop at
 * the headers). The caller's abort is passed on.
 */
export async function withDeadline<T>(
  call: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted()
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    return await call(AbortSignal.any([signal, deadline]))
  } catch (error) {
    // Whatever the SDK made of the abort: the reason it was aborted for is the truth.
    signal.throwIfAborted()
    if (deadline.aborted) throw new DeadlineError(timeoutMs)
    throw error
  }
}
