import { request, type IncomingMessage } from 'node:http'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import type { ServedPages } from '../../src/core/live-pages.ts'
import { servePages } from '../../src/host/live-pages.ts'
import { eventStream } from '../support/event-stream.ts'

/** One page, whose version a test changes. */
const now = { version: 'one', broken: false }
let served: ServedPages
beforeAll(async () => {
  const version = async (path: string) => {
    if (now.broken) throw new LaunchError('UNREACHABLE', 'the journal does not answer')
    return path === '/' ? now.version : null
  }
  served = await servePages(
    {
      version,
      page: async (path) => {
        const found = await version(path)
        return found === null ? null : { html: `<p>${found}</p>`, policy: `default-src 'none'` }
      },
    },
    { port: 0, pollMs: 20, mostStreams: 3 },
  )
})
afterAll(() => served.close())

/** A request as it stands, with whatever Host and method. */
async function asked(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') {
  const sent = request(new URL(served.url), { path, method, headers, agent: false })
  sent.end()
  // `response` comes with exactly one IncomingMessage.
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  let body = ''
  for await (const chunk of answer.setEncoding('utf8')) body += chunk
  return { status: answer.statusCode, headers: answer.headers, body }
}

test('a page is held to itself: no other origin, no frame, no guessing, no referrer, no copy', async () => {
  const { status, headers, body } = await asked('/')

  expect({ status, body }).toEqual({ status: 200, body: '<p>one</p>' })
  expect(headers).toMatchObject({
    'content-security-policy': `default-src 'none'; frame-ancestors 'none'`,
    'content-type': 'text/html; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cache-control': 'no-store',
  })
  expect(headers['access-control-allow-origin']).toBeUndefined()
})

test('every name but the own ones of this machine is refused, pages and streams alike', async () => {
  for (const host of [
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example:80',
    '10.0.0.1',
    'localhost:x',
  ]) {
    for (const path of ['/', '/events']) {
      const refused = await asked(path, { Host: host })
      expect({ host, status: refused.status }).toEqual({ host, status: 403 })
      expect(refused.body).toBe('this page is for this machine alone\n')
      expect(refused.headers['content-security-policy']).toBe(`default-src 'none'; frame-ancestors 'none'`)
    }
  }
  for (const host of ['127.0.0.1', 'localhost:8080', 'LOCALHOST', '[::1]:9'])
    expect((await asked('/', { Host: host })).status).toBe(200)
})

test('nothing but GET and HEAD is answered', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
    for (const path of ['/', '/events', '/nowhere']) {
      const refused = await asked(path, {}, method)
      expect(refused.status).toBe(405)
      expect(refused.headers.allow).toBe('GET, HEAD')
    }
  }
  const head = await asked('/', {}, 'HEAD')
  expect(head).toMatchObject({ status: 200, body: '', headers: { 'content-length': '10' } })
  expect(await asked('/events', {}, 'HEAD')).toMatchObject({ status: 200, body: '' })
})

test('what is not there is not found, also with an address that is none', async () => {
  for (const path of ['/nowhere', '/nowhere/events', '//evil.example/', '/../etc/passwd', '/%', '/\\\\x'])
    expect((await asked(path)).status).toBe(404)
})

test('a follower is told once of every change, and one that comes back only of what it missed', async () => {
  now.version = 'one'
  await using first = await eventStream(`${served.url}events?since=one`)
  await first.until('retry: 2000')
  now.version = 'two'
  await first.until('data: two')
  expect(first.text()).toBe('retry: 2000\n\nid: two\nevent: change\ndata: two\n\n')

  await using again = await eventStream(`${served.url}events?since=one`, { 'Last-Event-ID': 'two' })
  await using late = await eventStream(`${served.url}events`, { 'Last-Event-ID': 'one' })
  await late.until('data: two')
  now.version = 'three'
  await again.until('data: three')
  expect(again.text()).toBe('retry: 2000\n\nid: three\nevent: change\ndata: three\n\n')

  const fourth = await asked('/events')
  expect(fourth.status).toBe(503)
})

test('a journal that does not answer is said, and that it does again', async () => {
  await using stream = await eventStream(`${served.url}events?since=${now.version}`)
  await stream.until('retry')
  now.broken = true
  await stream.until('event: trouble')
  expect(await asked('/')).toMatchObject({
    status: 503,
    body: 'it cannot be read just now: the journal does not answer\n',
  })
  now.broken = false
  await stream.until('event: well')
  expect(stream.text().match(/event: trouble/g)).toHaveLength(1)
})

test('a port that somebody has is refused with its number', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const nothing = { page: async () => null, version: async () => null }

  await expect(servePages(nothing, { port })).rejects.toThrow(`port ${port} of 127.0.0.1 cannot be had`)
  other.close()
})

test('closing ends the open streams', async () => {
  const own = await servePages({ page: async () => null, version: async () => 'x' }, { port: 0, pollMs: 20 })
  await using stream = await eventStream(`${own.url}events`)
  await stream.until('data: x')

  await own.close()

  await stream.ended
  await expect(fetch(own.url)).rejects.toThrow('fetch failed')
})
