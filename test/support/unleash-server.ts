import { spawn, type ChildProcess } from 'node:child_process'
import { once, type EventEmitter } from 'node:events'
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The environment its client token is of. */
export const unleashEnvironment = 'development'
export const unleashTokens = {
  admin: '*:*.launch-tests-admin-secret',
  client: `default:${unleashEnvironment}.launch-tests-client-secret`,
} as const

export type UnleashServer = AsyncDisposable & { readonly url: string }

const startTimeoutMs = 120_000

/** Where unleash-server and PostgreSQL are, or null. */
export async function unleashHere(): Promise<string | null> {
  const folder = process.env['UNLEASH_SERVER'] ?? ''
  const server = join(folder, 'node_modules', 'unleash-server')
  const there = folder !== '' && (await names(server)).includes('package.json')
  return there && (await postgresBin()) !== null ? server : null
}

/** A real Unleash over a PostgreSQL of its own, both gone afterwards. */
export async function startUnleash(): Promise<UnleashServer> {
  const [server, bin] = await Promise.all([unleashHere(), postgresBin()])
  if (server === null || bin === null) throw new Error('there is no Unleash here')
  const folder = await mkdtemp(join(tmpdir(), 'launch-unleash-'))
  const running: ChildProcess[] = []
  const stop = async () => {
    for (const child of running.toReversed()) await ended(child)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const port = await freePort()
    const database = await startPostgres(bin, folder, port)
    running.push(database)
    const url = `http://127.0.0.1:${await freePort()}`
    const unleash = spawn(
      process.execPath,
      ['--no-warnings', '--input-type=commonjs', '-e', program(server, url, port)],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, NODE_ENV: 'production', CHECK_VERSION: 'false', SEND_TELEMETRY: 'false' },
      },
    )
    running.push(unleash)
    await until(async () => (await fetch(`${url}/health`)).ok, unleash)
    return { url, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Unleash's SDK for Node, which the server brings along. */
export type UnleashSdk = EventEmitter & {
  isEnabled(flag: string, context: { readonly userId: string }): boolean
  destroy(): void
}

type SdkOptions = { readonly url: string; readonly appName: string; readonly disableMetrics: boolean }

export function unleashSdk(options: SdkOptions, token: string): UnleashSdk {
  const from = join(process.env['UNLEASH_SERVER'] ?? '', 'package.json')
  // The package's own types are not installed here; the test fails when it is not as it is written above.
  const { Unleash } = createRequire(from)('unleash-client') as { Unleash: new (options: object) => UnleashSdk }
  return new Unleash({ ...options, customHeaders: { Authorization: token } })
}

function program(server: string, url: string, port: number): string {
  const token = (secret: string, type: string, environment: string, project: string) => ({
    secret,
    type,
    environment,
    project,
    projects: [project],
    tokenName: type,
    username: type,
  })
  const tokens = [
    token(unleashTokens.admin, 'admin', '*', '*'),
    token(unleashTokens.client, 'client', unleashEnvironment, 'default'),
  ]
  const options = {
    databaseUrl: `postgres://launch@127.0.0.1:${port}/postgres`,
    db: { ssl: false },
    server: { port: Number(new URL(url).port), host: '127.0.0.1' },
    authentication: { type: 'open-source', createAdminUser: false, initApiTokens: tokens },
    versionCheck: { enable: false },
    telemetry: false,
    logLevel: 'fatal',
  }
  const from = JSON.stringify(join(server, 'package.json'))
  return `require('node:module').createRequire(${from})('unleash-server').start(${JSON.stringify(options)})`
}

async function startPostgres(bin: string, folder: string, port: number): Promise<ChildProcess> {
  // PostgreSQL refuses to run as root: there it runs as the user Debian makes for it.
  const user = process.getuid?.() === 0 ? await postgresUser() : {}
  if (user.uid !== undefined) await chown(folder, user.uid, user.gid ?? user.uid)
  const data = join(folder, 'data')
  const init = spawn(join(bin, 'initdb'), ['-D', data, '-U', 'launch', '-A', 'trust', '--no-sync'], {
    stdio: ['ignore', 'ignore', 'inherit'],
    ...user,
  })
  await once(init, 'exit')
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off', '-c', 'log_min_messages=panic']
  const database = spawn(join(bin, 'postgres'), ['-D', data, '-k', folder, '-p', String(port), ...settings], {
    stdio: 'ignore',
    ...user,
  })
  const ready = join(bin, 'pg_isready')
  await until(async () => {
    const [code] = await once(spawn(ready, ['-q', '-h', '127.0.0.1', '-p', String(port)]), 'exit')
    return code === 0
  }, database)
  return database
}

async function postgresUser(): Promise<{ readonly uid?: number; readonly gid?: number }> {
  const id = async (flag: string) => {
    const child = spawn('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] })
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
    await once(child, 'close')
    return Number(text)
  }
  return { uid: await id('-u'), gid: await id('-g') }
}

/** Debian keeps them out of the path, by version. */
async function postgresBin(): Promise<string | null> {
  const root = '/usr/lib/postgresql'
  const [newest] = (await names(root)).toSorted((a, b) => Number(b) - Number(a))
  return newest === undefined ? null : join(root, newest, 'bin')
}

function names(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((): readonly string[] => [])
}

async function until(ready: () => Promise<boolean>, child: ChildProcess): Promise<void> {
  for (const end = performance.now() + startTimeoutMs; performance.now() < end; await sleep(100)) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`)
    if (await ready().catch(() => false)) return
  }
  throw new Error(`${child.spawnfile} does not get ready`)
}

/** PostgreSQL ends at once with SIGINT, whoever is connected. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGINT')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5000)
  await once(child, 'exit')
  clearTimeout(timer)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
