import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseDuration } from '../core/units.ts'
import type { WorldClock } from './clock.ts'
import { json } from './http-wire.ts'
import type { WireRequest, WireResponse } from './types.ts'
import type { SandboxConfig } from './world-config.ts'
import type { SandboxWorld } from './world.ts'

/** Long-polls are answered after this much wall time at the latest; the client renews them. */
const longPollMs = 20_000

/** What the control paths may do with the host they belong to. */
export type Controlled = {
  readonly world: SandboxWorld
  readonly clock: WorldClock
  info(): unknown
  /** Replaces the world; false when a driver is attached. */
  reset(config: SandboxConfig): Promise<boolean>
}

/** `/_sandbox/*`: what no AWS client asks. Null: there is no such path. */
export async function control(host: Controlled, request: WireRequest, gone: AbortSignal): Promise<WireResponse | null> {
  const { method, path, query } = request
  const { clock, world } = host
  const webhook = /^\/_sandbox\/webhooks(?:\/([^/]+))?$/.exec(path)
  if (webhook) return webhooks(world, request, webhook[1] ?? null)
  switch (`${method} ${path.slice('/_sandbox/'.length)}`) {
    case 'GET info':
      return json(host.info())
    case 'POST reset':
      // The only client of this path is the sandbox's own, which sends a SandboxConfig.
      return (await host.reset(JSON.parse(Buffer.from(request.body).toString('utf8')) as SandboxConfig))
        ? json({ reset: true })
        : json({ reset: false }, 409)
    case 'GET clock':
      return json(clockState(clock))
    case 'POST clock/sleep':
      return sleep(clock, query, gone)
    case 'POST clock/advance':
      return json({ now: clock.advance(parseDuration(query.get('by') ?? '') ?? Number(query.get('by') ?? 0)) })
    case 'POST clock/speed':
      clock.setSpeed(query.get('speed') === null ? null : Number(query.get('speed')))
      return json(clockState(clock))
    case 'POST clock/hold':
      return hold(clock, world, query)
    case 'DELETE clock/hold':
      clock.release()
      return json(clockState(clock))
    default:
      return null
  }
}

/**
 * The connection that makes a process a driver (or an onlooker who wants to know when the host is gone). Each move of
 * the clock is a line of JSON; closing it leaves.
 */
export function attachStream(clock: WorldClock, message: IncomingMessage, response: ServerResponse): void {
  const asDriver = (message.url ?? '').includes('driver=1')
  const id = asDriver ? clock.join() : 0
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
  const tell = () =>
    response.write(`${JSON.stringify({ driver: id, now: clock.now(), speed: clock.speed, heldAt: clock.heldAt })}\n`)
  const unwatch = clock.watch(tell)
  response.on('close', () => {
    unwatch()
    if (asDriver) clock.leave(id)
  })
  tell()
}

async function sleep(clock: WorldClock, query: URLSearchParams, gone: AbortSignal): Promise<WireResponse> {
  const driver = Number(query.get('driver'))
  if (!clock.has(driver)) return json({ error: `no driver ${driver} has joined` }, 410)
  return json(await clock.sleep(driver, Number(query.get('until')), longPollMs, gone))
}

function clockState(clock: WorldClock): unknown {
  return { now: clock.now(), speed: clock.speed, drivers: clock.drivers, heldAt: clock.heldAt }
}

/** `?at=` epoch ms, an ISO instant, or `+30m` after the world's start; answers when held there unless `wait=0`. */
async function hold(clock: WorldClock, world: SandboxWorld, query: URLSearchParams): Promise<WireResponse> {
  const text = query.get('at') ?? ''
  const relative = parseDuration(text.replace(/^[+ ]/, ''))
  const at = relative === null ? (/^\d+$/.test(text) ? Number(text) : Date.parse(text)) : world.startedAt + relative
  if (!Number.isFinite(at)) return json({ error: `"${text}" is no instant` }, 400)
  clock.hold(at)
  const reached = query.get('wait') === '0' ? false : await clock.held(longPollMs)
  return json({ reached, now: clock.now() })
}

function webhooks(world: SandboxWorld, request: WireRequest, name: string | null): WireResponse {
  if (request.method === 'GET') {
    // Only this function appends records of this kind.
    const captured = world.records('webhook') as readonly CapturedWebhook[]
    return json(captured.filter((one) => name === null || one.name === name))
  }
  if (request.method !== 'POST' || name === null) return json({ error: 'POST to /_sandbox/webhooks/<name>' }, 405)
  const record: CapturedWebhook = {
    name,
    at: world.now(),
    contentType: request.headers['content-type'] ?? '',
    body: Buffer.from(request.body).toString('utf8'),
  }
  world.append('webhook', record)
  return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' }
}

/** A webhook message somebody posted; `at` is virtual time in epoch ms. */
export type CapturedWebhook = {
  readonly name: string
  readonly at: number
  readonly contentType: string
  readonly body: string
}
