import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { darklyFlagStore, launchdarkly } from '../../src/flags/launchdarkly.ts'
import { systemHttpApi } from '../../src/host/http.ts'
import { flagAt, flagStoreContract, type Trouble } from '../contract/flag-store.contract.ts'
import { darklyServer, darklyTokens, type DarklyServer } from '../support/launchdarkly-server.ts'
import { never } from '../support/real-time.ts'

let server: DarklyServer
let flags = 0
const api = systemHttpApi()

beforeAll(async () => {
  server = await darklyServer()
})
afterAll(() => server[Symbol.asyncDispose]())

function storeOf(flagKey: string, token: string, url = server.url) {
  const service = (value: string) => ({ name: 'LaunchDarkly', url, api, token: { variable: 'LD_TOKEN', value } })
  return darklyFlagStore({
    rest: service(token),
    sdk: service(darklyTokens.sdk),
    place: { project: 'project', environment: 'production', flagKey },
    propagationMs: 1000,
  })
}

function newFlag() {
  const key = `board-${(flags += 1)}`
  server.create(key)
  return key
}

/** The contract's flag is called `board`, whatever the flag of this test is called. */
function named(store: ReturnType<typeof storeOf>) {
  const rename = <T extends { readonly status: string }>(reading: T): T =>
    'flag' in reading && typeof reading.flag === 'object'
      ? { ...reading, flag: { ...reading.flag, key: 'board' } }
      : reading
  return {
    ...store,
    read: async (signal: AbortSignal) => rename(await store.read(signal)),
    observe: async (signal: AbortSignal) => {
      const seen = await store.observe(signal)
      return { ...seen, reading: rename(seen.reading) }
    },
  }
}

flagStoreContract('launchdarkly', async () => {
  const key = newFlag()
  const production = () => server.production(key)
  return {
    isService: true,
    open: () => named(storeOf(key, darklyTokens.writer)),
    spoil: async (text) => {
      server.flag(key)['customProperties'] = { 'launch.production': { name: 'launch', value: [`00:${text}`] } }
      production()['on'] = true
      server.flag(key)._version += 1
    },
    edit: async () => {
      const variations = [
        { variation: 0, weight: 77_000 },
        { variation: 1, weight: 23_000 },
      ]
      production()['fallthrough'] = { rollout: { variations } }
      server.flag(key)._version += 1
    },
    troubled: (kind: Trouble) =>
      kind === 'unreachable'
        ? storeOf(key, darklyTokens.writer, 'http://127.0.0.1:1')
        : kind === 'blind'
          ? storeOf(key, darklyTokens.silent)
          : named(storeOf(key, darklyTokens.reader)),
  }
})

describe('a flag of LaunchDarkly', () => {
  test('rolls out on first, in basis points of its weights, and keeps the salt', async () => {
    const key = newFlag()
    await storeOf(key, darklyTokens.writer).write(flagAt(0.29), null, never)
    const { fallthrough, on, offVariation, salt } = server.production(key)
    expect({ on, offVariation, salt }).toEqual({ on: true, offVariation: 1, salt: 'salt of production' })
    expect(fallthrough).toEqual({
      rollout: {
        contextKind: 'user',
        variations: [
          { variation: 0, weight: 290 },
          { variation: 1, weight: 99_710 },
        ],
      },
    })
    expect(server.flag(key).environments['test']).toMatchObject({ on: false, version: 1 })
  })

  test('turned off with its own switch is a latch, until a launch acknowledges it', async () => {
    const key = newFlag()
    const store = storeOf(key, darklyTokens.writer)
    await store.write(flagAt(50), null, never)
    server.production(key)['on'] = false
    const seen = await store.read(never)
    if (seen.status !== 'present') throw new Error('not there')
    const { percent, latched, reason, writeId } = seen.flag
    expect({ percent, latched, reason }).toEqual({ percent: 0, latched: true, reason: 'turned off in LaunchDarkly' })
    await store.write(flagAt(50, { acks: [writeId], writeId: 'again' }), seen.version, never)
    expect(await store.read(never)).toMatchObject({ flag: { percent: 50, latched: false } })
  })

  test('is refused when off would serve the new version', async () => {
    const key = newFlag()
    const store = storeOf(key, darklyTokens.writer)
    server.production(key)['offVariation'] = 0
    expect(await store.read(never)).toMatchObject({
      status: 'malformed',
      why: 'offVariation is 0: off would not serve false',
    })
  })

  test('with rules of somebody else is malformed: who is on would not be known', async () => {
    const key = newFlag()
    const store = storeOf(key, darklyTokens.writer)
    await store.write(flagAt(50), null, never)
    server.production(key)['rules'] = [{ variation: 0, clauses: [] }]
    expect(await store.read(never)).toMatchObject({
      status: 'malformed',
      why: 'it has rules, which launch did not write',
    })
  })

  test('keeps a long reason within what a custom property holds', async () => {
    const key = newFlag()
    const store = storeOf(key, darklyTokens.writer)
    await store.forceOff(flagAt(0, { writeId: 'latch', reason: '"why" '.repeat(2000) }), never)
    const seen = await store.read(never)
    expect(seen).toMatchObject({ flag: { latched: true, writeId: 'latch' } })
    expect(seen.status === 'present' && seen.flag.reason.length).toBeGreaterThan(1000)
  })

  test('that users are not served yet is seen as it is served', async () => {
    const key = newFlag()
    const store = storeOf(key, darklyTokens.writer)
    await store.write(flagAt(30), null, never)
    const stale = {
      variations: [true, false],
      offVariation: 1,
      on: true,
      fallthrough: { variation: 1 },
      rules: [],
    }
    const sdk = { name: 'LaunchDarkly', url: server.url, token: { variable: 'K', value: 'sdk-key' } }
    const served = { status: 200, headers: {}, body: new TextEncoder().encode(JSON.stringify(stale)), ms: 1 }
    const late = darklyFlagStore({
      rest: { ...sdk, api, token: { variable: 'T', value: darklyTokens.writer } },
      sdk: { ...sdk, api: { send: async () => served } },
      place: { project: 'project', environment: 'production', flagKey: key },
      propagationMs: 1000,
    })
    expect((await late.observe(never)).reading).toMatchObject({ flag: { percent: 0, serial: 0 } })
  })

  test('that does not exist, or without a token, says what to do', async () => {
    await expect(storeOf('nope', darklyTokens.writer).read(never)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(storeOf('nope', 'wrong').read(never)).rejects.toMatchObject({ code: 'CREDENTIALS' })
    const spec = { kind: 'launchdarkly', project: 'p', environment: 'production', token_env: 'LD_TOKEN' } as const
    const store = launchdarkly.open(launchdarkly.schema.parse(spec), 'board', {
      ...unused,
      secret: () => null,
    })
    await expect(store.read(never)).rejects.toMatchObject({
      code: 'CREDENTIALS',
      message: 'LD_TOKEN is not set',
    })
  })
})

const unused = {
  objects: () => {
    throw new Error('unused')
  },
  http: { get: () => Promise.reject(new Error('unused')) },
  siteUrl: '',
  environment: 'production',
  files: { tree: async () => [], read: async () => null, write: async () => {} },
  versions: {
    location: '',
    get: async () => null,
    create: async () => 'created' as const,
    swap: async () => ({ status: 'conflict' as const }),
    list: async () => [],
  },
  api,
  parameters: { get: async () => null, put: async () => null, history: async () => [] },
}
