// A reverse proxy that writes down when each answer went out, by the clock of this machine, and can be told to be out of order.
import { createServer, request } from 'node:http'
import { once } from 'node:events'

/**
 * @param target where everything is passed on to
 * @returns `seen`: one entry per answered request; `down`: a function that says which requests find nobody, or null
 */
export async function recorder(target) {
  const state = { seen: [], down: null, wake: () => {} }
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 120_000 }, (incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  async function pass(incoming, outgoing) {
    const { method, url, headers } = incoming
    if (state.down?.({ method, url, headers })) return void incoming.socket.destroy()
    const forward = request(`${target}${url}`, { method, headers })
    incoming.on('aborted', () => forward.destroy())
    outgoing.on('close', () => forward.destroy())
    const sent = []
    incoming.on('data', (chunk) => sent.push(chunk))
    incoming.pipe(forward)
    const [answer] = await once(forward, 'response')
    if (url.startsWith('/_sandbox/')) {
      outgoing.writeHead(answer.statusCode, answer.headers)
      outgoing.flushHeaders()
      return void answer.pipe(outgoing)
    }
    const chunks = []
    for await (const chunk of answer) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const { 'transfer-encoding': _, ...kept } = answer.headers
    outgoing.writeHead(answer.statusCode, { ...kept, 'content-length': body.length }).end(method === 'HEAD' ? '' : body)
    const at = performance.now()
    state.seen.push({ at, method, url, status: answer.statusCode, sent: Buffer.concat(sent), body })
    state.wake()
  }

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    get seen() {
      return state.seen
    },
    clear: () => void (state.seen = []),
    setDown: (which) => void (state.down = which),
    /** The first entry that fits, as soon as there is one; null when `timeoutMs` passed first. */
    async find(fits, timeoutMs) {
      const until = performance.now() + timeoutMs
      for (;;) {
        const found = state.seen.find(fits)
        if (found || performance.now() > until) return found ?? null
        await new Promise((resolve) => {
          const timer = setTimeout(resolve, Math.max(0, until - performance.now()))
          state.wake = () => (clearTimeout(timer), resolve())
        })
      }
    },
    close: () => (server.closeAllConnections(), server.close()),
  }
}
