import { z } from 'zod'
import { columns, seededBoard, type Appointment } from './board.ts'
import type { Service, Site, WireRequest, WireResponse, World } from './types.ts'

/** The status board's own backend under `/api/`: appointments with optimistic concurrency, health, and a beacon for events. */

const Move = z.object({ column: z.enum(columns), version: z.int() })
/** As `world.append('board', …)` keeps it. */
type Moved = {
  readonly environment: string
  readonly id: string
  readonly column: Appointment['column']
  readonly version: number
}

const mostEventBytes = 65_536

/** Answers `/api/*` of one site; null for every other path. Only the site's own pages may change something. */
export function appApi(site: Site): Service {
  return async (request, world) => {
    if (request.path !== '/api' && !request.path.startsWith('/api/')) return null
    if (request.method === 'OPTIONS' || isForeign(request, site))
      return json(403, { error: 'other origins may not use this API' })
    const method = request.method === 'HEAD' ? 'GET' : request.method
    const [, resource = '', id, ...rest] = request.path.split('/').slice(1)
    const route = rest.length > 0 ? '' : id === undefined ? resource : `${resource}/:id`
    const handlers = Object.hasOwn(routes, route) ? routes[route] : undefined
    if (!handlers) return json(404, { error: `there is no ${request.path}` })
    const handler = handlers[method]
    if (!handler)
      return json(405, { error: `${request.method} is not possible here` }, { allow: Object.keys(handlers).join(', ') })
    return handler({ request, site, world, id: id ?? '' })
  }
}

type Asked = { readonly request: WireRequest; readonly site: Site; readonly world: World; readonly id: string }
type Handler = (asked: Asked) => WireResponse

const routes: { readonly [route: string]: { readonly [method: string]: Handler } } = {
  health: { GET: ({ world, site }) => json(200, { status: 'ok', version: releaseOf(world, site) }) },
  appointments: {
    GET: ({ world, site }) => json(200, { appointments: boardOf(world, site).map(cardOf) }),
  },
  'appointments/:id': {
    GET: ({ world, site, id }) => {
      const found = boardOf(world, site).find((appointment) => appointment.id === id)
      return found ? json(200, found) : unknownAppointment(id)
    },
    PUT: move,
  },
  events: {
    POST: ({ request }) =>
      request.body.length > mostEventBytes ? json(413, { error: 'too many events at once' }) : noContent(),
  },
}

/** Moves a card if nobody moved it since the version the caller saw; otherwise 409 with the card as it is now. */
function move({ request, site, world, id }: Asked): WireResponse {
  const wanted = Move.safeParse(parsed(request.body))
  if (!wanted.success) return json(400, { error: `a move needs column (${columns.join(', ')}) and version` })
  const current = boardOf(world, site).find((appointment) => appointment.id === id)
  if (!current) return unknownAppointment(id)
  if (current.version !== wanted.data.version) return json(409, { error: 'conflict', current })
  const moved = {
    environment: site.environment,
    id,
    column: wanted.data.column,
    version: current.version + 1,
  } satisfies Moved
  world.append('board', moved)
  return json(200, { ...current, column: moved.column, version: moved.version })
}

function boardOf(world: World, site: Site): readonly Appointment[] {
  // This file is the only writer of records of this kind.
  const moves = (world.records('board') as readonly Moved[]).filter(
    ({ environment }) => environment === site.environment,
  )
  const last = new Map(moves.map((moved) => [moved.id, moved]))
  return seededBoard(world.startedAt).map((appointment) => {
    const moved = last.get(appointment.id)
    return moved ? { ...appointment, column: moved.column, version: moved.version } : appointment
  })
}

/** What the list shows of an appointment: everything but its notes. */
function cardOf({ id, patient, title, column, start, version }: Appointment): Omit<Appointment, 'notes'> {
  return { id, patient, title, column, start, version }
}

/** The release that is served, by the content of its page; `0` before the first deploy. */
function releaseOf(world: World, site: Site): string {
  const etag = world.releases(site.environment).at(-1)?.etag ?? ''
  return etag.replaceAll('"', '').slice(0, 12) || '0'
}

/** Same origin only: no CORS headers are ever sent, and a foreign origin is refused. */
function isForeign({ headers }: WireRequest, site: Site): boolean {
  const { origin, host } = headers
  if (origin === undefined) return false
  return (
    origin !== new URL(site.url).origin &&
    !(host !== undefined && [`http://${host}`, `https://${host}`].includes(origin))
  )
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function unknownAppointment(id: string): WireResponse {
  return json(404, { error: `there is no appointment ${id}` })
}

function noContent(): WireResponse {
  return { status: 204, headers: { 'cache-control': 'no-store' }, body: '' }
}

function json(status: number, body: object, headers: { readonly [name: string]: string } = {}): WireResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  }
}
