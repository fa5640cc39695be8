import { mkdir } from 'node:fs/promises'
import axe from 'axe-core'
import { chromium, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { guidedProject } from '../support/guided-sheet.ts'
import { runBin, startBin, type BinResult, type RunningBin } from '../support/run-bin.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'
import { chromiumPath, lacks } from '../support/waive.ts'

const browser = (await lacks('chromium'))
  ? null
  : await chromium.launch({
      executablePath: (await chromiumPath()) ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
    })
afterAll(() => browser?.close())

const hostile = `</p><img src=https://evil.example/x onerror=alert(1)><script>alert(1)</script>`
/** Screenshots are kept below this folder when it is named, to be looked at. */
const pictures = process.env['DASHBOARD_PICTURES']

/** A page, with every address that was asked for and everything the browser objected to. */
async function look(url: string, options: BrowserContextOptions = {}) {
  if (browser === null) throw new Error('there is no browser')
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const asked: string[] = []
  const said: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => said.push(message.text()))
  page.on('dialog', (dialog) => void dialog.dismiss().then(() => said.push('a dialog')))
  page.on('pageerror', (error) => said.push(error.message))
  await page.goto(url)
  return { page, asked, said, [Symbol.asyncDispose]: () => context.close() }
}

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return
  await mkdir(pictures, { recursive: true })
  await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true })
}

/** Waits until a part of the page says this. The page's policy forbids to ask it with an expression. */
async function has(page: Page, id: string, text: string, timeout = 20_000): Promise<void> {
  await page.locator(`#${id}`, { hasText: text }).waitFor({ state: 'attached', timeout })
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const found: axe.AxeResults = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)
}

describe.skipIf(browser === null)('the dashboard in Chromium', () => {
  let dir: TempDir
  let serving: RunningBin
  let url = ''
  const run = (...args: readonly string[]): Promise<BinResult> =>
    runBin([...args, '--sandbox'], { cwd: dir.path, timeoutMs: 60_000 })
  beforeAll(async () => {
    dir = await tempDir({ files: guidedProject })
    const approved = await run('approve', 'qa-lead', '--note', hostile)
    if (approved.exitCode !== 0) throw new Error(approved.stderr)
    serving = startBin(['dashboard', '--sandbox'], { cwd: dir.path, timeoutMs: 300_000 })
    await serving.waitFor('Ctrl-C ends it.')
    url = /http:\S+/.exec(serving.stdout())?.[0] ?? ''
  })
  afterAll(async () => {
    await serving?.[Symbol.asyncDispose]()
    await dir?.[Symbol.asyncDispose]()
  })

  test('a launch that another process drives is followed from its link to its end, and keeps what was opened', async () => {
    await using opened = await look(url)
    const { page, asked, said } = opened
    await has(page, 'following', 'Live')
    await page.click('.launches a')
    await has(page, 'following', 'Live')
    await page.evaluate('globalThis.here = true')
    await picture(page, 'opened')
    expect(await violations(page)).toEqual([])

    expect(await run('note', `a note ${hostile}`)).toMatchObject({ exitCode: 0 })
    await has(page, 'lessons', 'a note </p><img')

    const [drove] = await Promise.all([
      run('auto', '--keep', '--quiet'),
      has(page, 'standing', 'ended: succeeded', 60_000),
    ])
    expect(drove).toMatchObject({ exitCode: 0 })
    // The same page all the time: nothing was loaded but parts of it, from nobody but its server.
    expect(await page.evaluate('globalThis.here')).toBe(true)
    expect(await page.title()).toMatch(/^ended: succeeded · /)
    expect(asked.filter((one) => !one.startsWith(url) && one !== 'data:,')).toEqual([])
    expect(said).toEqual([])

    await page.evaluate(`document.querySelector('#gates details').open = false`)
    await page.focus('#contents a')
    expect(await run('note', 'a second note')).toMatchObject({ exitCode: 0 })
    await has(page, 'lessons', 'a second note')
    expect(await page.evaluate(`document.querySelector('#gates details').open`)).toBe(false)
    expect(await page.evaluate(`document.activeElement.closest('#contents') !== null`)).toBe(true)
  })

  test.each(['light', 'dark'] as const)('has nothing axe objects to and fits any screen, %s', async (scheme) => {
    for (const width of [1200, 400]) {
      await using list = await look(url, { viewport: { width, height: 900 }, colorScheme: scheme })
      const paths = [url, await list.page.evaluate<string>(`document.querySelector('.launches a').href`)]
      for (const [index, path] of paths.entries()) {
        await using opened = await look(path, { viewport: { width, height: 900 }, colorScheme: scheme })
        await picture(opened.page, `${index === 0 ? 'list' : 'launch'}-${width}-${scheme}`)
        expect(await violations(opened.page)).toEqual([])
        expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBe(width)
        expect(opened.said).toEqual([])
      }
    }
  })

  test('without scripts the page is whole, and its link loads it again', async () => {
    await using opened = await look(url, { javaScriptEnabled: false })
    const { page } = opened
    await page.click('.launches a')
    expect(await page.textContent('#standing')).toContain('ended: succeeded')
    expect(await page.textContent('#lessons')).toContain(hostile)

    expect(await run('note', 'said while nobody followed')).toMatchObject({ exitCode: 0 })
    await page.click('text=Load it again')

    expect(await page.textContent('#lessons')).toContain('said while nobody followed')
  })

  test('a dashboard that was gone for a while is found again at its port', async () => {
    const own = await look(url)
    await using opened = own
    const { page } = opened
    await has(page, 'following', 'Live')
    serving.kill('SIGINT')
    expect(await serving.done).toMatchObject({ exitCode: 0 })
    await has(page, 'following', 'connection is lost')

    serving = startBin(['dashboard', '--sandbox', '--port', new URL(url).port], { cwd: dir.path, timeoutMs: 300_000 })
    await serving.waitFor('Ctrl-C ends it.')

    await has(page, 'following', 'Live', 20_000)
  })
})
