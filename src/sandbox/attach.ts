import { setTimeout as pause } from 'node:timers/promises'
import { epochMs, type EpochMs } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { guestSeat, takeSeat, type Seat } from './seat.ts'
import type { SandboxConfig, StoredConfig } from './world-config.ts'

export type OpenOptions = {
  /** Folder of the world, e.g. `.launch/sandbox/world`. */
  readonly dir: string
  /** Needed for a fresh world, and where there is none yet. */
  readonly config?: SandboxConfig
  /** Virtual time per real time; null: it jumps. Absent: as the host that is there has it, else it jumps. */
  readonly speed?: number | null
  /** False for a process that only looks: time does not wait for it. It joins when it first sleeps. Default true. */
  readonly driver?: boolean
}

/** A process's connection to a sandbox world, as its host or its guest; it becomes the host when that one is gone. */
export class Sandbox implements AsyncDisposable {
  readonly #reseat: (() => Promise<Seat>) | null
  #seat: Seat
  /** Pending while the host is gone and the next one not yet there. */
  #seated: Promise<Seat>
  #closed = false
  #latest = 0
  readonly clock: Clock

  constructor(seat: Seat, reseat: (() => Promise<Seat>) | null) {
    this.#reseat = reseat
    this.#seat = seat
    this.#seated = Promise.resolve(seat)
    void this.#follow(seat)
    this.clock = {
      now: () => this.#now(),
      sleepUntil: (at, signal) => this.#sleepUntil(at, signal),
      monotonicMs: () => performance.now(),
    }
  }

  /** The endpoint of the AWS API: what AWS_ENDPOINT_URL is set to. */
  get apiUrl(): string {
    return this.#seat.apiUrl
  }
  /** Each site by environment, on 127.0.0.1: what LAUNCH_URL is set to. */
  get siteUrls(): { readonly [environment: string]: string } {
    return Object.fromEntries(
      Object.entries(this.#seat.ports.sites).map(([name, port]) => [name, `http://127.0.0.1:${port}`]),
    )
  }
  /** What the world is made of: the played scenario, its seed, the sites, where its clock started. */
  get config(): StoredConfig {
    return this.#seat.config
  }
  get hosting(): boolean {
    return this.#seat.hosting
  }

  /** Leaves the world; when this process hosts it, an attached one takes over. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    const seat = await this.#seated.catch(() => this.#seat)
    await seat.leave()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #now(): EpochMs {
    this.#latest = Math.max(this.#latest, this.#seat.now())
    return epochMs(this.#latest)
  }

  async #sleepUntil(at: EpochMs, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    while (this.#now() < at) {
      const seat = await this.#seated
      if (this.#closed) throw new LaunchError('STOPPED', 'the sandbox was closed during a sleep')
      await this.#sleepOn(seat, at, signal)
      signal.throwIfAborted()
    }
  }

  /** One sleep on one seat; comes back early when its host goes away. */
  async #sleepOn(seat: Seat, at: EpochMs, signal: AbortSignal): Promise<void> {
    try {
      const slept = await seat.sleep(at, signal)
      this.#latest = Math.max(this.#latest, slept.now)
    } catch (error) {
      signal.throwIfAborted()
      if (seat.hosting) throw error
      // A host that hangs rather than dies is asked again. The timer keeps this process alive meanwhile: the connection to
      // the host does not, and a process with nothing to wait for ends in the middle of its launch (exit 13).
      const cut = new AbortController()
      await Promise.race([seat.lost, pause(1000, undefined, { signal: cut.signal }).catch(() => {})])
      cut.abort()
    }
  }

  /** When the host of this seat is gone, finds or becomes the next one. */
  async #follow(seat: Seat): Promise<void> {
    await seat.lost
    if (this.#closed) return
    this.#seated = this.#next()
    // Whoever sleeps sees the failure; nobody may be sleeping.
    this.#seated.catch(() => {})
  }

  async #next(): Promise<Seat> {
    await this.#seat.leave()
    if (!this.#reseat) throw new LaunchError('UNREACHABLE', `the sandbox at ${this.#seat.apiUrl} is gone`)
    const seat = await this.#reseat()
    this.#seat = seat
    void this.#follow(seat)
    return seat
  }
}

/**
 * Opens the world in a folder. `fresh` throws away what is there, and throws LaunchError UNFINISHED when somebody
 * drives it; `attach` keeps it, and throws NOT_FOUND when there is none and no config to make one from.
 */
export async function openSandbox(options: OpenOptions, mode: 'fresh' | 'attach'): Promise<Sandbox> {
  const { dir, config = null, driver = true } = options
  if (mode === 'fresh' && !config) throw new LaunchError('USAGE', 'a fresh sandbox world needs a config')
  const seat = await takeSeat({
    dir,
    config,
    mode,
    driver,
    speed: options.speed,
    takeover: false,
  })
  return new Sandbox(seat, () =>
    takeSeat({ dir, config: null, mode: 'attach', driver, speed: undefined, takeover: true }),
  )
}

/** Attaches to a host by its address (LAUNCH_SANDBOX_URL, also through a proxy); nobody takes over when it goes. */
export async function attachTo(url: string, options: { readonly driver?: boolean } = {}): Promise<Sandbox> {
  try {
    // There is no other host to look for: one that is busy with a browser full of users is waited for.
    return new Sandbox(await guestSeat(url, options.driver ?? true, 20_000), null)
  } catch (error) {
    throw new LaunchError('UNREACHABLE', `no sandbox answers at ${url}`, { cause: error })
  }
}
