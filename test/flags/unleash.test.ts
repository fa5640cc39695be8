import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HttpApi } from '../../src/core/ports.ts'
import { unleashFlagStore } from '../../src/flags/unleash.ts'
import { systemHttpApi } from '../../src/host/http.ts'
import { LaunchError } from '../../src/core/errors.ts'
import { flagAt, flagStoreContract, type Trouble } from '../contract/flag-store.contract.ts'
import { never } from '../support/real-time.ts'
import { startUnleash, unleashEnvironment, unleashTokens, type UnleashServer } from '../support/unleash-server.ts'
import { lacks } from '../support/waive.ts'

const none = await lacks('unleash')
const api = systemHttpApi()
let server: UnleashServer | null = null
let flags = 0

beforeAll(async () => {
  if (!none) server = await startUnleash()
}, 180_000)
afterAll(() => server?.[Symbol.asyncDispose]())

async function admin(method: string, path: string, body?: unknown): Promise<Response> {
  const answer = await fetch(`${server?.url}/api/admin/projects/default/features${path}`, {
    method,
    headers: { authorization: unleashTokens.admin, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return answer
}

/** Every flag of these tests is called `board` in what the contract writes; each has a project's flag of its own. */
async function newFlag(): Promise<string> {
  const key = `board-${(flags += 1)}`
  await admin('POST', '', { name: key, type: 'release' })
  return key
}

function storeOf(flagKey: string, token: string = unleashTokens.admin, url = server?.url ?? '', by: HttpApi = api) {
  const service = (value: string) => ({ name: 'Unleash', url, api: by, token: { variable: 'UNLEASH_TOKEN', value } })
  return unleashFlagStore({
    admin: service(token),
    client: service(unleashTokens.client),
    project: 'default',
    environment: unleashEnvironment,
    flagKey,
    propagationMs: 5000,
  })
}

function named(store: ReturnType<typeof storeOf>, flagKey: string) {
  const rename = <T extends { readonly status: string }>(reading: T): T =>
    'flag' in reading && typeof reading.flag === 'object'
      ? { ...reading, flag: { ...reading.flag, key: 'board' } }
      : reading
  const own = (flag: ReturnType<typeof flagAt>) => ({ ...flag, key: flagKey })
  return {
    ...store,
    read: async (signal: AbortSignal) => rename(await store.read(signal)),
    write: (...[flag, expected, signal]: Parameters<typeof store.write>) => store.write(own(flag), expected, signal),
    forceOff: (flag: ReturnType<typeof flagAt>, signal: AbortSignal) => store.forceOff(own(flag), signal),
    observe: async (signal: AbortSignal) => {
      const seen = await store.observe(signal)
      return { ...seen, reading: rename(seen.reading) }
    },
  }
}

const blind: HttpApi = {
  send: (request, signal) =>
    request.method === 'GET' ? Promise.reject(new LaunchError('UNREACHABLE', 'lost')) : api.send(request, signal),
}
const path = (key: string) => `/${key}/environments/${unleashEnvironment}`
const strategyOf = async (key: string) => {
  const found: unknown = await (await admin('GET', path(key))).json()
  // The server answers so; the contract above would have failed otherwise.
  return (found as { strategies: { id: string; parameters: Record<string, string> }[] }).strategies
}

flagStoreContract('unleash', async () => {
  if (none) return null
  const key = await newFlag()
  return {
    isService: true,
    open: () => named(storeOf(key), key),
    spoil: async (text) => {
      const strategies = await strategyOf(key)
      const parameters = { rollout: '50', stickiness: 'default', groupId: key, launch: text }
      const own = strategies.find((one) => one.parameters['launch'] !== undefined)
      const strategy = { name: 'flexibleRollout', parameters, constraints: [] }
      await (own
        ? admin('PUT', `${path(key)}/strategies/${own.id}`, strategy)
        : admin('POST', `${path(key)}/strategies`, strategy))
      await admin('POST', `${path(key)}/on`)
    },
    edit: async () => {
      const [own] = await strategyOf(key)
      await admin('PATCH', `${path(key)}/strategies/${own?.id}`, [
        { op: 'replace', path: '/parameters/rollout', value: '77' },
      ])
    },
    troubled: (kind: Trouble) =>
      kind === 'blind'
        ? named(storeOf(key, unleashTokens.admin, server?.url, blind), key)
        : kind === 'unreachable'
          ? storeOf(key, unleashTokens.admin, 'http://127.0.0.1:1')
          : storeOf(key, unleashTokens.client),
  }
})

describe.skipIf(none)('a flag of Unleash', () => {
  test('turned off with its own switch is a latch, until a launch acknowledges it', async () => {
    const key = await newFlag()
    const store = storeOf(key)
    await store.write(flagAt(50, { key }), null, never)
    await admin('POST', `${path(key)}/off`)
    const seen = await store.read(never)
    if (seen.status !== 'present') throw new Error('not there')
    const { percent, latched, reason, writeId } = seen.flag
    expect({ percent, latched, reason }).toEqual({ percent: 0, latched: true, reason: 'turned off in Unleash' })
    await store.write(flagAt(50, { key, acks: [writeId], writeId: 'again' }), seen.version, never)
    expect(await store.read(never)).toMatchObject({ flag: { percent: 50, latched: false } })
  })

  test('with a strategy of somebody else is malformed; a write disables that one', async () => {
    const key = await newFlag()
    const store = storeOf(key)
    await store.write(flagAt(10, { key }), null, never)
    await admin('POST', `${path(key)}/strategies`, { name: 'default', parameters: {}, constraints: [] })
    const seen = await store.read(never)
    expect(seen).toMatchObject({ status: 'malformed', why: 'it has 1 strategies that launch did not write' })
    if (seen.status !== 'malformed') return
    await store.write(flagAt(20, { key }), seen.version, never)
    expect(await store.read(never)).toMatchObject({ flag: { percent: 20 } })
  })

  test('a stage of half a percent is refused: its rollouts are whole percents', async () => {
    const key = await newFlag()
    await expect(storeOf(key).write(flagAt(0.5, { key }), null, never)).rejects.toMatchObject({ code: 'USAGE' })
  })

  test('a flag nobody made is NOT_FOUND', async () => {
    await expect(storeOf('nobody-made-this').read(never)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })
})
