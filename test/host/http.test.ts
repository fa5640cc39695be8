import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { systemHttp } from '../../src/host/http.ts'

const never = new AbortController().signal
const soon = { timeoutMs: 5000 }

test('a page comes with its status, headers, bytes and the time it took', async () => {
  await using site = await serve((request, response) => {
    response.writeHead(200, {
      'content-type': 'text/plain',
      'x-asked': String(request.headers['x-probe']),
      etag: '"1"',
    })
    setTimeout(() => response.end('größe'), 50)
  })

  const answer = await systemHttp().get(`${site.url}/page`, { ...soon, headers: { 'x-probe': 'launch' } }, never)

  expect(answer).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/plain', 'x-asked': 'launch', etag: '"1"' },
  })
  expect(Buffer.from(answer.body).toString()).toBe('größe')
  expect(answer.ms).toBeGreaterThan(45)
})

test('an error status is an answer, and a redirect is not followed', async () => {
  await using site = await serve((request, response) => {
    response.writeHead(request.url === '/moved' ? 302 : 503, { location: '/elsewhere' }).end()
  })

  expect(await systemHttp().get(`${site.url}/moved`, soon, never)).toMatchObject({
    status: 302,
    headers: { location: '/elsewhere' },
  })
  expect(await systemHttp().get(`${site.url}/down`, soon, never)).toMatchObject({ status: 503 })
})

test('the connection is kept for the next request', async () => {
  const ports = new Set<number | undefined>()
  await using site = await serve((request, response) => {
    ports.add(request.socket.remotePort)
    response.end('ok')
  })
  const http = systemHttp()

  for (let round = 0; round < 3; round++) await http.get(site.url, soon, never)

  expect(ports.size).toBe(1)
})

test('a kept connection that the server closes under the request is asked again', async () => {
  let asked = 0
  await using site = await serve((request, response) => {
    asked++
    if (asked === 2) request.socket.destroy()
    else response.end(`answer ${asked}`)
  })
  const http = systemHttp()
  await http.get(site.url, soon, never)

  const second = await http.get(site.url, soon, never)

  expect(Buffer.from(second.body).toString()).toBe('answer 3')
})

test('a server that does not answer is unreachable once the deadline is over', async () => {
  await using site = await serve(() => {})

  await expect(systemHttp().get(`${site.url}/slow?token=abc`, { timeoutMs: 100 }, never)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: `${site.url}/slow: no answer within 100 ms`,
  })
})

test('the deadline covers the last byte too', async () => {
  await using site = await serve((_, response) => {
    response.write('half a page')
  })

  await expect(systemHttp().get(site.url, { timeoutMs: 100 }, never)).rejects.toMatchObject({ code: 'UNREACHABLE' })
})

test('a body that ends early is no answer', async () => {
  await using site = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('short')
    setTimeout(() => response.destroy(), 20)
  })

  await expect(systemHttp().get(site.url, soon, never)).rejects.toMatchObject({ code: 'UNREACHABLE' })
})

test('an endless page is cut off at 16 MiB', async () => {
  const piece = Buffer.alloc(1024 * 1024)
  await using site = await serve((request, response) => {
    const tick = setInterval(() => response.write(piece), 1)
    request.socket.once('close', () => clearInterval(tick))
  })

  await expect(systemHttp().get(site.url, { timeoutMs: 15_000 }, never)).rejects.toThrow(/larger than 16 MiB/)
})

test('an abort is passed on as its own reason, not as a service that is down', async () => {
  await using site = await serve(() => {})
  const aborter = new AbortController()
  setTimeout(() => aborter.abort(new Error('captain pressed Ctrl-C')), 30)

  await expect(systemHttp().get(site.url, soon, aborter.signal)).rejects.toThrow('captain pressed Ctrl-C')
})

test('a closed port and an address that is none are named without their secrets', async () => {
  const site = await serve(() => {})
  await site[Symbol.asyncDispose]()
  const withUser = site.url.replace('//', '//me:hunter2@')

  const failure = await systemHttp()
    .get(`${withUser}/x?key=abc`, soon, never)
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: 'UNREACHABLE', message: expect.stringContaining('ECONNREFUSED') })
  expect(String(failure)).not.toMatch(/hunter2|abc/)
  await expect(systemHttp().get('ftp://files.example', soon, never)).rejects.toThrow(
    '"ftp://files.example/" is no http address',
  )
  await expect(systemHttp().get('not an address', soon, never)).rejects.toThrow('"not an address" is no http address')
})

test('a route takes over the hosts of a run sheet and leaves the others alone', async () => {
  await using sandbox = await serve((request, response) =>
    response.end(`${String(request.headers['x-launch-site'])} ${String(request.url)}`),
  )
  await using outside = await serve((_, response) => response.end('outside'))
  const http = systemHttp((url) =>
    url.host === 'sb.example'
      ? { url: `${sandbox.url}${url.pathname}${url.search}`, headers: { 'x-launch-site': 'production' } }
      : null,
  )

  const taken = await http.get('https://sb.example/api/health?deep=1', soon, never)
  const left = await http.get(outside.url, soon, never)

  expect(Buffer.from(taken.body).toString()).toBe('production /api/health?deep=1')
  expect(Buffer.from(left.body).toString()).toBe('outside')
})

async function serve(listener: RequestListener): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server that listens has an address object, not a pipe name.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('the hash of a body comes without the body, however long it is', async () => {
  const piece = Buffer.alloc(2 ** 20, 'x')
  const server = createServer((_request, response) => {
    response.writeHead(200)
    for (let n = 0; n < 20; n += 1) response.write(piece)
    response.end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const expected = createHash('sha256')
  for (let n = 0; n < 20; n += 1) expected.update(piece)
  const digest = await systemHttp().digest?.(`http://127.0.0.1:${address.port}/x`, { timeoutMs: 20_000 }, never)
  expect(digest).toEqual({ status: 200, sha256: expected.digest('hex') })
  server.closeAllConnections()
  server.close()
})
