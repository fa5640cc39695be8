import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import { epochMs } from '../../src/core/brand.ts'
import type { FlagStore } from '../../src/core/ports.ts'
import { documentFlagStore } from '../../src/flags/document-store.ts'
import { systemHttp } from '../../src/host/http.ts'
import { openWorld, productionAccount } from '../sandbox/support/sandbox.ts'
import { launchProject } from '../support/launch-project.ts'
import { emulated } from '../support/moto.ts'
import { never } from '../support/real-time.ts'
import { runScript } from '../support/statusboard-site.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'
import { chromiumPath, lacks } from '../support/waive.ts'

const users = 200
/** Pages that fresh users come to at the same time. */
const atOnce = 4
/** Looked at by a timer: by frames, sixty pages would draw all the time. */
const looking = { polling: 100 } as const
/** The page asks so often, and waits so long for the answer; the flag lives 5 s in caches, rounded up twice. */
const [pollMs, answerMs, cachedMs] = [10_000, 1000, 10_000]
const budgetMs = pollMs + answerMs + cachedMs
const key = 'flags/status-board-v2.json'

/** Sixty pages, all of them looked at: Chromium must not slow the timers of those it takes for hidden. */
const awake = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
]

const browser = (await lacks('chromium'))
  ? null
  : await chromium.launch({
      executablePath: (await chromiumPath()) ?? '',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-sync',
        '--renderer-process-limit=4',
        ...awake,
      ],
    })

let dist: TempDir
beforeAll(async () => {
  dist = await tempDir()
  await runScript(['build.mjs', '--out', dist.path])
})
afterAll(async () => {
  await browser?.close()
  await dist[Symbol.asyncDispose]()
})

describe.skipIf(browser === null)('in Chromium, through the CDN of the sandbox at the speed of a clock', () => {
  test('fresh users see the new board by its share, keep it when the share grows, and lose it after a rollback', async () => {
    await using world = await openWorld({ speed: 1 })
    const { flag, deploy } = productionOf(world)
    await deploy(dist.path)
    const raise = async (percent: number, serial: number) => {
      const seen = await flag.read(never)
      await flag.write(boardAt(percent, serial), seen.status === 'present' ? seen.version : null, never)
      while (!isServed((await flag.observe(never)).reading, serial)) await pause(200)
    }

    await raise(30, 1)
    const visits = await freshUsers(users, world.site)
    const on = visits.filter(({ board }) => board === 'v2')
    const [least, most] = band(users, 0.3)
    process.stderr.write(`${on.length} of ${users} fresh users see the new board at 30 % (99.9 %: ${least}–${most})\n`)
    expect(on.length).toBeGreaterThanOrEqual(least)
    expect(on.length).toBeLessThanOrEqual(most)

    await raise(50, 2)
    await using staying = await stay(
      world.site,
      on.map(({ user }) => user),
    )
    const { open } = staying
    const lost = open.filter(({ board }) => board !== 'v2').length
    process.stderr.write(`${lost} of ${on.length} lose it at 50 %\n`)
    expect(lost).toBe(0)

    await using project = await launchProject()
    const gone = open.map(async ({ page }) => {
      await page.waitForFunction(`document.documentElement.dataset.board === 'v1'`, null, {
        ...looking,
        timeout: 60_000,
      })
      return performance.now()
    })
    const unlatched = lastUnlatched(flag)
    const ran = await project.run(['rollback', 'emergency', '--sandbox', '--reason', 'slow test', '--json'], {
      env: { LAUNCH_SANDBOX_URL: world.sandbox.apiUrl },
    })
    expect(ran.exitCode, ran.stderr).toBe(0)
    const writtenAt = await unlatched
    const after = (await Promise.all(gone)).map((at) => at - writtenAt)
    const worst = Math.round(Math.max(...after))
    const median = Math.round(after.toSorted((a, b) => a - b)[after.length >> 1] ?? 0)
    process.stderr.write(`${after.length} open pages lose it, median ${median} ms, last ${worst} ms of ${budgetMs}\n`)
    expect(median).toBeLessThanOrEqual(budgetMs)
    // Sixty pages share the cores with other suites: one of them may miss an answer, and asks again.
    expect(worst).toBeLessThanOrEqual(budgetMs + pollMs + answerMs)
    expect((await freshUsers(8, world.site)).map(({ board }) => board)).toEqual(Array(8).fill('v1'))
  })
})

/** When the store was last seen without a latch: not later than the write of the rollback. */
async function lastUnlatched(flag: FlagStore): Promise<number> {
  for (let last = performance.now(); ; await pause(50)) {
    const at = performance.now()
    const seen = await flag.read(never)
    if (seen.status === 'present' && seen.flag.latched) return last
    last = at
  }
}

/** Fresh users one after the other, four at a time: each page forgets who it was before the next one comes. */
async function freshUsers(count: number, url: string) {
  const some = async (share: number) => {
    await using context = await newContext()
    const page = await context.newPage()
    await page.goto(url, { waitUntil: 'commit' })
    await boardOf(page)
    const seen = []
    for (let n = 0; n < share; n += 1) {
      await page.evaluate('localStorage.clear()')
      await page.reload({ waitUntil: 'commit' })
      seen.push({ board: await boardOf(page), user: String(await page.evaluate(`localStorage['statusboard.user']`)) })
    }
    return seen
  }
  return (await Promise.all(Array.from({ length: atOnce }, () => some(count / atOnce)))).flat()
}

/** Users who come back and stay. A browser for each would be sixty processes: they share one, and each says who it is. */
async function stay(url: string, ids: readonly string[]) {
  const context = await newContext()
  const open = []
  for (const user of ids) {
    const page = await context.newPage()
    await page.goto(`${url}/?user=${user}`, { waitUntil: 'commit' })
    open.push({ page, board: await boardOf(page) })
  }
  return { open, [Symbol.asyncDispose]: () => context.close() }
}

async function newContext(): Promise<BrowserContext> {
  if (browser === null) throw new Error('there is no browser')
  return browser.newContext()
}

/** The board a page first shows. */
async function boardOf(page: Page): Promise<string> {
  const dataset = 'document.documentElement.dataset'
  const first = `${dataset}.board && [${dataset}.board, ${dataset}.flagSerial].join(' ')`
  for (;;) {
    const shown = await page.waitForFunction(first, null, { ...looking, timeout: 60_000 })
    const [board = '', serial] = String(await shown.jsonValue()).split(' ')
    // A flag that did not come within a second is the compiled default, off: a slow machine is no share of users.
    if (serial !== 'none') return board
    await page.reload({ waitUntil: 'commit' })
  }
}

function productionOf(world: Awaited<ReturnType<typeof openWorld>>) {
  const credentials = { accessKeyId: `SANDBOX${productionAccount}`, secretAccessKey: 'sandbox' }
  const client = s3Client({ ...emulated(world.sandbox.apiUrl), credentials })
  const objects = s3Objects(client, 'sb-prod', { wait: pause, unit: () => 0 })
  const url = `${world.site}/${key}`
  const flag = documentFlagStore({
    objects,
    http: systemHttp(),
    flagKey: 'status-board-v2',
    objectKey: key,
    url,
    ttlMs: 5000,
  })
  const deploy = async (folder: string) => {
    for (const name of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue
      const path = join(name.parentPath, name.name)
      const options = { contentType: types[extname(path)] ?? 'application/octet-stream', cacheControl: 'no-cache' }
      await objects.put(path.slice(folder.length + 1), await readFile(path), options, never)
    }
    // What the older site had at the root lives a second more.
    await pause(1500)
  }
  return { flag, deploy }
}

const types: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

function boardAt(percent: number, serial: number) {
  return {
    key: 'status-board-v2',
    percent,
    serial,
    writeId: `stage-${serial}`,
    latched: false,
    acks: [],
    launch: null,
    updatedAt: epochMs(Date.now()),
    updatedBy: 'slow test',
    reason: `${percent} %`,
  }
}

function isServed(reading: { readonly status: string; readonly flag?: { readonly serial: number } }, serial: number) {
  return reading.status === 'present' && reading.flag?.serial === serial
}

/** The counts between which 99.9 % of binomial draws lie: what is below and above has at most 0.05 % each. */
function band(n: number, p: number): readonly [number, number] {
  let term = (1 - p) ** n
  let below = 0
  let least = 0
  for (let k = 0; k <= n; k += 1) {
    below += term
    if (below <= 0.0005) least = k + 1
    if (below >= 0.9995) return [least, k]
    term *= ((n - k) / (k + 1)) * (p / (1 - p))
  }
  return [least, n]
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
