import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'

export type LocalServer = AsyncDisposable & { readonly url: string }

/** A server on this machine, at a port of its own. A handler that throws breaks the connection off. */
export async function localServer(
  handle: (incoming: IncomingMessage, outgoing: ServerResponse) => unknown,
): Promise<LocalServer> {
  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    try {
      await handle(incoming, outgoing)
    } catch {
      outgoing.destroy()
    }
  }
  // What is asked may be answered much later: a long poll, a process that is being killed.
  const options = { requestTimeout: 0, keepAliveTimeout: 120_000 }
  const server = createServer(options, (incoming, outgoing) => void serve(incoming, outgoing)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The same request to another server: what it answered. With `body` as what was sent, without it streamed as it comes. */
export async function forwarded(target: string, incoming: IncomingMessage, body?: Buffer): Promise<IncomingMessage> {
  const { method, headers, url } = incoming
  const forward = request(new URL(url ?? '/', target), { method, headers })
  incoming.on('aborted', () => forward.destroy())
  const answered = once(forward, 'response')
  if (body) forward.end(body)
  else incoming.pipe(forward)
  // `response` comes with exactly one IncomingMessage.
  const [answer] = (await answered) as [IncomingMessage]
  return answer
}

/** Gives an answer on as it comes, and takes it no longer than somebody listens. */
export function passOn(answer: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.on('close', () => answer.destroy())
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
  outgoing.flushHeaders()
  answer.pipe(outgoing)
}

export async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  // An IncomingMessage without an encoding yields Buffers.
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
