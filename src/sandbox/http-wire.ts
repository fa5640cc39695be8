import type { IncomingMessage, ServerResponse } from 'node:http'
import { accountOf, signingKey } from './account.ts'
import type { Site, WireRequest, WireResponse } from './types.ts'

/** Reads a request whole. Rejects when the client goes away before its end. */
export async function readRequest(message: IncomingMessage, sites: readonly Site[]): Promise<WireRequest> {
  const url = message.url ?? '/'
  const cut = url.indexOf('?')
  const query = new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1))
  const headers = flat(message.headers)
  const key = signingKey(headers['authorization'], query)
  return {
    method: message.method ?? 'GET',
    path: cut < 0 ? url : url.slice(0, cut),
    query,
    headers,
    body: await readBody(message),
    account: key === null ? null : accountOf(key, sites),
  }
}

export function writeResponse(target: ServerResponse, { status, headers, body }: WireResponse): void {
  const length = headers['content-length'] ?? String(typeof body === 'string' ? Buffer.byteLength(body) : body.length)
  const bodiless = status === 204 || status === 304
  target.writeHead(status, bodiless ? headers : { ...headers, 'content-length': length })
  target.end(body)
}

export function json(value: unknown, status = 200): WireResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(value),
  }
}

async function readBody(message: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  // An IncomingMessage without an encoding yields Buffers.
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return chunks.length === 1 ? (chunks[0] ?? empty) : Buffer.concat(chunks)
}

const empty = new Uint8Array(0)

function flat(headers: IncomingMessage['headers']): { readonly [name: string]: string } {
  const flattened: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flattened[name] = typeof value === 'string' ? value : value.join(', ')
  }
  return flattened
}
