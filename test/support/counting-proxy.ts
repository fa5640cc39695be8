import { once } from 'node:events'
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'

export type Passed = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly status: number
}

/**
 * Stands before a server and counts what goes through. At the request number `onRequest` says, the client is cut off: before the
 * server has seen the request, or after it has answered and before the client knows.
 */
export async function countingProxy(
  target: string,
  onRequest: (n: number, path: string) => 'pass' | 'cut before' | 'cut after' = () => 'pass',
): Promise<AsyncDisposable & { readonly url: string; readonly passed: Passed[] }> {
  const passed: Passed[] = []
  let count = 0
  const serve = (incoming: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = incoming
    count += 1
    const fate = onRequest(count, url)
    if (fate === 'cut before') return void incoming.socket.destroy()
    const outgoing = send(new URL(url, target), { method, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        if (fate === 'cut after') return incoming.socket.destroy()
        passed.push({
          method,
          path: decodeURIComponent(url.split('?')[0] ?? ''),
          headers,
          status: answer.statusCode ?? 0,
        })
        return response.writeHead(answer.statusCode ?? 500, answer.headers).end(Buffer.concat(chunks))
      })
    })
    outgoing.on('error', () => incoming.socket.destroy())
    return incoming.pipe(outgoing)
  }
  const server = createServer((incoming, response) => void serve(incoming, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    passed,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
