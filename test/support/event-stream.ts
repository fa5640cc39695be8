import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'

export type EventStream = AsyncDisposable & {
  readonly response: IncomingMessage
  text(): string
  /** Resolves once the stream has said this; rejects after 15 s or when it ends first. */
  until(wanted: string): Promise<void>
  /** Resolves when the server ended it. */
  readonly ended: Promise<unknown>
}

/** Server-sent events as they come, byte by byte. */
export async function eventStream(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EventStream> {
  const sent = get(url, { headers: { Accept: 'text/event-stream', ...headers }, agent: false })
  // `response` comes with exactly one IncomingMessage.
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  sent.on('error', () => {})
  response.on('error', () => {})
  let text = ''
  response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const ended = new Promise((resolve) => response.once('close', resolve))
  return {
    response,
    ended,
    text: () => text,
    until: async (wanted) => {
      const deadline = AbortSignal.timeout(45_000)
      while (!text.includes(wanted)) {
        if (response.closed) throw new Error(`the stream ended before "${wanted}": ${text}`)
        if (deadline.aborted) throw new Error(`"${wanted}" was not said: ${text}`)
        await Promise.race([once(response, 'data', { signal: deadline }).catch(() => {}), ended])
      }
    },
    [Symbol.asyncDispose]: async () => {
      sent.destroy()
      await ended
    },
  }
}
