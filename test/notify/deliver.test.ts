import { expect, test } from 'vitest'
import { wait } from '../../src/compose/wait.ts'
import { systemHttpApi } from '../../src/host/http.ts'
import { deliver } from '../../src/notify/deliver.ts'
import { webhooks } from '../support/webhooks.ts'

const never = new AbortController().signal
/** The pauses that were asked for, without waiting for them. */
function patient() {
  const pauses: number[] = []
  const ports = { api: systemHttpApi(), wait: async (ms: number) => void pauses.push(ms), unit: () => 0.5 }
  return { pauses, ports }
}
const message = (url: string) => ({ url, headers: {}, body: '{"text":"hello"}' })

test('a service that fails twice gets the message the third time, after growing pauses', async () => {
  await using chat = await webhooks((_path, n) => (n <= 2 ? 503 : 200))
  const { pauses, ports } = patient()

  expect(await deliver(message(`${chat.url}/a`), ports, never)).toBeNull()

  expect(chat.taken('/a')).toEqual(['hello'])
  expect(pauses).toEqual([300, 600])
})

test('a service that is down is given up after six tries, and the reason does not hold its address', async () => {
  await using chat = await webhooks(() => 500)
  const { ports } = patient()

  expect(await deliver(message(`${chat.url}/secret-path`), ports, never)).toBe('answered 500, 6 times')
  expect(chat.posted).toHaveLength(6)
  const why = await deliver(message('http://127.0.0.1:9/secret-path'), ports, never)
  expect(why).toMatch(/^connect ECONNREFUSED 127\.0\.0\.1:9, 6 times$/)
})

test('a refusal is not asked again, and a redirect is not followed', async () => {
  await using chat = await webhooks((path) => (path === '/gone' ? 404 : 302))
  const { ports } = patient()

  expect(await deliver(message(`${chat.url}/gone`), ports, never)).toBe('answered 404')
  expect(await deliver(message(`${chat.url}/moved`), ports, never)).toBe('answered 302: redirects are not followed')
  expect(chat.posted.map(({ path }) => path)).toEqual(['/gone', '/moved'])
})

test('the end of the process ends the tries', async () => {
  await using chat = await webhooks(() => 503)
  const over = new AbortController()
  const ports = { api: systemHttpApi(), wait, unit: () => 1 }
  const delivering = deliver(message(chat.url), ports, over.signal)
  setTimeout(() => over.abort(new Error('over')), 50)

  await expect(delivering).rejects.toThrow(/over|aborted/)
  expect(chat.posted.length).toBeLessThan(3)
})
