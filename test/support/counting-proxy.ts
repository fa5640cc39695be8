import type { IncomingMessage, ServerResponse } from 'node:http'
import { bytesOf, forwarded, localServer } from './local-server.ts'

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
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = incoming
    count += 1
    const fate = onRequest(count, url)
    if (fate === 'cut before') return void incoming.socket.destroy()
    const answer = await forwarded(target, incoming)
    const body = await bytesOf(answer)
    if (fate === 'cut after') return void incoming.socket.destroy()
    const status = answer.statusCode ?? 0
    passed.push({ method, path: decodeURIComponent(url.split('?')[0] ?? ''), headers, status })
    response.writeHead(status, answer.headers).end(body)
  }
  return {
    ...(await localServer(serve)),
    passed,
  }
}
