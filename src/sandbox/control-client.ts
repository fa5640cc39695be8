import { Agent, request, type IncomingMessage } from 'node:http'
import type { EpochMs } from '../core/brand.ts'
import type { Ports } from './server.ts'
import type { StoredConfig } from './world-config.ts'

/** What `/_sandbox/info` says. */
export type HostInfo = {
  readonly pid: number
  readonly generation: number
  readonly ports: Ports
  readonly config: StoredConfig
  readonly now: EpochMs
  readonly speed: number | null
}

export type Reply = { readonly status: number; readonly body: unknown }

/** Talks to the control paths of a host. Throws the socket's error when there is none. */
export class ControlClient {
  readonly url: string
  readonly #agent = new Agent({ keepAlive: true })

  constructor(url: string) {
    this.url = url.replace(/\/$/, '')
  }

  async call(
    method: string,
    path: string,
    options: { readonly body?: unknown; readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<Reply> {
    const response = await this.open(method, path, options)
    const chunks: Buffer[] = []
    // An IncomingMessage without an encoding yields Buffers.
    for await (const chunk of response) chunks.push(chunk as Buffer)
    return { status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) }
  }

  /** Sends a request and returns its response, still to be read. */
  open(
    method: string,
    path: string,
    options: { readonly body?: unknown; readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
  ): Promise<IncomingMessage> {
    const { body, timeoutMs, signal } = options
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.url}/_sandbox/${path}`,
        { method, agent: this.#agent, ...(signal && { signal }) },
        resolve,
      )
      if (timeoutMs !== undefined)
        sent.setTimeout(timeoutMs, () => sent.destroy(new Error(`no answer in ${timeoutMs} ms`)))
      sent.on('error', reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }

  async info(timeoutMs = 5000): Promise<HostInfo> {
    const { body } = await this.call('GET', 'info', { timeoutMs })
    // The other end is the same program.
    return body as HostInfo
  }

  close(): void {
    this.#agent.destroy()
  }
}
