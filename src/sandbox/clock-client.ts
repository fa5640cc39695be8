import type { IncomingMessage } from 'node:http'
import { epochMs, type EpochMs } from '../core/brand.ts'
import type { ControlClient } from './control-client.ts'
import type { Slept } from './clock.ts'

/** A long-poll that is not answered after this much wall time (the host answers after 20 s) means a host that hangs. */
const pollTimeoutMs = 40_000

type Tick = {
  readonly driver: number
  readonly now: EpochMs
  readonly speed: number | null
  readonly heldAt: EpochMs | null
}

/**
 * The clock of a host in another process. The connection it opens is its participation: while it stands, time does not
 * move unless this driver sleeps; when it breaks, the host is gone.
 */
export class ClockClient {
  readonly #client: ControlClient
  readonly #stream: IncomingMessage
  #tick: Tick
  #readAt: number
  /** Resolves when the connection to the host is gone, whoever ended it. */
  readonly lost: Promise<void>

  private constructor(client: ControlClient, stream: IncomingMessage, first: Tick) {
    this.#client = client
    this.#stream = stream
    this.#tick = first
    this.#readAt = performance.now()
    this.lost = new Promise((resolve) => stream.once('close', () => resolve()))
  }

  static async attach(client: ControlClient, asDriver: boolean): Promise<ClockClient> {
    const stream = await client.open('GET', `clock/attach?driver=${asDriver ? 1 : 0}`)
    stream.setEncoding('utf8')
    return new Promise((resolve, reject) => {
      let rest = ''
      let attached: ClockClient | null = null
      stream.on('data', (text: string) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        // Each line is one Tick of control.ts.
        for (const tick of lines.map((line) => JSON.parse(line) as Tick)) {
          if (attached) attached.#see(tick)
          else resolve((attached = new ClockClient(client, stream, tick)))
        }
        // Once attached, the connection alone must not keep a process alive that has nothing more to do.
        if (attached) stream.socket.unref()
      })
      stream.on('error', (error) => reject(error))
      stream.on('close', () => reject(new Error('the sandbox host closed the connection')))
    })
  }

  now(): EpochMs {
    const { now, speed, heldAt } = this.#tick
    if (speed === null) return now
    const ran = now + Math.floor((performance.now() - this.#readAt) * speed)
    return epochMs(heldAt === null ? ran : Math.max(now, Math.min(ran, heldAt)))
  }

  /** One long-poll: until the instant, or until the host wants it renewed. Throws when the host is gone. */
  async sleep(until: EpochMs, signal: AbortSignal): Promise<Slept> {
    const query = `driver=${this.#tick.driver}&until=${until}`
    const { status, body } = await this.#client.call('POST', `clock/sleep?${query}`, {
      signal,
      timeoutMs: pollTimeoutMs,
    })
    if (status !== 200) throw new Error(`the sandbox host answers ${status} to a sleep`)
    // The other end is the same program.
    const slept = body as Slept
    this.#see({ ...this.#tick, now: slept.now })
    return slept
  }

  close(): void {
    this.#stream.destroy()
  }

  #see(tick: Tick): void {
    this.#tick = { ...tick, driver: this.#tick.driver, now: epochMs(Math.max(tick.now, this.now())) }
    this.#readAt = performance.now()
  }
}
