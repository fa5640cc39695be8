import { execFile } from 'node:child_process'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import { epochMs } from '../../src/core/brand.ts'
import type { ObjectStore, Wait } from '../../src/core/ports.ts'
import { keys } from '../../src/core/release.ts'
import { systemHttp } from '../../src/host/http.ts'
import { readCurrent } from '../../src/steps/releases.ts'
import { restorePrevious } from '../../src/steps/restore.ts'
import { bucketSite } from '../support/bucket-site.ts'
import { benchS3, sha256Of, type BenchS3 } from '../support/bench-s3.ts'
import { countingProxy } from '../support/counting-proxy.ts'
import { launchWorld, tinyPlan, type LaunchWorld } from '../support/launch-world.ts'
import { manualClock } from '../support/manual-clock.ts'
import { emulated, startMoto } from '../support/moto.ts'
import { never, realWait } from '../support/real-time.ts'
import { perform } from '../support/step-world.ts'
import { tempDir } from '../support/temp-dir.ts'
import { lacks } from '../support/waive.ts'

const run = promisify(execFile)

/** Deploys through the real S3 adapter against a server in another process. */
const bucket = 'tiny'
const rollout = 'rollout/deploy'
let s3: BenchS3

beforeAll(async () => {
  s3 = await benchS3()
})
afterAll(() => s3[Symbol.asyncDispose]())

/** A tenth of what it would be: enough for a busy server to come to itself. */
const shortWait: Wait = (ms, signal) => realWait(ms / 10, signal)

const objectsAt = (url: string): ObjectStore =>
  s3Objects(s3Client(emulated(url)), bucket, { wait: shortWait, unit: () => 0.5, now: () => epochMs(Date.now()) })

type Site = { readonly [path: string]: string }

/** A release of `count` assets that one page names; `mark` tells releases apart, `changed` of the assets are its own. */
function site(mark: string, count: number, changed = count): Site {
  const assets = Array.from({ length: count }, (_, n) => {
    const text = `asset ${n} of ${n < changed ? mark : 'all'}\n`
    return [`assets/part-${n}-${sha256Of(text).slice(0, 8)}.js`, text] as const
  })
  const named = assets.map(([path]) => `<script type="module" src="/${path}"></script>`).join('\n')
  return {
    ...Object.fromEntries(assets),
    'robots.txt': `# ${mark}\n`,
    'index.html': `<!doctype html><title>${mark}</title>\n${named}\n`,
  }
}

async function worldWith(files: Site): Promise<LaunchWorld> {
  const world = await launchWorld(tinyPlan())
  for (const path of ['dist/robots.txt', 'dist/index.html', 'dist/assets/new.js']) world.files.set(path, '')
  const tree = world.files.tree.bind(world.files)
  // Only what belongs to the release: the world comes with files of its own.
  Object.assign(world.files, {
    tree: async (folder: string) => (await tree(folder)).filter(({ path }) => path in files),
  })
  for (const [path, text] of Object.entries(files)) world.files.set(`dist/${path}`, text)
  return world
}

/** One deploy to production, served straight from the bucket. */
async function deployTo(url: string, files: Site) {
  const world = await worldWith(files)
  const route = (from: URL) => ({ url: `${s3.url}/${bucket}${from.pathname}`, headers: {} })
  return perform(world, rollout, { ports: { objects: () => objectsAt(url), http: systemHttp(route) } })
}

async function wrongFiles(files: Site): Promise<readonly string[]> {
  const there = await s3.hashes(bucket)
  return Object.entries(files)
    .filter(([path, text]) => there[path] !== sha256Of(text))
    .map(([path]) => path)
}

for (const cut of ['cut before', 'cut after'] as const) {
  test(`a deploy that dies at any request (${cut}) and is repeated leaves the bucket as built, and sends nothing twice that was confirmed`, async () => {
    const old = site('old', 4)
    const next = site('next', 12, 8)
    let [points, kept] = [0, 0]
    for (let n = 1; ; n += 1) {
      await s3.empty()
      await deployTo(s3.url, old)
      // From the n-th request on nothing gets through any more: that process is dead.
      await using first = await countingProxy(s3.url, (count) =>
        count < n ? 'pass' : count === n ? cut : 'cut before',
      )
      const died = await deployTo(first.url, next).then(
        () => false,
        () => true,
      )
      await using second = await countingProxy(s3.url)
      await deployTo(second.url, next)
      expect(await wrongFiles(next), `request ${n}`).toEqual([])
      const sent = (list: typeof first.passed) =>
        list.filter(
          ({ method, path, status, headers }) =>
            method === 'PUT' &&
            status === 200 &&
            /part-|\/files\//.test(path) &&
            headers['x-amz-copy-source'] === undefined,
        )
      const confirmed = new Set(sent(first.passed).map(({ path }) => path))
      expect(
        sent(second.passed)
          .map(({ path }) => path)
          .filter((path) => confirmed.has(path)),
        `request ${n}`,
      ).toEqual([])
      kept = Math.max(kept, confirmed.size)
      if (!died) break
      points += 1
    }
    expect(points).toBeGreaterThan(15)
    expect(kept).toBe(Object.keys(next).length)
  }, 240_000)
}

test('a reader that fetches the page and all it names, over and over, never meets a 404 or a page of one release with a file of another', async () => {
  await s3.empty()
  // A file that keeps its name cannot change together with the page that names it: it is never older than the page.
  const withStyle = (n: number) => {
    const files = site(`r${n}`, 10, 5)
    const index = `${files['index.html']}<script src="/style.css"></script>\n`
    return { ...files, 'style.css': `style ${n}`, 'index.html': index }
  }
  await deployTo(s3.url, withStyle(0))
  let [fetches, going] = [0, true]
  const wrong: string[] = []
  const get = async (path: string) => {
    fetches += 1
    const answer = await fetch(`${s3.url}/${bucket}/${path}`)
    return answer.status === 200 ? answer.text() : `${answer.status}`
  }
  const reader = async () => {
    while (going) {
      const page = await get('index.html')
      const mark = /<title>(\w+)</.exec(page)?.[1]
      for (const [, path = ''] of page.matchAll(/src="\/([^"]+)"/g)) {
        const text = await get(path)
        const style = /^style (\d+)$/.exec(text)?.[1]
        const isRight =
          path === 'style.css'
            ? Number(style) >= Number(mark?.slice(1))
            : new RegExp(` of (?:${mark}|all)\n`).test(text)
        if (!isRight) wrong.push(`${mark}: ${path}: ${text}`)
      }
    }
  }
  const readers = Array.from({ length: 4 }, reader)
  for (let n = 1; fetches < 10_000; n += 1) await deployTo(s3.url, withStyle(n))
  going = false
  await Promise.all(readers)
  expect(wrong).toEqual([])
}, 240_000)

test('a release of 2,000 files is left behind with few requests, and what users get is verified', async () => {
  await s3.empty()
  // Files that keep their name and stay as they are: they are neither put back nor all fetched.
  const plain = Object.fromEntries(
    ['favicon.svg', 'manifest.json', 'sitemap.xml', 'version.json'].map((name) => [name, name]),
  )
  await deployTo(s3.url, { ...site('good', 2000, 20), ...plain })
  await deployTo(s3.url, { ...site('bad', 2000, 20), ...plain })
  const objects = objectsAt(s3.url)
  await s3.set('stats=1')
  let asked = 0
  // Half of CloudFront's calls fail on a bad day.
  const cdn = {
    invalidate: async () => ({ status: 'degraded', why: `attempt ${(asked += 1)} failed` }) as const,
    invalidated: async () => false,
  }
  const http = systemHttp((from) => ({ url: `${s3.url}/${bucket}${from.pathname}`, headers: {} }))
  const ports = { objects, cdn, http, clock: manualClock(Date.now()), random: { id: () => 'id' } }
  const restored = await restorePrevious('https://tiny.example', { to: null, awayFrom: null }, ports, never)
  const { requests } = await s3.stats()
  expect(restored).toMatchObject({ degraded: 'attempt 1 failed', served: { wrong: [] } })
  // The emergency before it takes three more: the flag written, read back, seen at the edge.
  expect(requests + asked + 3).toBeLessThanOrEqual(20)
  expect(await wrongFiles(site('good', 2000, 20))).toEqual([])
  expect((await readCurrent(objects, never))?.current).toMatchObject({ restored: true })
})

test('a bucket that says SlowDown gets less at once and has everything in the end', async () => {
  await s3.empty()
  await s3.set('stats=1&latency=5&slowDownFrom=8')
  const files = site('slow', 300)
  await deployTo(s3.url, files)
  const { slowDowns } = await s3.stats()
  await s3.set('latency=0&slowDownFrom=Infinity')
  expect(slowDowns).toBeGreaterThan(0)
  expect(await wrongFiles(files)).toEqual([])
  expect((await s3.hashes(bucket))[keys.current]).toBeDefined()
})

test('odd names, empty files and ten thousand of them arrive as they are, and users get each under its name', async () => {
  await s3.empty()
  const odd = [
    'a b.js',
    'x#1.js',
    'why?.css',
    '100%.txt',
    '+plus&more.svg',
    "it's (1)!.png",
    'größe/日本.json',
    'leer.txt',
  ]
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`assets/many/${n}.js`, `${n % 100}`]))
  const files = {
    ...Object.fromEntries(odd.map((path, n) => [path, n === 7 ? '' : path])),
    ...many,
    'index.html': 'odd',
  }
  const { output } = await deployTo(s3.url, files)
  expect(output.deployed).toMatchObject({ uploaded: 10_009, verified: 9 + 32 })
  expect(await wrongFiles(files)).toEqual([])
  for (const path of odd) {
    const answer = await fetch(`${s3.url}/${bucket}/${path.split('/').map(encodeURIComponent).join('/')}`)
    expect(await answer.text(), path).toBe(path === 'leer.txt' ? '' : path)
  }
}, 240_000)

/** Fetches every object with a client that is not ours, and hashes the files. */
async function byAwsCli(endpoint: string): Promise<{ readonly [path: string]: string }> {
  await using dir = await tempDir()
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_REGION: 'us-east-1',
  }
  await run('aws', ['s3', 'sync', `s3://${bucket}`, dir.path, '--endpoint-url', endpoint, '--only-show-errors'], {
    env,
  })
  const found = await readdir(dir.path, { recursive: true, withFileTypes: true })
  const files = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name))
  const hashed = files.map(async (path) => [path.slice(dir.path.length + 1), sha256Of(await readFile(path))] as const)
  return Object.fromEntries((await Promise.all(hashed)).filter(([path]) => !path.startsWith('.launch/')))
}

test.skipIf((await lacks('moto')) || (await lacks('aws')))(
  'on an emulator of other people the bucket is the build folder, fetched and hashed by another client',
  async () => {
    await using moto = await startMoto()
    if (!moto) throw new Error('moto did not start')
    const client = s3Client(emulated(moto.endpoint))
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
    await using served = await bucketSite(client, bucket)
    const files = site('moto', 40)
    const world = await worldWith(files)
    const http = systemHttp((from) => ({ url: `${served.url}${from.pathname}`, headers: {} }))
    const { output } = await perform(world, rollout, { ports: { objects: () => objectsAt(moto.endpoint), http } })
    expect(output.deployed).toMatchObject({ uploaded: 42, verified: 42 })
    expect(await byAwsCli(moto.endpoint)).toEqual(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [path, sha256Of(text)])),
    )
  },
  120_000,
)
