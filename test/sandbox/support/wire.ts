import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { Service, WireRequest, World } from '../../../src/sandbox/types.ts'

/** A service behind a real socket, as the sandbox's server would call it; access keys `SANDBOX<account>`. */
export async function serve(service: Service, world: World) {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const response = await service(await readRequest(incoming), world)
      outgoing.writeHead(response?.status ?? 421, response?.headers ?? {})
      outgoing.end(response?.body ?? 'nobody answers this')
    })().catch((error: unknown) => outgoing.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readRequest(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk))
  const url = new URL(incoming.url ?? '/', 'http://127.0.0.1')
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
  const account = /Credential=SANDBOX(\d{12})/.exec(headers['authorization'] ?? '')?.[1] ?? null
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks),
    account,
  }
}

export function cloudWatchClient(url: string, account: string): CloudWatchClient {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
  return new CloudWatchClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: `SANDBOX${account}`, secretAccessKey: 'sandbox' },
    maxAttempts: 1,
  })
}
