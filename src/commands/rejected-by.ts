import { once } from 'node:events'

/** Rejects when the signal is aborted, with its reason: beside a wait that heeds no signal, as that for credentials. */
export async function rejectedBy(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort')
  signal.throwIfAborted()
  throw new Error('an aborted signal is aborted')
}
