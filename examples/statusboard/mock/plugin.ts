import type { IncomingMessage } from 'node:http'
import type { Plugin } from 'vite'
import { memoryApi } from './api.ts'

/** `npm run dev` without a server: the API in memory, and the flag off (add `?board=v2` to see the new board). */
export function mockApi(): Plugin {
  return {
    name: 'statusboard-mock',
    apply: 'serve',
    configureServer(server) {
      const api = memoryApi(thisMorning())
      server.middlewares.use((request, response, next) => {
        const path = (request.url ?? '/').replace(/\?.*$/, '')
        const answer = (status: number, body: unknown): void => {
          response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
          response.end(body === null ? undefined : JSON.stringify(body))
        }
        if (path === '/flags/status-board-v2.json') return answer(200, flagOff)
        if (!path.startsWith('/api/')) return next()
        const respond = async (): Promise<void> => {
          const { status, body } = api(request.method ?? 'GET', path, await readBody(request))
          answer(status, body)
        }
        void respond()
      })
    },
  }
}

const flagOff = {
  flags: { 'status-board-v2': { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' } },
  launch: { percent: 0, serial: 1, writeId: 'dev', latch: false, acks: [] },
}

function thisMorning(): Date {
  const day = new Date()
  day.setHours(8, 0, 0, 0)
  return day
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}
