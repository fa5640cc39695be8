import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import { chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LaunchEvent } from '../../src/core/event.ts'
import { reportHtml } from '../../src/report/html-page.ts'
import { reportModel } from '../../src/report/model.ts'
import { poison } from '../support/hostile.ts'
import { everythingSaid, rolledBackAt30 } from '../support/launch-stories.ts'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { tempDir } from '../support/temp-dir.ts'
import { describeStep, signalOf } from '../support/views.ts'
import { chromiumPath, lacks } from '../support/waive.ts'

const browser = (await lacks('chromium'))
  ? null
  : await chromium.launch({
      executablePath: (await chromiumPath()) ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
    })
afterAll(() => browser?.close())

type Look = { readonly width: number; readonly scheme: 'light' | 'dark' }
const looks: readonly Look[] = [
  { width: 1200, scheme: 'light' },
  { width: 1200, scheme: 'dark' },
  { width: 400, scheme: 'light' },
  { width: 400, scheme: 'dark' },
]

/** A page as a file, looked at, with every address that was asked for. */
async function look(path: string, { width, scheme }: Look) {
  if (browser === null) throw new Error('there is no browser')
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme })
  const page = await context.newPage()
  const asked: string[] = []
  const said: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => said.push(message.text()))
  page.on('dialog', (dialog) => void dialog.dismiss().then(() => said.push('a dialog')))
  await page.goto(pathToFileURL(path).href)
  await page.evaluate(`for (const part of document.querySelectorAll('details')) part.open = true`)
  return { page, asked, said, [Symbol.asyncDispose]: () => context.close() }
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source)
  const found: axe.AxeResults = await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)
}

describe.skipIf(browser === null).each([
  ['healthy', 0],
  ['error-spike@30', 4],
])('the page of a launch of the sandbox, %s, in Chromium', (scenario, exit) => {
  let project: LaunchProject
  let path = ''
  beforeAll(async () => {
    project = await launchProject()
    const ran = await project.run(['auto', '--scenario', scenario, '--quiet'], { timeoutMs: 110_000 })
    if (ran.exitCode !== exit) throw new Error(ran.stderr)
    const folder = join(project.path, '.launch/sandbox/reports')
    path = join(folder, (await readdir(folder)).find((name) => name.endsWith('.html')) ?? 'no page')
  })
  afterAll(() => project[Symbol.asyncDispose]())

  test('is smaller than 300 kB, and the same that report writes', async () => {
    const { size } = await stat(path)
    process.stderr.write(`${scenario}: ${size} bytes\n`)
    expect(size).toBeLessThan(300_000)

    const ran = await project.run(['report', '--sandbox', '--format', 'html'])
    expect(Buffer.byteLength(ran.stdout)).toBe(size)
  })

  test.each(looks)('has nothing axe objects to, $width px, $scheme', async (how) => {
    await using opened = await look(path, how)

    expect(await violations(opened.page)).toEqual([])
  })

  test.each(looks)('asks for nothing but itself and is not wider than the screen, $width px, $scheme', async (how) => {
    await using opened = await look(path, how)

    expect(opened.asked.filter((url) => url !== pathToFileURL(path).href && url !== 'data:,')).toEqual([])
    expect(opened.said).toEqual([])
    expect(await opened.page.evaluate('document.documentElement.scrollWidth')).toBe(how.width)
    const shown = await opened.page.evaluate(
      `[...document.querySelectorAll('svg')].filter((svg) => svg.clientHeight > 0).length`,
    )
    // Who had it, and three SLOs: each once.
    expect(shown).toBe(4)
  })

  test('prints in the light, without what is there to click', async () => {
    await using opened = await look(path, { width: 1200, scheme: 'dark' })
    const { page } = opened
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })

    const ground = await page.evaluate('getComputedStyle(document.body).backgroundColor')
    expect(ground).toBe('rgb(255, 255, 255)')
    expect(await page.isVisible('nav')).toBe(false)
    const pdf = (await page.pdf({ format: 'A4' })).toString('latin1')
    expect(pdf.startsWith('%PDF')).toBe(true)
    // As an object of its own or packed: at least the root of the pages says how many there are.
    const pages = Math.max(0, ...Array.from(pdf.matchAll(/\/Count (\d+)/g), ([, count]) => Number(count)))
    process.stderr.write(`${scenario}: ${pages} pages of A4\n`)
    expect(pages).toBeLessThanOrEqual(15)
  })
})

test.skipIf(browser === null).each([
  ['rolled back', rolledBackAt30],
  ['held, with everything that people can write', everythingSaid],
])('hostile text in every field is text to a browser: %s', async (_name, story) => {
  await using folder = await tempDir()
  const pageOf = async (text: string) => {
    const events: readonly LaunchEvent[] = poison(story().events, text)
    const model = reportModel({ plan: poison(statusBoardPlan, text), events, describeStep, signalOf })
    const path = folder.file('page.html')
    await writeFile(path, model ? reportHtml(model) : '')
    await using opened = await look(path, { width: 1200, scheme: 'light' })
    const names = await opened.page.evaluate(
      `[...document.querySelectorAll('*')].map((element) => [element.tagName, ...element.getAttributeNames()].join(' '))`,
    )
    const links = await opened.page.evaluate(`[...document.links].map((link) => new URL(link.href).hash).sort()`)
    return { names, links, asked: opened.asked.length, said: opened.said, title: await opened.page.title() }
  }
  const clean = await pageOf('')

  for (const text of hostile) {
    const { title, ...found } = await pageOf(text)
    expect(found).toEqual({ names: clean.names, links: clean.links, asked: clean.asked, said: [] })
    expect(title).toContain(text.trim().split(/\s+/)[0])
  }
})

const hostile = [
  '<script>alert(1)</script>',
  '<img src=https://evil.example/x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  `' onmouseover='alert(1)`,
  '</style></title></textarea><iframe src=javascript:alert(1)>',
  '<!-- <!channel> <base href=https://evil.example/>',
  '&lt;b&gt; &#60;i&#62;',
]
