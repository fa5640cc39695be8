import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** Where to connect to. */
export type Origin = { readonly protocol: 'http:' | 'https:'; readonly hostname: string; readonly port: number }

export type RawAnswer = {
  readonly status: number
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string }
  readonly body: string
}

/** What came is not an answer this client reads: the caller asks again in another way. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer'
}

const headLimit = 32 * 1024
const bodyLimit = 256 * 1024
const headEnd = Buffer.from('\r\n\r\n')

/**
 * HTTP/1.1 over kept connections for one kind of exchange: a request whose head is a string, and a short answer of a known length.
 * A third of the CPU time of node:http. Chunked answers, answers before the end of a request and whatever else is unusual are
 * UnreadableAnswer, after which the connection is closed. Owns its idle connections until `close`.
 */
export class RawHttp {
  readonly #origin: Origin
  readonly #connectMs: number
  readonly #idle: Socket[] = []
  readonly #aborts = new WeakMap<AbortSignal, Set<() => void>>()

  constructor(origin: Origin, connectMs: number) {
    this.#origin = origin
    this.#connectMs = connectMs
  }

  /** Rejects with what went wrong at the socket, the signal's reason, or UnreadableAnswer. */
  async send(head: string, body: Uint8Array, timeoutMs: number, signal: AbortSignal): Promise<RawAnswer> {
    signal.throwIfAborted()
    const socket = this.#idle.pop() ?? (await this.#open(signal))
    const answer = await exchange(socket, { head, body }, timeoutMs, (abort) => this.#onAbort(signal, abort))
    if (answer.headers['connection'] === 'close' || socket.destroyed) socket.destroy()
    else this.#keep(socket)
    return answer
  }

  close(): void {
    for (const socket of this.#idle.splice(0)) socket.destroy()
  }

  /** One listener for all requests of a signal: a deploy has a hundred under way. Returns how to take it back. */
  #onAbort(signal: AbortSignal, abort: (reason: Error) => void): () => void {
    const known = this.#aborts.get(signal)
    const all = known ?? new Set()
    if (!known) {
      this.#aborts.set(signal, all)
      signal.addEventListener('abort', () => all.forEach((one) => one()), { once: true })
    }
    const one = () => abort(reasonOf(signal))
    all.add(one)
    return () => all.delete(one)
  }

  #keep(socket: Socket): void {
    const forget = () => {
      const at = this.#idle.indexOf(socket)
      if (at >= 0) this.#idle.splice(at, 1)
    }
    // Idle connections keep no process alive; what happens to one while it waits is only the end of it.
    socket.unref()
    socket.once('error', forget).once('close', forget)
    this.#idle.push(socket)
  }

  #open(signal: AbortSignal): Promise<Socket> {
    const { protocol, hostname, port } = this.#origin
    return new Promise((resolve, reject) => {
      const host = hostname.replace(/^\[|\]$/g, '')
      const socket =
        protocol === 'https:'
          ? connectTls({ host, port, servername: host, ALPNProtocols: ['http/1.1'] })
          : connectPlain({ host, port })
      const settle = (error: Error | null) => {
        forget()
        socket.removeAllListeners().setTimeout(0)
        if (error === null) return resolve(socket.setNoDelay(true))
        socket.on('error', () => {}).destroy()
        reject(error)
      }
      const forget = this.#onAbort(signal, settle)
      socket.setTimeout(this.#connectMs, () => settle(new Error(`no connection within ${this.#connectMs} ms`)))
      socket.once('error', settle).once(protocol === 'https:' ? 'secureConnect' : 'connect', () => settle(null))
    })
  }
}

function exchange(
  socket: Socket,
  { head, body }: { readonly head: string; readonly body: Uint8Array },
  timeoutMs: number,
  onAbort: (abort: (reason: Error) => void) => () => void,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let got: Buffer = Buffer.alloc(0)
    const settle = (outcome: RawAnswer | Error) => {
      forget()
      socket.removeAllListeners().setTimeout(0)
      if (!(outcome instanceof Error)) return resolve(outcome)
      socket.on('error', () => {}).destroy()
      reject(outcome)
    }
    const forget = onAbort(settle)
    // Nothing sent and nothing received for so long: a large body on a slow line is no silence.
    socket.ref().setTimeout(timeoutMs, () => settle(new Error(`no answer within ${timeoutMs} ms`)))
    socket.on('error', settle)
    socket.on('close', () => settle(new Error('the connection was closed before its answer')))
    socket.on('data', (chunk: Buffer) => {
      got = got.length === 0 ? chunk : Buffer.concat([got, chunk])
      try {
        const answer = readAnswer(got)
        if (answer !== null) settle(answer)
      } catch (error) {
        settle(error instanceof Error ? error : new UnreadableAnswer(String(error)))
      }
    })
    // Head and body at once: a small object goes out in a single segment, a large one is not copied for it.
    socket.cork()
    socket.write(head, 'latin1')
    socket.write(body)
    socket.uncork()
  })
}

/** Null while more has to come. Throws UnreadableAnswer. */
export function readAnswer(bytes: Buffer): RawAnswer | null {
  const end = bytes.indexOf(headEnd)
  if (end < 0) {
    if (bytes.length > headLimit) throw new UnreadableAnswer('a head without an end')
    return null
  }
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const status = /^HTTP\/1\.1 (\d{3})(?: |$)/.exec(statusLine)?.[1]
  if (status === undefined || Number(status) < 200) throw new UnreadableAnswer(`"${statusLine.slice(0, 40)}"`)
  const headers: { [name: string]: string } = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon < 1) throw new UnreadableAnswer('a header without a name')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  if (headers['transfer-encoding'] !== undefined) throw new UnreadableAnswer('an answer in chunks')
  const length = Number(headers['content-length'] ?? Number.NaN)
  if (!Number.isSafeInteger(length) || length < 0 || length > bodyLimit)
    throw new UnreadableAnswer('an answer without a length')
  const from = end + headEnd.length
  if (bytes.length < from + length) return null
  if (bytes.length > from + length) throw new UnreadableAnswer('more than one answer')
  return { status: Number(status), headers, body: bytes.toString('utf8', from, from + length) }
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason))
}
