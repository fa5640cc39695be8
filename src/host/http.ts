import { createHash } from 'node:crypto'
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { sha256Hex } from '../core/brand.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { Http, HttpApi, HttpRequest, HttpResponse } from '../core/ports.ts'

/** Sends a request somewhere else: the sandbox takes over the hosts of a run sheet. Null leaves it alone. */
export type Route = (url: URL) => { readonly url: string; readonly headers: { readonly [name: string]: string } } | null

/** More than any page or flag document; a monitor must not be filled up by what it looks at. */
const longestBodyBytes = 16 * 1024 * 1024

/**
 * GET over kept-alive connections of node:http, which starts faster than fetch and needs no second HTTP stack. The deadline covers
 * everything to the last byte; it is real time, also in the sandbox. Bodies come as they are sent, not decompressed.
 */
export function systemHttp(route: Route = () => null): Http {
  const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) } as const
  return {
    get: (url, options, signal) => sent({ method: 'GET', url, ...options }, { route, agents }, signal),
    digest: async (url, options, signal) => {
      const { status, body } = await sent({ method: 'GET', url, ...options, read: hashOf }, { route, agents }, signal)
      return { status, sha256: sha256Hex(Buffer.from(body).toString('hex')) }
    },
  }
}

/** The same for any method; sent once, unless the connection had died before. */
export function systemHttpApi(): HttpApi {
  const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) } as const
  return { send: (request, signal) => sent(request, { route: () => null, agents }, signal) }
}

type Asked = Pick<HttpRequest, 'method' | 'url' | 'timeoutMs' | 'body'> &
  Partial<Pick<HttpRequest, 'headers'>> & { readonly read?: typeof readBody }

async function sent(
  asked: Asked,
  { route, agents }: { readonly route: Route; readonly agents: Agents },
  signal: AbortSignal,
): Promise<HttpResponse> {
  const from = parse(asked.url)
  const routed = route(from)
  const target = routed === null ? from : parse(routed.url)
  const headers = { 'accept-encoding': 'identity', 'user-agent': 'launch', ...asked.headers, ...routed?.headers }
  const deadline = AbortSignal.timeout(asked.timeoutMs)
  const one = () => sendOnce(target, { ...asked, headers }, agents, AbortSignal.any([signal, deadline]))
  try {
    // A server may close a kept connection just as we use it: nothing was read, so ask again.
    return await one().catch((error: unknown) => (isStaleConnection(error) ? one() : Promise.reject(error)))
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof LaunchError) throw error
    const why = deadline.aborted ? `no answer within ${asked.timeoutMs} ms` : messageOf(error)
    throw new LaunchError('UNREACHABLE', `${shown(from)}: ${why}`, { cause: error })
  }
}

type Agents = { readonly 'http:': HttpAgent; readonly 'https:': HttpsAgent }

function sendOnce(
  url: URL,
  { method, headers, body, read = readBody }: Asked & Pick<HttpRequest, 'headers'>,
  agents: Agents,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const startedAt = performance.now()
  const bytes = body === undefined ? null : Buffer.from(body)
  const sized = bytes === null ? headers : { ...headers, 'content-length': String(bytes.length) }
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:'
    const request = secure
      ? httpsRequest(url, { method, headers: sized, agent: agents['https:'], signal })
      : httpRequest(url, { method, headers: sized, agent: agents['http:'], signal })
    request.once('error', (error) =>
      reject(request.reusedSocket && isReset(error) ? new StaleConnection(error) : error),
    )
    request.once('response', (response) => {
      read(response, shown(url)).then(
        (body) =>
          resolve({
            status: response.statusCode ?? 0,
            headers: headersOf(response),
            body,
            ms: performance.now() - startedAt,
          }),
        (error: unknown) => {
          request.destroy()
          reject(error)
        },
      )
    })
    request.end(bytes ?? undefined)
  })
}

/** The SHA-256 of the body, of any length. */
async function hashOf(response: IncomingMessage): Promise<Uint8Array> {
  const hash = createHash('sha256')
  for await (const chunk of bytesOf(response)) hash.update(chunk)
  return hash.digest()
}

async function readBody(response: IncomingMessage, from: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of bytesOf(response)) {
    bytes += chunk.length
    if (bytes > longestBodyBytes) throw new LaunchError('UNREACHABLE', `${from}: the answer is larger than 16 MiB`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function bytesOf(response: IncomingMessage): AsyncIterable<Uint8Array> {
  // Without setEncoding a response yields bytes.
  return response as AsyncIterable<Uint8Array>
}

function headersOf(response: IncomingMessage): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}

class StaleConnection extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause })
  }
}

function isStaleConnection(error: unknown): boolean {
  return error instanceof StaleConnection
}

function isReset(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}

function parse(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw new LaunchError('UNREACHABLE', `"${url === null ? address : shown(url)}" is no http address`, {
    hint: 'write it with https://',
  })
}

/** Without user, password and query: they may be secret. */
function shown(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`
}
