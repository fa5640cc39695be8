import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { appApi } from './app-api.ts'
import { WorldClock } from './clock.ts'
import { attachStream, control, type Controlled } from './control.ts'
import { edge } from './edge.ts'
import { json, readRequest, writeResponse } from './http-wire.ts'
import { s3Error } from './aws-error.ts'
import { awsServices } from './services.ts'
import type { Service, WireRequest, WireResponse } from './types.ts'
import { resetWorld, type SandboxConfig, type StoredConfig } from './world-config.ts'
import { SandboxWorld } from './world.ts'

/** Ports on 127.0.0.1: one for the AWS API, one per site by environment. */
export type Ports = { readonly api: number; readonly sites: { readonly [environment: string]: number } }

export type HostOptions = {
  /** Folder of the world. Whoever calls this holds its lock. */
  readonly dir: string
  readonly config: StoredConfig
  /** Ports to take again; others are chosen when one of them is taken. */
  readonly ports: Ports | null
  readonly speed: number | null
  /** Wall time the clock stands still after opening. */
  readonly quietMs: number
  /** Said by `/_sandbox/info`. */
  readonly generation: number
}

/** A world and the answers to requests for it; replaced whole by a reset. */
type Stage = {
  readonly world: SandboxWorld
  readonly clock: WorldClock
  readonly api: Service
  readonly edges: ReadonlyMap<string, (request: WireRequest) => Promise<WireResponse>>
  /** Environment by the host name of its url. */
  readonly hosts: ReadonlyMap<string, string>
}

/** The endpoint of a world on 127.0.0.1. Throws EADDRINUSE when ports were asked for that are taken. */
export class SandboxHost implements Controlled {
  readonly #options: HostOptions
  #stage: Stage
  #api: Server | null = null
  #ports: Ports = { api: 0, sites: {} }
  readonly #sites = new Map<string, Server>()
  readonly #streams = new Set<ServerResponse>()
  readonly #open = new Set<ServerResponse>()

  private constructor(options: HostOptions) {
    this.#options = options
    this.#stage = stageOf(options.dir, options.config, options.speed, options.quietMs)
  }

  static async start(options: HostOptions): Promise<SandboxHost> {
    const host = new SandboxHost(options)
    try {
      host.#api = await listen(host.#handler(null), options.ports?.api ?? 0)
      await host.#listenForSites(options.ports)
    } catch (error) {
      await host.close()
      throw error
    }
    return host
  }

  get world(): SandboxWorld {
    return this.#stage.world
  }
  get clock(): WorldClock {
    return this.#stage.clock
  }
  get ports(): Ports {
    return this.#ports
  }
  /** Onlookers and drivers of other processes. */
  get attached(): number {
    return this.#streams.size
  }

  info(): unknown {
    const { config } = this.#stage.world
    const { speed } = this.#stage.clock
    return {
      pid: process.pid,
      generation: this.#options.generation,
      ports: this.ports,
      config,
      now: this.#stage.clock.now(),
      speed,
    }
  }

  /** A hold stays, as long after the new start as it was after the old one. */
  async reset(config: SandboxConfig): Promise<boolean> {
    if (this.#stage.clock.drivers > 0) return false
    const { speed, heldAt } = this.#stage.clock
    const heldMs = heldAt === null ? null : heldAt - this.#stage.world.startedAt
    this.#closeStage()
    this.#stage = stageOf(this.#options.dir, resetWorld(this.#options.dir, config), speed, 0)
    if (heldMs !== null) this.#stage.clock.hold(config.startAt + heldMs)
    await this.#listenForSites(null)
    for (const stream of this.#streams) stream.end()
    return true
  }

  /** Answers what is under way, then lets go of ports and files. */
  async close(): Promise<void> {
    const servers = [...(this.#api ? [this.#api] : []), ...this.#sites.values()]
    const closed = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
    await this.#drained()
    for (const server of servers) server.closeAllConnections()
    await Promise.all(closed)
    this.#closeStage()
  }

  /** Requests under way get up to this long, in wall time, to be answered. */
  async #drained(): Promise<void> {
    const deadline = performance.now() + 1000
    while (this.#open.size > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  #closeStage(): void {
    this.#stage.clock.close()
    this.#stage.world.close()
  }

  async #listenForSites(ports: Ports | null): Promise<void> {
    const environments = new Set(this.#stage.world.sites.map((site) => site.environment))
    for (const [environment, server] of this.#sites) {
      if (environments.has(environment)) continue
      this.#sites.delete(environment)
      server.close()
      server.closeAllConnections()
    }
    for (const environment of environments) {
      if (!this.#sites.has(environment))
        this.#sites.set(environment, await listen(this.#handler(environment), ports?.sites[environment] ?? 0))
    }
    const sites = [...this.#sites].map(([environment, server]) => [environment, portOf(server)])
    this.#ports = { api: this.#api ? portOf(this.#api) : 0, sites: Object.fromEntries(sites) }
  }

  /** `environment`: whose site this listener is; null: the AWS API. */
  #handler(environment: string | null): (message: IncomingMessage, response: ServerResponse) => void {
    return (message, response) => {
      void this.#serve(environment, message, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy()
        else writeResponse(response, s3Error('InternalError', error instanceof Error ? error.message : String(error)))
      })
    }
  }

  async #serve(environment: string | null, message: IncomingMessage, response: ServerResponse): Promise<void> {
    const stage = this.#stage
    const url = message.url ?? '/'
    if (environment === null && url.startsWith('/_sandbox/')) return this.#control(stage, message, response)
    stage.clock.began()
    this.#open.add(response)
    response.on('close', () => {
      this.#open.delete(response)
      stage.clock.ended()
    })
    const request = await readRequest(message, stage.world.sites)
    const named = stage.hosts.get(request.headers['host'] ?? '') ?? environment
    const site = named === null ? null : stage.edges.get(named)
    const answer = site ? await site(request) : await stage.api(request, stage.world)
    writeResponse(response, answer ?? s3Error('NotImplemented', 'The sandbox does not implement this'))
  }

  async #control(stage: Stage, message: IncomingMessage, response: ServerResponse): Promise<void> {
    if (message.url?.startsWith('/_sandbox/clock/attach')) {
      this.#streams.add(response)
      response.on('close', () => this.#streams.delete(response))
      return attachStream(stage.clock, message, response)
    }
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const request = await readRequest(message, [])
    writeResponse(
      response,
      (await control(this, request, gone.signal)) ?? json({ error: `no control path ${request.path}` }, 404),
    )
  }
}

function stageOf(dir: string, config: StoredConfig, speed: number | null, quietMs: number): Stage {
  const clock = new WorldClock({ path: join(dir, 'clock'), startAt: config.startAt, speed, quietMs })
  const world = new SandboxWorld(dir, config, () => clock.now())
  return {
    world,
    clock,
    api: awsServices(world),
    edges: new Map(world.sites.map((site) => [site.environment, edge(site, world, appApi(site))])),
    hosts: new Map(world.sites.map((site) => [new URL(site.url).host, site.environment])),
  }
}

async function listen(
  handler: (message: IncomingMessage, response: ServerResponse) => void,
  port: number,
): Promise<Server> {
  // SDK clients keep connections for longer than node's default of 5 s; a race of both ends closing is a lost request.
  const server = createServer({ keepAliveTimeout: 120_000, requestTimeout: 0 }, handler)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
  return server
}

function portOf(server: Server): number {
  // A server that listens on TCP has an AddressInfo.
  return (server.address() as AddressInfo).port
}
