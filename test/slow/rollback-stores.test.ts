import { EventEmitter, once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import { ssmParameters } from '../../src/aws/ssm.ts'
import type { FlagStore } from '../../src/core/ports.ts'
import { documentFlagStore } from '../../src/flags/document-store.ts'
import { FlagStoreSpec, openFlagStore } from '../../src/flags/registry.ts'
import { systemClock } from '../../src/host/clock.ts'
import { projectFiles } from '../../src/host/files.ts'
import { systemHttp, systemHttpApi } from '../../src/host/http.ts'
import { systemDisk } from '../../src/host/disk.ts'
import { directoryStore } from '../../src/journal/directory-store.ts'
import { flagAt } from '../contract/flag-store.contract.ts'
import { openWorld, productionAccount } from '../sandbox/support/sandbox.ts'
import { launchProject } from '../support/launch-project.ts'
import { darklyServer, darklyTokens, type DarklyServer } from '../support/launchdarkly-server.ts'
import { emulated, loadSsm, startMoto, type Moto } from '../support/moto.ts'
import { never } from '../support/real-time.ts'
import { runBin, type RunBinOptions } from '../support/run-bin.ts'
import { smallSheet } from '../support/small-sheet.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'
import { startUnleash, unleashSdk, unleashTokens, type UnleashServer } from '../support/unleash-server.ts'
import { lacks } from '../support/waive.ts'

/** `rollback emergency` through the built program on every store, seen by users who come again and again meanwhile. */
const [noMoto, noUnleash] = [await lacks('moto'), await lacks('unleash')]
let darkly: DarklyServer
let moto: Moto | null = null
let unleash: UnleashServer | null = null
let folder: TempDir

beforeAll(async () => {
  folder = await tempDir()
  darkly = await darklyServer()
  if (!noMoto) moto = await startMoto()
  if (moto) await loadSsm(moto)
  if (!noUnleash) unleash = await startUnleash()
}, 180_000)
afterAll(async () => {
  for (const made of [darkly, moto, unleash, folder]) await made?.[Symbol.asyncDispose]()
})

const tokens = {
  LD_TOKEN: darklyTokens.writer,
  LD_SDK_KEY: darklyTokens.sdk,
  UNLEASH_TOKEN: unleashTokens.admin,
  UNLEASH_CLIENT: unleashTokens.client,
}

/** The flag as this test opens it: by its spec, as a launch would, in a project of its own. */
async function flagOf(
  store: string,
): Promise<{ readonly flag: FlagStore; readonly path: string; readonly env: object }> {
  const path = folder.file(`project-${Math.round(performance.now() * 1000)}`)
  await mkdir(path)
  const sheet = smallSheet
    .replace('{ kind: s3, path: /flags/new-board.json }', store)
    .replace('production: { region', 'production: { account: "123456789012", region')
  await writeFile(join(path, 'runsheet.yaml'), sheet)
  const { parse } = await import('yaml')
  const spec = FlagStoreSpec.parse(parse(store))
  const parameters = ssmParameters(emulated(moto?.endpoint ?? 'http://127.0.0.1:1'), () => systemClock().now(), {
    wait: async () => {},
    unit: () => 0,
  })
  const none = () => {
    throw new Error('unused')
  }
  const flag = openFlagStore(
    { key: 'new-board', store: spec },
    {
      objects: none,
      http: { get: none },
      environment: 'production',
      siteUrl: '',
      files: projectFiles(path),
      versions: directoryStore(join(path, '.launch', 'flags'), systemDisk),
      api: systemHttpApi(),
      secret: (name) => Object.entries(tokens).find(([variable]) => variable === name)?.[1] ?? null,
      parameters,
    },
  )
  const aws = moto
    ? {
        AWS_ENDPOINT_URL: moto.endpoint,
        LAUNCH_ALLOW_ENDPOINT: '1',
        AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
        AWS_SECRET_ACCESS_KEY: 'testing',
      }
    : {}
  return { flag, path, env: { ...tokens, ...aws, LAUNCH_ACTOR: 'on-call', HOME: path } }
}

async function rolledBack(store: string, through?: Through) {
  const { flag, path, env } = await flagOf(store)
  return rolledBackOn(flag, { cwd: path, env: { ...env } }, { through })
}

type Order = { readonly more?: readonly string[]; readonly through?: Through | undefined }

async function rolledBackOn(flag: FlagStore, where: RunBinOptions, { more = [], through = directly }: Order = {}) {
  const up = await flag.write(flagAt(100, { key: 'new-board' }), null, never)
  await using server = await through(flag)
  const users = freshUsers(flag, server)
  await users.first
  // The worst moment: it asked for the flag just now.
  await server.asked()
  const args = ['rollback', 'emergency', ...more, '--reason', 'errors', '--json']

  const [ran, tookMs] = await Promise.all([runBin(args, where), users.offMs])

  expect(ran.exitCode, ran.stderr).toBe(0)
  const { reading } = await flag.observe(never)
  const [{ kind, verified }] = JSON.parse(ran.stdout).rollbacks
  process.stderr.write(
    `rollback emergency on ${flag.location}: off for a new user ${Math.round(tookMs)} ms after the write at the latest, of ${flag.propagationMs}\n`,
  )
  return { up: up.status, kind, verified, inTime: tookMs <= flag.propagationMs, seen: reading }
}

/** Between two users, and how long they come at most. */
const [pauseMs, mostMs] = [25, 60_000]

/** What stands between a flag and its users, and asks for it every now and then. */
type Server = AsyncDisposable & {
  /** Whether somebody who was never here before gets the new version. */
  readonly visit: () => Promise<boolean>
  /** Ends when it has asked once more. */
  readonly asked: () => Promise<void>
}
type Through = (flag: FlagStore) => Promise<Server>

const isServed = async (flag: FlagStore) => {
  const { reading } = await flag.observe(never)
  return reading.status === 'present' && reading.flag.percent > 0
}

/** Users read the flag themselves, or an SDK that is told of every change reads it for them. */
const directly: Through = async (flag) => ({
  visit: () => isServed(flag),
  asked: async () => {},
  [Symbol.asyncDispose]: async () => {},
})

/** A server of yours that asks so often. */
const polledEvery =
  (everyMs: number): Through =>
  async (flag) => {
    const bell = new EventEmitter()
    let had = await isServed(flag)
    const ask = async () => {
      had = await isServed(flag)
      bell.emit('asked')
    }
    const timer = setInterval(() => void ask(), everyMs)
    return {
      visit: async () => had,
      asked: async () => void (await once(bell, 'asked')),
      [Symbol.asyncDispose]: async () => clearInterval(timer),
    }
  }

/** Unleash's own SDK for Node as it comes: it asks every 15 s. */
const sdkOfUnleash: Through = async () => {
  const sdk = unleashSdk({ url: `${unleash?.url}/api`, appName: 'board', disableMetrics: true }, unleashTokens.client)
  await once(sdk, 'synchronized')
  let visitors = 0
  return {
    visit: async () => sdk.isEnabled('new-board', { userId: `user-${(visitors += 1)}` }),
    asked: async () => void (await Promise.race([once(sdk, 'changed'), once(sdk, 'unchanged')])),
    [Symbol.asyncDispose]: async () => sdk.destroy(),
  }
}

/**
 * One user after the other is served the flag. `first`: somebody got the new version. `offMs`: from the last look at the store that did
 * not see the rollback yet, so from before its write, to the answer to the first user who is off; infinite when nobody ever is.
 */
function freshUsers(
  flag: FlagStore,
  { visit }: Server,
): { readonly first: Promise<number>; readonly offMs: Promise<number> } {
  const served = async (isOn: boolean) => {
    const endsAt = performance.now() + mostMs
    for (let lastOn = performance.now(); performance.now() < endsAt; await sleep(pauseMs)) {
      const at = performance.now()
      const stored = await flag.read(never)
      if (stored.status === 'present' && !stored.flag.latched) lastOn = at
      if ((await visit()) === isOn) return performance.now() - lastOn
    }
    return Infinity
  }
  const first = served(true)
  return { first, offMs: first.then(() => served(false)) }
}

const off = {
  up: 'written',
  kind: 'emergency',
  verified: true,
  inTime: true,
  seen: { flag: { percent: 0, latched: true, reason: 'errors', updatedBy: 'on-call' } },
}

/** Production of a sandbox whose time goes as fast as a clock: its CDN keeps the flag for five seconds. */
function inSandbox(apiUrl: string, site: string): FlagStore {
  const credentials = { accessKeyId: `SANDBOX${productionAccount}`, secretAccessKey: 'sandbox' }
  const client = s3Client({ ...emulated(apiUrl), credentials })
  const objectKey = 'flags/status-board-v2.json'
  return documentFlagStore({
    objects: s3Objects(client, 'sb-prod', { wait: async () => {}, unit: () => 0 }),
    http: systemHttp(),
    flagKey: 'status-board-v2',
    objectKey,
    url: `${site}/${objectKey}`,
    ttlMs: 5000,
  })
}

describe('rollback emergency turns the flag off for users within the budget of its store', () => {
  test('s3', async () => {
    await using world = await openWorld({ speed: 1 })
    await using project = await launchProject()
    const flag = inSandbox(world.sandbox.apiUrl, world.site)
    const env = { LAUNCH_SANDBOX_URL: world.sandbox.apiUrl, LAUNCH_ACTOR: 'on-call' }
    expect(await rolledBackOn(flag, { cwd: project.path, env }, { more: ['--sandbox'] })).toMatchObject(off)
  }, 60_000)

  test('file', async () => {
    expect(await rolledBack('{ kind: file, path: public/flag.json }')).toMatchObject(off)
  })

  test.skipIf(noMoto)(
    'ssm',
    async () => {
      const store = '{ kind: ssm, parameter: "/flags/${environment}/new-board" }'
      expect(await rolledBack(store, polledEvery(15_000))).toMatchObject(off)
    },
    120_000,
  )

  test('launchdarkly', async () => {
    darkly.create('new-board')
    const done = await rolledBack(
      `{ kind: launchdarkly, project: project, url: "${darkly.url}", sdk_url: "${darkly.url}", token_env: LD_TOKEN, sdk_key_env: LD_SDK_KEY }`,
    )
    expect(done).toMatchObject(off)
  })

  test.skipIf(noUnleash)(
    'unleash',
    async () => {
      const features = `${unleash?.url}/api/admin/projects/default/features`
      const headers = { authorization: unleashTokens.admin, 'content-type': 'application/json' }
      await fetch(features, { method: 'POST', headers, body: '{"name":"new-board","type":"release"}' })
      const done = await rolledBack(
        `{ kind: unleash, url: "${unleash?.url}", environment: development, token_env: UNLEASH_TOKEN, client_token_env: UNLEASH_CLIENT }`,
        sdkOfUnleash,
      )
      expect(done).toMatchObject(off)
    },
    120_000,
  )

  test('without its token it says which variable is missing, and how it is done by hand is the service’s own switch', async () => {
    const { path } = await flagOf(`{ kind: launchdarkly, project: project, url: "${darkly.url}", token_env: LD_TOKEN }`)
    const ran = await runBin(['rollback', 'emergency'], { cwd: path, env: { HOME: path } })
    expect(ran).toMatchObject({ exitCode: 6 })
    expect(ran.stderr).toContain('LD_TOKEN is not set')
  })

  test('a store that cannot be opened from what can be read says what is wrong with it', async () => {
    const { path } = await flagOf('{ kind: file, path: x }')
    const broken = smallSheet.replace('{ kind: s3, path: /flags/new-board.json }', '{ kind: launchdarkly }')
    await writeFile(join(path, 'runsheet.yaml'), broken)
    const ran = await runBin(['rollback', 'emergency'], { cwd: path, env: { HOME: path } })
    expect(ran).toMatchObject({ exitCode: 2 })
    expect(ran.stderr).toContain('flag.store cannot be opened: project')
  })
})
