import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { memoryApi } from '../../examples/statusboard/mock/api.ts'
import { localServer } from './local-server.ts'

const appRoot = fileURLToPath(new URL('../../examples/statusboard/', import.meta.url))

export type Ran = {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  readonly lastLine: string
}

/** Runs one of the example's scripts with Node. A value of undefined takes the variable away. */
export function runScript(
  args: readonly string[],
  env: { readonly [name: string]: string | undefined } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...args],
      { cwd: appRoot, env: { ...process.env, ...env } },
      (_, stdout, stderr) => {
        const lines = `${stdout}${stderr}`.trim().split('\n')
        resolve({ exitCode: child.exitCode ?? -1, stdout, stderr, lastLine: lines.at(-1) ?? '' })
      },
    )
  })
}

export type BoardSite = AsyncDisposable & {
  readonly url: string
  /** Bodies of POST /api/events, in order. */
  readonly events: readonly { readonly event: string; readonly variant: string; readonly ms?: number }[]
  /** Replaces the flag document; null takes it away (404). */
  readonly setFlag: (document: unknown) => void
  /** From now on this path answers so instead. */
  readonly override: (method: string, path: string, status: number, body: string) => void
}

const types: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
}

/** The built app on 127.0.0.1 with its API in memory and a flag document. */
export async function boardSite(dist: string, flag: unknown): Promise<BoardSite> {
  const api = memoryApi(new Date('2026-12-01T08:00:00Z'))
  const events: { event: string; variant: string }[] = []
  const overrides = new Map<string, { readonly status: number; readonly body: string }>()
  let document = flag
  const server = await localServer((request, response) => {
    const send = (status: number, type: string, body: string | Buffer): void => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body)
    }
    const answer = async (): Promise<void> => {
      const path = new URL(request.url ?? '/', 'http://site').pathname
      const method = request.method ?? 'GET'
      const body = await readBody(request)
      const overridden = overrides.get(`${method} ${path}`)
      if (overridden !== undefined) return send(overridden.status, 'application/json', overridden.body)
      if (path === '/flags/status-board-v2.json') {
        return document === null
          ? send(404, 'text/plain', 'none')
          : send(200, 'application/json', JSON.stringify(document))
      }
      if (path.startsWith('/api/')) {
        if (path === '/api/events') events.push(JSON.parse(body))
        const answered = api(method, path, body)
        return send(answered.status, 'application/json', answered.body === null ? '' : JSON.stringify(answered.body))
      }
      const file = join(dist, normalize(path === '/' ? '/index.html' : path))
      const found = await readFile(file).catch(() => null)
      return found === null
        ? send(404, 'text/plain', 'none')
        : send(200, types[extname(file)] ?? 'application/octet-stream', found)
    }
    return answer().catch((error: unknown) => send(500, 'text/plain', String(error)))
  })
  return {
    ...server,
    events,
    setFlag: (next) => {
      document = next
    },
    override: (method, path, status, body) => void overrides.set(`${method} ${path}`, { status, body }),
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}
