import { LaunchError, messageOf } from '../core/errors.ts'
import type { HttpApi, HttpResponse, Wait } from '../core/ports.ts'

export type DeliverPorts = {
  readonly api: HttpApi
  readonly wait: Wait
  /** Uniform in [0, 1). */
  readonly unit: () => number
}

export type Delivery = {
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}

/** One answer has so long; a service that is slower is taken for one that is down. */
const answerMs = 5000
const attempts = 6
const firstPauseMs = 400
const longestPauseMs = 15_000
const longestAskedMs = 30_000

/**
 * Posts a message, again after trouble that may pass: no answer, 408, 429 (as late as it asks, within bounds) and 5xx; the pauses
 * double and are dealt. A redirect is not followed: the address was allowed, where it points was not.
 *
 * Null when it was taken, else why not, without the address. Rejects with the signal's reason when aborted.
 */
export async function deliver(delivery: Delivery, ports: DeliverPorts, signal: AbortSignal): Promise<string | null> {
  for (let attempt = 1; ; attempt += 1) {
    const answered = await once(delivery, ports, signal)
    if (answered.taken) return null
    if (!answered.again || attempt >= attempts) return `${answered.why}${attempt > 1 ? `, ${attempt} times` : ''}`
    await ports.wait(answered.afterMs ?? pauseMs(attempt, ports.unit()), signal)
  }
}

type Answered =
  | { readonly taken: true }
  | { readonly taken: false; readonly why: string; readonly again: boolean; readonly afterMs?: number | undefined }

async function once({ url, headers, body }: Delivery, { api }: DeliverPorts, signal: AbortSignal): Promise<Answered> {
  try {
    const request = {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body,
      timeoutMs: answerMs,
    } as const
    return judged(await api.send(request, signal))
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof LaunchError)) throw error
    return { taken: false, why: whyUnreachable(error), again: true }
  }
}

function judged({ status, headers }: HttpResponse): Answered {
  if (status >= 200 && status < 300) return { taken: true }
  if (status >= 300 && status < 400)
    return { taken: false, why: `answered ${status}: redirects are not followed`, again: false }
  const again = status === 408 || status === 429 || status >= 500
  return {
    taken: false,
    why: `answered ${status}`,
    again,
    afterMs: again ? askedMs(headers['retry-after']) : undefined,
  }
}

/** The error of the port names the address, which is a secret here; what lies below it names the host at most. */
function whyUnreachable({ cause }: LaunchError): string {
  const timedOut = cause instanceof Error && cause.name === 'AbortError'
  return timedOut || cause === undefined ? 'no answer' : messageOf(cause)
}

function askedMs(header: string | undefined): number | undefined {
  const seconds = Number(header ?? '')
  return header !== undefined && Number.isFinite(seconds) && seconds >= 0
    ? Math.min(seconds * 1000, longestAskedMs)
    : undefined
}

function pauseMs(attempt: number, unit: number): number {
  const most = Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs)
  return most / 2 + (most / 2) * unit
}
