import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { PutObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { attachTo, openSandbox } from '../../src/sandbox/attach.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'
import { config, never, openWorld, passTime, s3Client, startAt } from './support/sandbox.ts'

const minute = 60_000
let built: TempDir

beforeAll(async () => {
  built = await tempDir()
  await build({
    entryPoints: [new URL('support/player.ts', import.meta.url).pathname],
    outfile: built.file('player.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
})
afterAll(() => built[Symbol.asyncDispose]())

type Said = {
  readonly hosting: boolean
  readonly apiUrl: string
  readonly siteUrls: Record<string, string>
  readonly now: number
}

/** Another process in the same world. */
async function player(dir: string, role: 'driver' | 'reader' = 'driver') {
  const child = spawn(process.execPath, [built.file('player.mjs'), dir, role], { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  // The player only writes lines of this shape.
  const next = async () => JSON.parse((await lines.next()).value ?? 'null') as Said
  const hello = await next()
  return {
    hello,
    tell: (...command: readonly unknown[]) => {
      child.stdin.write(`${JSON.stringify(command)}\n`)
      return next()
    },
    kill: async () => {
      child.kill('SIGKILL')
      await exited
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await exited
    },
  }
}

test('two processes share one clock: neither passes the other', async () => {
  await using world = await openWorld()
  await using other = await player(world.dir.path)
  expect(other.hello).toMatchObject({ hosting: false, apiUrl: world.sandbox.apiUrl, now: startAt })
  const here = world.sandbox.clock.sleepUntil(epochMs(startAt + 10 * minute), never)
  expect((await other.tell('sleep', minute)).now).toBe(startAt + minute)
  expect((await other.tell('sleep', minute)).now).toBe(startAt + 2 * minute)
  await other.kill()
  await here
  expect(world.sandbox.clock.now()).toBe(startAt + 10 * minute)
})

test('a process that only looks does not hold the clock', async () => {
  await using world = await openWorld()
  await using looker = await player(world.dir.path, 'reader')
  await passTime(world, minute)
  expect((await looker.tell('now')).now).toBe(startAt + minute)
})

test('a held clock lets another process act in the middle of a sleep', async () => {
  await using world = await openWorld({ driver: false })
  await using canary = await player(world.dir.path)
  const hold = (method: string, query = '') =>
    fetch(`${world.sandbox.apiUrl}/_sandbox/clock/hold?at=%2B30s${query}`, { method })
  await hold('POST', '&wait=0')
  const slept = canary.tell('sleep', minute)
  expect(await (await hold('POST')).json()).toEqual({ reached: true, now: startAt + 30_000 })
  await s3Client(world).send(new PutObjectCommand({ Bucket: 'sb-prod', Key: 'latch', Body: 'off' }))
  expect(world.sandbox.clock.now()).toBe(startAt + 30_000)
  await hold('DELETE')
  expect((await slept).now).toBe(startAt + minute)
})

test('when the host is killed an attached process takes over with everything, on the same ports', async () => {
  await using dir = await tempDir()
  await (await openSandbox({ dir: dir.path, config }, 'fresh')).close()
  await using host = await player(dir.path)
  await using sandbox = await openSandbox({ dir: dir.path }, 'attach')
  expect([host.hello.hosting, sandbox.hosting]).toEqual([true, false])
  const world = { sandbox, dir, site: '', [Symbol.asyncDispose]: () => Promise.resolve() }
  await s3Client(world).send(new PutObjectCommand({ Bucket: 'sb-prod', Key: 'k', Body: 'kept' }))
  await Promise.all([host.tell('sleep', minute), sandbox.clock.sleepUntil(epochMs(startAt + minute), never)])
  const { apiUrl, siteUrls } = sandbox
  const sleep = sandbox.clock.sleepUntil(epochMs(startAt + 5 * minute), never)
  await host.kill()
  await sleep
  expect(sandbox).toMatchObject({ hosting: true, apiUrl, siteUrls })
  expect(sandbox.clock.now()).toBe(startAt + 5 * minute)
  const got = await s3Client(world).send(new GetObjectCommand({ Bucket: 'sb-prod', Key: 'k' }))
  expect(await got.Body?.transformToString()).toBe('kept')
  expect((await fetch(siteUrls['production'] ?? '')).status).toBe(200)
})

test('when the host leaves, exactly one of several attached processes takes over', async () => {
  await using world = await openWorld()
  const { apiUrl } = world.sandbox
  await using a = await player(world.dir.path)
  await using b = await player(world.dir.path)
  await world.sandbox.close()
  const said = await Promise.all([a.tell('sleep', minute), b.tell('sleep', minute)])
  expect(said.filter(({ hosting }) => hosting)).toHaveLength(1)
  expect(said.map((one) => [one.apiUrl, one.now])).toEqual([
    [apiUrl, startAt + minute],
    [apiUrl, startAt + minute],
  ])
})

test('a fresh world is refused while somebody drives the old one, and replaces it otherwise', async () => {
  await using world = await openWorld()
  const dir = world.dir.path
  await s3Client(world).send(new PutObjectCommand({ Bucket: 'sb-prod', Key: 'k', Body: 'old' }))
  await passTime(world, minute)
  await expect(openSandbox({ dir, config }, 'fresh')).rejects.toMatchObject({ code: 'UNFINISHED' })
  await world.sandbox.close()
  await using serving = await openSandbox({ dir, driver: false }, 'attach')
  await fetch(`${serving.apiUrl}/_sandbox/clock/hold?at=${startAt + 5 * minute}&wait=0`, { method: 'POST' })
  await using fresh = await openSandbox({ dir, config: { ...config, seed: 8 } }, 'fresh')
  expect([fresh.config.seed, fresh.clock.now()]).toEqual([8, startAt])
  expect(serving.hosting).toBe(true)
  expect(await (await fetch(`${serving.apiUrl}/_sandbox/clock`)).json()).toMatchObject({ heldAt: startAt + 5 * minute })
  const got = await fetch(`${serving.siteUrls['production']}/k`)
  expect(got.status).toBe(404)
})

test('a world needs only its folder to be attached to again; without one it says so', async () => {
  await using dir = await tempDir()
  await expect(openSandbox({ dir: dir.path }, 'attach')).rejects.toMatchObject({ code: 'NOT_FOUND' })
  const first = await openSandbox({ dir: dir.path, config }, 'attach')
  await first.clock.sleepUntil(epochMs(startAt + minute), never)
  await first.close()
  await using again = await openSandbox({ dir: dir.path }, 'attach')
  expect([again.config.scenario, again.clock.now(), again.apiUrl]).toEqual(['healthy', startAt + minute, first.apiUrl])
})

test('a world can be attached to by its address; when it goes, sleepers are told', async () => {
  await using world = await openWorld({ driver: false })
  await using guest = await attachTo(world.sandbox.apiUrl)
  await guest.clock.sleepUntil(epochMs(startAt + minute), never)
  expect([guest.clock.now(), guest.siteUrls]).toEqual([startAt + minute, world.sandbox.siteUrls])
  await world.sandbox.close()
  await expect(guest.clock.sleepUntil(epochMs(startAt + 2 * minute), never)).rejects.toMatchObject({
    code: 'UNREACHABLE',
  })
  await expect(attachTo('http://127.0.0.1:9')).rejects.toMatchObject({ code: 'UNREACHABLE' })
})

test('a sleep ends with its signal, here and in an attached process', async () => {
  await using world = await openWorld()
  await using guest = await openSandbox({ dir: world.dir.path }, 'attach')
  for (const sandbox of [world.sandbox, guest]) {
    const stop = new AbortController()
    setTimeout(() => stop.abort(new Error('stopped')), 30)
    await expect(sandbox.clock.sleepUntil(epochMs(startAt + minute), stop.signal)).rejects.toThrow('stopped')
  }
})

test('attached processes follow a running clock, its holds and its changes of speed', async () => {
  await using world = await openWorld({ driver: false, speed: 600 })
  await using guest = await openSandbox({ dir: world.dir.path }, 'attach')
  const before = performance.now()
  await guest.clock.sleepUntil(epochMs(startAt + minute), never)
  expect(performance.now() - before).toBeGreaterThan(50)
  await fetch(`${world.sandbox.apiUrl}/_sandbox/clock/hold?at=${startAt + 10 * minute}&wait=0`, { method: 'POST' })
  await fetch(`${world.sandbox.apiUrl}/_sandbox/clock/advance?by=20m`, { method: 'POST' })
  await expect.poll(() => guest.clock.now()).toBe(startAt + 10 * minute)
  await fetch(`${world.sandbox.apiUrl}/_sandbox/clock/speed`, { method: 'POST' })
  await fetch(`${world.sandbox.apiUrl}/_sandbox/clock/hold`, { method: 'DELETE' })
  await guest.clock.sleepUntil(epochMs(startAt + 100 * minute), never)
  expect([guest.clock.now(), world.sandbox.clock.now()]).toEqual([startAt + 100 * minute, startAt + 100 * minute])
})
