import { setTimeout as pause } from 'node:timers/promises'
import type { EpochMs } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import { ClockClient } from './clock-client.ts'
import type { Slept } from './clock.ts'
import { ControlClient } from './control-client.ts'
import { claim, currentHolder, isAlive, readEndpoint, release, writeEndpoint, type Holder } from './host-lock.ts'
import { SandboxHost, type Ports } from './server.ts'
import { readConfig, resetWorld, type SandboxConfig, type StoredConfig } from './world-config.ts'

/** A process's place in a world: it hosts it, or is a guest of the process that does. */
export type Seat = {
  readonly hosting: boolean
  readonly ports: Ports
  readonly apiUrl: string
  readonly config: StoredConfig
  now(): EpochMs
  /** Joins first when this process is no driver yet. Throws when the host is gone. */
  sleep(until: EpochMs, signal: AbortSignal): Promise<Slept>
  /** Resolves when the host is gone; never for a host. */
  readonly lost: Promise<void>
  leave(): Promise<void>
}

export type SeatRequest = {
  readonly dir: string
  readonly config: SandboxConfig | null
  /** `fresh` throws away the world that is there. */
  readonly mode: 'fresh' | 'attach'
  readonly driver: boolean
  /** Undefined: as the last host had it. */
  readonly speed: number | null | undefined
  /** Whether this process was attached to a host that is gone: others count on its ports. */
  readonly takeover: boolean
}

/** Wall time: how long a process tries to find or become the host. */
const seatTimeoutMs = 20_000
/** A host whose process lives but whose port refuses for this long is no host (its pid was reused). */
const refusedMs = 2500
/** Wall time in which drivers of a host that is gone can join the next one before time moves. */
const regroupMs = 750

/** Hosts the world, or attaches to whoever does. */
export async function takeSeat(wanted: SeatRequest): Promise<Seat> {
  const deadline = performance.now() + seatTimeoutMs
  let refusedSince: number | null = null
  for (;;) {
    const holder = currentHolder(wanted.dir)
    const deaf = refusedSince !== null && performance.now() - refusedSince > refusedMs
    if (holder?.pid != null && isAlive(holder.pid) && !deaf) {
      const guest = await tryAsGuest(wanted, holder)
      if (guest) return guest
      refusedSince ??= performance.now()
    } else {
      const host = await tryAsHost(wanted, holder)
      if (host) return host
      refusedSince = null
    }
    if (performance.now() > deadline)
      throw new LaunchError('UNREACHABLE', `no host of the sandbox answers in ${wanted.dir}`, {
        hint: 'launch sandbox reset',
      })
    await pause(20)
  }
}

/** A guest of the host at `url`, wherever its folder is. */
export async function guestSeat(url: string, driver: boolean, timeoutMs?: number): Promise<Seat> {
  const client = new ControlClient(url)
  const info = await client.info(timeoutMs)
  const onlooker = await ClockClient.attach(client, driver)
  let asDriver = driver ? Promise.resolve(onlooker) : null
  return {
    hosting: false,
    ports: info.ports,
    apiUrl: client.url,
    config: info.config,
    now: () => onlooker.now(),
    sleep: async (until, signal) => (await (asDriver ??= ClockClient.attach(client, true))).sleep(until, signal),
    lost: onlooker.lost,
    leave: async () => {
      onlooker.close()
      ;(await asDriver?.catch(() => null))?.close()
      client.close()
    },
  }
}

async function tryAsGuest(wanted: SeatRequest, holder: Holder): Promise<Seat | null> {
  const endpoint = readEndpoint(wanted.dir)
  if (endpoint?.generation !== holder.generation) return null
  const url = apiUrl(endpoint.ports)
  try {
    if (wanted.mode === 'fresh') await resetAt(url, wanted.config, holder)
    const seat = await guestSeat(url, wanted.driver)
    if (wanted.speed !== undefined) await setSpeed(url, wanted.speed)
    return seat
  } catch (error) {
    if (error instanceof LaunchError) throw error
    // The host is starting or going: look again.
    return null
  }
}

async function tryAsHost(wanted: SeatRequest, holder: Holder | null): Promise<Seat | null> {
  const { dir } = wanted
  const generation = (holder?.generation ?? 0) + 1
  if (readConfig(dir) === null && !wanted.config) {
    throw new LaunchError('NOT_FOUND', `there is no sandbox world in ${dir}`, {
      hint: 'launch auto --sandbox starts one',
    })
  }
  if (!claim(dir, generation)) return null
  try {
    return await hostSeat(wanted, generation, holder !== null && (holder.pid !== null || holder.attached > 0))
  } catch (error) {
    release(dir, generation, 0)
    throw error
  }
}

async function hostSeat(wanted: SeatRequest, generation: number, orphans: boolean): Promise<Seat> {
  const { dir } = wanted
  const previous = readEndpoint(dir)
  const stored = wanted.mode === 'fresh' ? null : readConfig(dir)
  const config = stored ?? resetWorld(dir, given(wanted))
  const speed = wanted.speed === undefined ? (stored ? (previous?.speed ?? null) : null) : wanted.speed
  const quietMs = stored && orphans ? regroupMs : 0
  const host = await startOnPorts({ dir, config, speed, quietMs, generation }, previous?.ports ?? null, wanted.takeover)
  writeEndpoint(dir, { generation, pid: process.pid, ports: host.ports, speed })
  let driver = wanted.driver ? host.clock.join() : null
  return {
    hosting: true,
    get ports() {
      return host.ports
    },
    apiUrl: apiUrl(host.ports),
    get config() {
      return host.world.config
    },
    now: () => host.clock.now(),
    sleep: (until, signal) => host.clock.sleep((driver ??= host.clock.join()), until, null, signal),
    lost: new Promise(() => {}),
    leave: async () => {
      if (driver !== null) host.clock.leave(driver)
      const { attached } = host
      await host.close()
      release(dir, generation, attached)
    },
  }
}

/** The ports of the last host, so that addresses stay valid; a takeover waits until they are free. */
async function startOnPorts(
  options: Omit<Parameters<typeof SandboxHost.start>[0], 'ports'>,
  ports: Ports | null,
  patient: boolean,
): Promise<SandboxHost> {
  const deadline = performance.now() + (patient ? 3000 : 0)
  for (;;) {
    try {
      return await SandboxHost.start({ ...options, ports })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') || ports === null) throw error
      if (performance.now() > deadline) return SandboxHost.start({ ...options, ports: null })
      await pause(20)
    }
  }
}

async function resetAt(url: string, config: SandboxConfig | null, holder: Holder): Promise<void> {
  const client = new ControlClient(url)
  try {
    const { status } = await client.call('POST', 'reset', { body: config, timeoutMs: 5000 })
    if (status === 409) {
      throw new LaunchError('UNFINISHED', `a sandbox launch is running (process ${holder.pid})`, {
        hint: 'wait for it, or stop it with Ctrl-C',
      })
    }
  } finally {
    client.close()
  }
}

async function setSpeed(url: string, speed: number | null): Promise<void> {
  const client = new ControlClient(url)
  await client.call('POST', speed === null ? 'clock/speed' : `clock/speed?speed=${speed}`, { timeoutMs: 5000 })
  client.close()
}

function given(wanted: SeatRequest): SandboxConfig {
  if (wanted.config) return wanted.config
  throw new LaunchError('NOT_FOUND', `there is no sandbox world in ${wanted.dir}`)
}

function apiUrl(ports: Ports): string {
  return `http://127.0.0.1:${ports.api}`
}
