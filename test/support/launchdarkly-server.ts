import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { localServer } from './local-server.ts'

/** What its tokens may do. The server behind `silent` takes writes and loses every answer to a read. */
export const darklyTokens = {
  writer: 'api-writer',
  reader: 'api-reader',
  sdk: 'sdk-key',
  silent: 'api-silent',
} as const

export type DarklyServer = AsyncDisposable & {
  readonly url: string
  /** The environment every flag is rolled out in. */
  readonly production: (key: string) => Json
  readonly flag: (key: string) => DarklyFlag
  /** Makes a boolean flag as the site does: both variations, every environment off. */
  create(key: string): void
}

export type Json = { [name: string]: unknown }
export type DarklyFlag = Json & { _version: number; environments: { [name: string]: Json & { version: number } } }

/**
 * LaunchDarkly's REST API for one project's flags, and the API its SDKs read, as both are publicly described: JSON patches (RFC 6902,
 * with `test`) in `{ patch, comment }`, all or nothing; `_version` counts changes; custom properties have 64 values of 64 characters;
 * 401 without a known token, 403 for a reader that writes, 404 for an unknown flag, 409 when a `test` does not hold.
 */
export async function darklyServer(): Promise<DarklyServer> {
  const flags = new Map<string, DarklyFlag>()
  const server = await localServer(async (incoming, response) => {
    const given = await answer(incoming, flags)
    if (given === null) return incoming.socket.destroy()
    return response
      .writeHead(given.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(given.body ?? {}))
  })
  return {
    ...server,
    flag: (key) => {
      const found = flags.get(key)
      if (!found) throw new Error(`no flag ${key}`)
      return found
    },
    production: (key) => flags.get(key)?.environments['production'] ?? {},
    create: (key) => void flags.set(key, newFlag(key)),
  }
}

function newFlag(key: string): DarklyFlag {
  const environment = (name: string) => ({
    on: false,
    archived: false,
    salt: `salt of ${name}`,
    version: 1,
    targets: [],
    contextTargets: [],
    rules: [],
    fallthrough: { variation: 0 },
    offVariation: 1,
    prerequisites: [],
  })
  return {
    key,
    name: key,
    kind: 'boolean',
    _version: 1,
    variations: [
      { _id: 'id-true', value: true },
      { _id: 'id-false', value: false },
    ],
    customProperties: {},
    environments: { production: environment('production'), test: environment('test') },
  }
}

type Given = { readonly status: number; readonly body?: unknown } | null

async function answer(request: IncomingMessage, flags: Map<string, DarklyFlag>): Promise<Given> {
  const { method = '', url = '', headers } = request
  const [, api, key = ''] = /^\/(api\/v2\/flags\/project|sdk\/latest-flags)\/([^/?]+)/.exec(url) ?? []
  const token = headers.authorization ?? ''
  const body = await text(request)
  if (!Object.values<string>(darklyTokens).includes(token)) return refusal(401, 'invalid_token')
  if (api === undefined) return refusal(404, 'not_found')
  const flag = flags.get(key)
  if (api.startsWith('sdk')) {
    if (token !== darklyTokens.sdk) return refusal(401, 'invalid_sdk_key')
    return flag ? { status: 200, body: asSdk(flag) } : refusal(404, 'not_found')
  }
  if (token === darklyTokens.sdk) return refusal(401, 'invalid_token')
  if (method === 'GET') {
    if (token === darklyTokens.silent) return null
    return flag ? { status: 200, body: flag } : refusal(404, 'not_found')
  }
  if (method !== 'PATCH') return refusal(405, 'method_not_allowed')
  if (token === darklyTokens.reader) return refusal(403, 'forbidden')
  return flag ? patched(flags, flag, body) : refusal(404, 'not_found')
}

function refusal(status: number, code: string): Given {
  return { status, body: { code, message: `${code} said` } }
}

/** What an SDK is given: the environment's configuration, bare variations, nothing of the custom properties. */
function asSdk(flag: DarklyFlag): unknown {
  const variations = Array.isArray(flag['variations']) ? flag['variations'] : []
  const values = variations.map((one: unknown) => (isJson(one) ? one['value'] : one))
  return { key: flag['key'], ...flag.environments['production'], variations: values }
}

function patched(flags: Map<string, DarklyFlag>, flag: DarklyFlag, body: string): Given {
  const next = structuredClone(flag)
  const given: unknown = JSON.parse(body)
  const operations = Array.isArray(given) ? given : isJson(given) && Array.isArray(given['patch']) ? given['patch'] : []
  for (const operation of operations) {
    const trouble = isJson(operation) ? applied(next, operation) : refusal(400, 'invalid_patch')
    if (trouble !== null) return trouble
  }
  if (hasLongProperties(next)) return refusal(400, 'invalid_request')
  next._version += 1
  for (const [name, environment] of Object.entries(next.environments)) {
    if (JSON.stringify(environment) !== JSON.stringify(flag.environments[name])) environment.version += 1
  }
  flags.set(String(flag['key']), next)
  return { status: 200, body: next }
}

function applied(root: Json, { op, path, value }: Json): Given {
  const names = String(path).split('/').slice(1)
  const last = names.pop() ?? ''
  const parent = names.reduce<unknown>((at, name) => (isJson(at) ? at[name] : undefined), root)
  if (!isJson(parent)) return refusal(400, 'invalid_patch')
  if (op === 'test') return JSON.stringify(parent[last]) === JSON.stringify(value) ? null : refusal(409, 'conflict')
  if (op === 'replace' && !(last in parent)) return refusal(400, 'invalid_patch')
  if (op !== 'replace' && op !== 'add') return refusal(400, 'invalid_patch')
  if (last.startsWith('_')) return refusal(400, 'invalid_patch')
  parent[last] = value
  return null
}

function hasLongProperties(flag: DarklyFlag): boolean {
  return Object.values(isJson(flag['customProperties']) ? flag['customProperties'] : {}).some((property) => {
    const values: unknown = isJson(property) ? property['value'] : null
    return !Array.isArray(values) || values.length > 64 || values.some((one) => String(one).length > 64)
  })
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
