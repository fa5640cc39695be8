import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { LivePages, ServedPages } from '../core/live-pages.ts'

export type ServeOptions = {
  /** 0: any that is free. */
  readonly port: number
  /** How often what is looked at is asked for its version, real ms. @default 1000 */
  readonly pollMs?: number
  /** How many may follow at once. @default 64 */
  readonly mostStreams?: number
}

const address = '127.0.0.1'
const suffix = '/events'
/** A browser that lost its stream asks again after so long. */
const retryMs = 2000
/** A comment so often, in polls, shows who is gone. */
const beatEvery = 15

/** Names of this machine to itself. Any other name leads here through somebody's DNS (rebinding), and reads nothing. */
const loopback = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i

const safeHeaders = {
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const
const nothingAtAll = `default-src 'none'`

/** Who follows one page: each with the version it has. */
type Channel = {
  readonly followers: Map<ServerResponse, string | null>
  /** The newest version; undefined before the first answer, null where there is no page any more. */
  version: string | null | undefined
  troubled: boolean
}

/**
 * Serves pages to the browsers of this machine, with a stream of server-sent events below each (`<path>/events`) that tells when
 * it changed. Answers GET and HEAD alone. Throws USAGE when the port cannot be had.
 */
export async function servePages(pages: LivePages, options: ServeOptions): Promise<ServedPages> {
  const { port, pollMs = 1000, mostStreams = 64 } = options
  const channels = new Map<string, Channel>()
  const stop = new AbortController()

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!loopback.test(request.headers.host ?? '')) return say(response, 403, 'this page is for this machine alone')
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD')
      return say(response, 405, 'nothing can be changed here')
    }
    const url = urlOf(request)
    if (url === null) return say(response, 400, 'that is no address')
    if (url.pathname.endsWith(suffix)) return stream(url, request, response)
    const page = await pages.page(url.pathname)
    if (page === null) return say(response, 404, 'there is no such page')
    send(response, 200, 'text/html', page.html, page.policy)
  }

  async function stream(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = url.pathname.slice(0, -suffix.length) || '/'
    if ((await pages.version(path)) === null) return say(response, 404, 'there is no such page')
    const open = [...channels.values()].reduce((count, { followers }) => count + followers.size, 0)
    if (open >= mostStreams) return say(response, 503, 'too many follow already')
    response.writeHead(200, { ...headersFor('text/event-stream', nothingAtAll) })
    if (request.method === 'HEAD') return void response.end()
    response.write(`retry: ${retryMs}\n\n`)
    // A browser that comes back says what it saw last; at first the page itself says it.
    const last = request.headers['last-event-id']
    join(path, response, (typeof last === 'string' ? last : null) ?? url.searchParams.get('since'))
  }

  function join(path: string, response: ServerResponse, seen: string | null): void {
    // Gone before it was answered.
    if (response.destroyed) return
    const known = channels.get(path)
    const channel: Channel = known ?? { followers: new Map(), version: undefined, troubled: false }
    channel.followers.set(response, seen)
    response.on('close', () => channel.followers.delete(response))
    if (known) return tell(channel)
    channels.set(path, channel)
    void follow(path, channel)
  }

  /** One loop per page that somebody follows, however many do. */
  async function follow(path: string, channel: Channel): Promise<void> {
    for (let poll = 1; channel.followers.size > 0 && !stop.signal.aborted; poll += 1) {
      await look(path, channel)
      if (poll % beatEvery === 0) write(channel, ':\n\n')
      await pause(pollMs, undefined, { signal: stop.signal }).catch(() => {})
    }
    channels.delete(path)
  }

  async function look(path: string, channel: Channel): Promise<void> {
    try {
      channel.version = await pages.version(path)
      if (channel.troubled) write(channel, 'event: well\ndata:\n\n')
      channel.troubled = false
      tell(channel)
    } catch {
      if (!channel.troubled) write(channel, 'event: trouble\ndata:\n\n')
      channel.troubled = true
    }
  }

  const server = createServer((request, response) => {
    response.on('error', () => response.destroy())
    answer(request, response).catch((error: unknown) => fail(response, error))
  })
  await listen(server, port)
  const bound = server.address()
  return {
    url: `http://${address}:${typeof bound === 'object' && bound !== null ? bound.port : port}/`,
    close: async () => {
      stop.abort()
      for (const { followers } of channels.values()) for (const response of followers.keys()) response.end()
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Says the newest version to everybody who has another one. */
function tell({ followers, version }: Channel): void {
  if (version === undefined) return
  for (const [response, seen] of followers) {
    if (seen === version) continue
    followers.set(response, version)
    response.write(version === null ? 'event: gone\ndata:\n\n' : `id: ${version}\nevent: change\ndata: ${version}\n\n`)
  }
}

function write({ followers }: Channel, text: string): void {
  for (const response of followers.keys()) response.write(text)
}

function urlOf({ url = '/' }: IncomingMessage): URL | null {
  // Two slashes at its beginning would name a host.
  const path = url.replace(/^\/+/, '/')
  return path.startsWith('/') ? new URL(`http://${address}${path}`) : null
}

function fail(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy()
  const known = error instanceof LaunchError
  const why = known ? `it cannot be read just now: ${error.message}` : `a bug in launch: ${messageOf(error)}`
  say(response, known ? 503 : 500, why)
}

function say(response: ServerResponse, status: number, text: string): void {
  send(response, status, 'text/plain', `${text}\n`, nothingAtAll)
}

function send(response: ServerResponse, status: number, type: string, body: string, policy: string): void {
  // Node leaves the body of an answer to HEAD out by itself.
  response.writeHead(status, { ...headersFor(type, policy), 'Content-Length': Buffer.byteLength(body) }).end(body)
}

function headersFor(type: string, policy: string) {
  return {
    ...safeHeaders,
    'Content-Security-Policy': `${policy}; frame-ancestors 'none'`,
    'Content-Type': `${type}; charset=utf-8`,
  }
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    server.listen(port, address)
    await once(server, 'listening')
  } catch (error) {
    throw new LaunchError('USAGE', `port ${port} of ${address} cannot be had: ${messageOf(error)}`, {
      hint: 'leave --port out for one that is free',
      cause: error,
    })
  }
}
