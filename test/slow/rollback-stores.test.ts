import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ssmParameters } from '../../src/aws/ssm.ts'
import type { FlagStore } from '../../src/core/ports.ts'
import { FlagStoreSpec, openFlagStore } from '../../src/flags/registry.ts'
import { systemClock } from '../../src/host/clock.ts'
import { projectFiles } from '../../src/host/files.ts'
import { systemHttpApi } from '../../src/host/http.ts'
import { directoryStore } from '../../src/journal/directory-store.ts'
import { flagAt } from '../contract/flag-store.contract.ts'
import { darklyServer, darklyTokens, type DarklyServer } from '../support/launchdarkly-server.ts'
import { emulated, startMoto, type Moto } from '../support/moto.ts'
import { never } from '../support/real-time.ts'
import { runBin } from '../support/run-bin.ts'
import { smallSheet } from '../support/small-sheet.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'
import { startUnleash, unleashTokens, type UnleashServer } from '../support/unleash-server.ts'
import { lacks } from '../support/waive.ts'

/** `rollback emergency` through the built program on the stores that are no document in S3; that one has tests of its own. */
const [noMoto, noUnleash] = [await lacks('moto'), await lacks('unleash')]
let darkly: DarklyServer
let moto: Moto | null = null
let unleash: UnleashServer | null = null
let folder: TempDir

beforeAll(async () => {
  folder = await tempDir()
  darkly = await darklyServer()
  if (!noMoto) moto = await startMoto()
  if (!noUnleash) unleash = await startUnleash()
}, 90_000)
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
      versions: directoryStore(join(path, '.launch', 'flags')),
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

async function rolledBack(store: string) {
  const { flag, path, env } = await flagOf(store)
  const up = await flag.write(flagAt(50, { key: 'new-board' }), null, never)

  const startedAt = performance.now()
  const ran = await runBin(['rollback', 'emergency', '--reason', 'errors', '--json'], { cwd: path, env: { ...env } })

  if (ran.exitCode !== 0) throw new Error(ran.stderr)
  const { reading } = await flag.observe(never)
  const [{ kind, verified, edgeMs, readBackMs }] = JSON.parse(ran.stdout).rollbacks
  const took = `off for users ${edgeMs - readBackMs} ms after it was confirmed, of ${flag.propagationMs}`
  process.stderr.write(
    `rollback emergency on ${flag.location}: ${took}, ${Math.round(performance.now() - startedAt)} ms in all\n`,
  )
  // Users are asked once the two reads of the store agree, a second apart: until then nobody looks.
  return { up: up.status, kind, verified, inTime: edgeMs - readBackMs < flag.propagationMs, seen: reading }
}

const off = {
  up: 'written',
  kind: 'emergency',
  verified: true,
  inTime: true,
  seen: { flag: { percent: 0, latched: true, reason: 'errors', updatedBy: 'on-call' } },
}

describe('rollback emergency turns the flag off for users within the budget of its store', () => {
  test('file', async () => {
    expect(await rolledBack('{ kind: file, path: public/flag.json }')).toMatchObject(off)
  })

  test.skipIf(noMoto)('ssm', async () => {
    expect(await rolledBack('{ kind: ssm, parameter: "/flags/${environment}/new-board" }')).toMatchObject(off)
  })

  test('launchdarkly', async () => {
    darkly.create('new-board')
    const done = await rolledBack(
      `{ kind: launchdarkly, project: project, url: "${darkly.url}", sdk_url: "${darkly.url}", token_env: LD_TOKEN, sdk_key_env: LD_SDK_KEY }`,
    )
    expect(done).toMatchObject(off)
  })

  test.skipIf(noUnleash)('unleash', async () => {
    const features = `${unleash?.url}/api/admin/projects/default/features`
    const headers = { authorization: unleashTokens.admin, 'content-type': 'application/json' }
    await fetch(features, { method: 'POST', headers, body: '{"name":"new-board","type":"release"}' })
    const done = await rolledBack(
      `{ kind: unleash, url: "${unleash?.url}", environment: development, token_env: UNLEASH_TOKEN, client_token_env: UNLEASH_CLIENT }`,
    )
    expect(done).toMatchObject(off)
  })

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
