import { expect, test } from 'vitest'
import { appApi } from '../../src/sandbox/app-api.ts'
import { memoryWorld, production, staging } from './support/memory-world.ts'
import { serve } from './support/wire.ts'

async function ask(url: string, init?: RequestInit) {
  const response = await fetch(url, init)
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}

function put(body: unknown, headers: { readonly [name: string]: string } = {}): RequestInit {
  return { method: 'PUT', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }
}

test('health is ok and names the release that is served', async () => {
  const world = memoryWorld()
  await using served = await serve(appApi(production), world)
  expect(await ask(`${served.url}/api/health`)).toMatchObject({ status: 200, body: { status: 'ok', version: '0' } })
  world.release('production', 1)
  expect((await ask(`${served.url}/api/health`)).body.version).toBe('release-at-1')
  expect((await fetch(`${served.url}/api/health`, { method: 'HEAD' })).status).toBe(200)
})

test('the board has twelve appointments in all four columns; one of them alone has its notes', async () => {
  await using served = await serve(appApi(production), memoryWorld())
  const { body } = await ask(`${served.url}/api/appointments`)
  expect(body.appointments).toHaveLength(12)
  expect(Object.keys(body.appointments[0]).sort()).toEqual(['column', 'id', 'patient', 'start', 'title', 'version'])
  const columns = new Set(body.appointments.map((appointment: { column: string }) => appointment.column))
  expect(columns).toEqual(new Set(['arrived', 'done', 'in-progress', 'scheduled']))
  const one = await ask(`${served.url}/api/appointments/${body.appointments[0].id}`)
  expect(one.body).toEqual({ ...body.appointments[0], notes: expect.stringMatching(/./) })
})

test('of two moves that saw the same version one wins and the other gets the card as it is', async () => {
  await using served = await serve(appApi(production), memoryWorld())
  const card = `${served.url}/api/appointments/apt-09`
  const answers = await Promise.all([
    ask(card, put({ column: 'arrived', version: 1 })),
    ask(card, put({ column: 'done', version: 1 })),
  ])
  const [won, lost] = answers.sort((a, b) => a.status - b.status)
  expect(won).toMatchObject({ status: 200, body: { id: 'apt-09', version: 2 } })
  expect(lost).toMatchObject({
    status: 409,
    body: { error: 'conflict', current: { id: 'apt-09', version: 2, column: won?.body.column } },
  })
  expect((await ask(card)).body).toEqual(won?.body)
  expect(await ask(card, put({ column: 'done', version: 2 }))).toMatchObject({
    status: 200,
    body: { version: 3, column: 'done' },
  })
})

test('moves survive the process and stay on their own site', async () => {
  const world = memoryWorld()
  {
    await using served = await serve(appApi(production), world)
    await ask(`${served.url}/api/appointments/apt-09`, put({ column: 'arrived', version: 1 }))
  }
  await using again = await serve(appApi(production), world)
  await using other = await serve(appApi(staging), world)
  const versions = await Promise.all(
    [again, other].map(async ({ url }) => (await ask(`${url}/api/appointments/apt-09`)).body.version),
  )
  expect(versions).toEqual([2, 1])
})

test.each([
  ['an unknown column', { column: 'lost', version: 1 }, 400],
  ['no version', { column: 'done' }, 400],
  ['a version that is text', { column: 'done', version: '1' }, 400],
  ['nothing', null, 400],
])('a move with %s is refused', async (_, body, status) => {
  await using served = await serve(appApi(production), memoryWorld())
  expect((await ask(`${served.url}/api/appointments/apt-01`, put(body))).status).toBe(status)
})

test('what does not exist is 404, a wrong method 405, a body that is no JSON 400', async () => {
  await using served = await serve(appApi(production), memoryWorld())
  const statuses = [
    await ask(`${served.url}/api/appointments/apt-99`),
    await ask(`${served.url}/api/appointments/apt-99`, put({ column: 'done', version: 1 })),
    await ask(`${served.url}/api/nothing`),
    await ask(`${served.url}/api`),
    await ask(`${served.url}/api/appointments/apt-01/more`),
    await ask(`${served.url}/api/appointments`, { method: 'DELETE' }),
    await ask(`${served.url}/api/appointments/apt-01`, { method: 'PUT', body: '{' }),
  ].map(({ status }) => status)
  expect(statuses).toEqual([404, 404, 404, 404, 404, 405, 400])
  expect((await fetch(`${served.url}/index.html`)).status).toBe(421)
})

test('events are taken with 204, and too many at once are not', async () => {
  await using served = await serve(appApi(production), memoryWorld())
  const post = (body: string) => fetch(`${served.url}/api/events`, { method: 'POST', body })
  expect((await post('{"type":"board-load","ms":120}')).status).toBe(204)
  expect((await post('x'.repeat(70_000))).status).toBe(413)
})

test('only pages of the same origin may use it, and no CORS header is ever sent', async () => {
  await using served = await serve(appApi(production), memoryWorld())
  const board = `${served.url}/api/appointments`
  const from = (origin: string) => ask(board, { headers: { origin } })
  const answers = [
    await from(production.url),
    await from(served.url),
    await from('https://evil.example'),
    await from('null'),
  ]
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 403, 403])
  const preflight = await ask(board, {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'PUT' },
  })
  expect(preflight.status).toBe(403)
  expect([...answers, preflight].filter(({ headers }) => headers.has('access-control-allow-origin'))).toEqual([])
  expect(answers[0]?.headers.get('cache-control')).toBe('no-store')
})
