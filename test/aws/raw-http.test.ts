import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { RawHttp, UnreadableAnswer, readAnswer } from '../../src/aws/raw-http.ts'
import { never } from '../support/real-time.ts'

const answer = (text: string) => readAnswer(Buffer.from(text))
const head = 'PUT /x HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n'

test('an answer is read when all of it is there, names in lower case', () => {
  expect(answer('HTTP/1.1 200 OK\r\nETag: "e"\r\nContent-Length: 2\r\n\r\n')).toBeNull()
  expect(answer('HTTP/1.1 200 OK\r\nETag: "e"\r\nContent-Length: 2\r\n\r\nok')).toEqual({
    status: 200,
    headers: { etag: '"e"', 'content-length': '2' },
    body: 'ok',
  })
})

test.each([
  ['chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['no length', 'HTTP/1.1 200 OK\r\n\r\n'],
  ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
  ['more than one answer', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n'],
  ['a hint of what is to come', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
  ['a header without a name', 'HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 0\r\n\r\n'],
])('what is unusual is not guessed at: %s', (_what, text) => {
  expect(() => answer(text)).toThrow(UnreadableAnswer)
})

/** Answers each connection with the texts in turn; `close`: hangs up instead. */
async function listening(replies: readonly string[]) {
  const sockets: number[] = []
  const server = createServer((socket) => {
    sockets.push(0)
    socket.on('error', () => {})
    socket.on('data', () => {
      const reply = replies[sockets.reduce((sum, n) => sum + n, 0)] ?? 'close'
      sockets[sockets.length - 1] = (sockets.at(-1) ?? 0) + 1
      if (reply === 'close') socket.destroy()
      else if (reply !== 'silence') socket.write(reply)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const http = new RawHttp({ protocol: 'http:', hostname: '127.0.0.1', port: address.port }, 1000)
  return { http, sockets, [Symbol.asyncDispose]: async () => (http.close(), void server.close()) }
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

test('a connection is used again, and one that the server closed is said to be', async () => {
  await using server = await listening([ok, ok, 'close'])
  for (let n = 0; n < 2; n += 1) expect((await server.http.send(head, Buffer.from('ab'), 1000, never)).body).toBe('ok')
  await expect(server.http.send(head, Buffer.from('ab'), 1000, never)).rejects.toThrow(/closed|ECONNRESET/)
  expect(server.sockets).toEqual([3])
})

test('a server that wants the connection closed gets a new one for the next request', async () => {
  await using server = await listening([ok.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'), ok])
  for (let n = 0; n < 2; n += 1) await server.http.send(head, Buffer.from('ab'), 1000, never)
  expect(server.sockets.length).toBe(2)
})

test('silence ends with the deadline, or with the signal', async () => {
  await using server = await listening(['silence', 'silence'])
  await expect(server.http.send(head, Buffer.from('ab'), 50, never)).rejects.toThrow('no answer within 50 ms')
  const stop = new AbortController()
  const sent = server.http.send(head, Buffer.from('ab'), 5000, stop.signal)
  setTimeout(() => stop.abort(new Error('enough')), 20)
  await expect(sent).rejects.toThrow('enough')
})
