import { chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { boardFlag } from '../support/board-flag.ts'
import { chromiumPath, lacks } from '../support/waive.ts'
import { boardSite, runScript } from '../support/statusboard-site.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'

const Listed = z.object({ appointments: z.array(z.object({ id: z.string(), column: z.string() })) })

const flow = (name: string, url: string, env: { readonly [name: string]: string } = {}) =>
  runScript(['flows/run.mjs', name], { LAUNCH_URL: url, ...env })

const browser = (await lacks('chromium'))
  ? null
  : await chromium.launch({
      executablePath: (await chromiumPath()) ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
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

describe.skipIf(browser === null)('the status board in a browser', () => {
  test.each([0, 10])('all flows pass on the new board at %i percent and leave the board as it was', async (percent) => {
    await using site = await boardSite(dist.path, boardFlag(percent))
    const columns = async () => {
      const { appointments } = Listed.parse(await (await fetch(`${site.url}/api/appointments`)).json())
      return appointments.map(({ id, column }) => `${id} ${column}`)
    }
    const before = await columns()
    const ran = await flow('all', site.url)
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    expect(ran.stdout).toContain('conflict passed: 409, told as "')
    expect(await columns()).toEqual(before)
    expect(new Set(site.events.filter(({ variant }) => variant === 'v2').map(({ event }) => event))).toEqual(
      new Set(['board-load', 'move', 'occ-conflict', 'drawer-open']),
    )
  })

  test('the four flows may run at once', async () => {
    await using site = await boardSite(dist.path, boardFlag(100))
    const ran = await Promise.all(
      ['board-loads', 'drag-and-drop', 'conflict', 'drawer'].map((name) => flow(name, site.url)),
    )
    expect(ran.map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual(
      ran.map(() => ({ exitCode: 0, stderr: '' })),
    )
  })

  test('after a rollback the flows fail and say so', async () => {
    await using site = await boardSite(dist.path, boardFlag(0, { latch: true }))
    const ran = await flow('board-loads', site.url)
    expect(ran.exitCode).toBe(1)
    expect(ran.lastLine).toMatch(/^board-loads failed: .*rolled back/)
  })

  test('a server that takes every change fails the conflict flow in one line', async () => {
    await using site = await boardSite(dist.path, boardFlag(100))
    const moved = {
      id: 'apt-12',
      patient: 'Liam O’Brien',
      title: 'Physiotherapy',
      column: 'arrived',
      start: '2026-12-01T10:45:00Z',
      version: 2,
    }
    site.override('PUT', '/api/appointments/apt-12', 200, JSON.stringify(moved))
    site.override('GET', '/api/appointments/apt-12', 200, JSON.stringify({ ...moved, notes: [] }))
    const ran = await flow('conflict', site.url)
    expect(ran).toMatchObject({
      exitCode: 1,
      lastLine: 'conflict failed: a move on an old version was answered 200, not 409',
    })
  })

  test('off takes the new board away in the middle of a session, on waits for the next navigation', async () => {
    await using site = await boardSite(dist.path, boardFlag(100, { serial: 5, writeId: 'w5' }))
    await using opened = await openPage(site.url)
    const { page } = opened
    await expect.poll(() => shown(page)).toEqual(['v2', '5'])
    await page.locator('.board .card').first().waitFor()
    site.setFlag(boardFlag(0, { serial: 6, writeId: 'stop', latch: true }))
    await comeBack(page)
    await expect.poll(() => shown(page)).toEqual(['v1', '6'])
    await page.locator('.classic li').first().waitFor()
    site.setFlag(boardFlag(100, { serial: 7, writeId: 'w7', acks: ['stop'] }))
    await comeBack(page)
    await expect.poll(() => shown(page)).toEqual(['v1', '7'])
    await page.reload()
    await expect.poll(() => shown(page)).toEqual(['v2', '7'])
  })

  test('a conflict made from the drawer is told inside the drawer, where it can be read', async () => {
    await using site = await boardSite(dist.path, boardFlag(100))
    await using opened = await openPage(site.url)
    const { page } = opened
    await page.locator('[data-appointment="apt-5"] [data-open]').click()
    await fetch(`${site.url}/api/appointments/apt-5`, {
      method: 'PUT',
      body: JSON.stringify({ column: 'done', version: 1 }),
    })
    await page.getByRole('dialog').getByRole('combobox').selectOption('in-progress')
    await page
      .getByRole('dialog')
      .getByRole('alert')
      .getByText('Elif Demir was changed by someone else and is now in Done')
      .waitFor()
    await expect.poll(() => page.getByRole('dialog').getByRole('combobox').inputValue()).toBe('done')
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('body > #alerts').count()).toBe(1)
  })

  test('without a flag document and without a rollout every user gets the classic board', async () => {
    await using site = await boardSite(dist.path, null)
    await using opened = await openPage(site.url)
    await expect.poll(() => shown(opened.page)).toEqual(['v1', 'none'])
    await opened.page.locator('.classic summary').first().click()
    await opened.page.getByText('Blood pressure 118/76.').waitFor()
  })

  test('a rollout of a tenth gives the same user the same board on every visit', async () => {
    await using site = await boardSite(dist.path, boardFlag(10))
    await using opened = await openPage(`${site.url}/?user=user-8`)
    // user-8 is on and user-7 off at 10 %: computed by @openfeature/flagd-core 4.0.1.
    for (const [user, board] of [
      ['user-8', 'v2'],
      ['user-7', 'v1'],
      ['user-8', 'v2'],
    ] as const) {
      await opened.page.goto(`${site.url}/?user=${user}`)
      await expect.poll(() => shown(opened.page)).toEqual([board, '1'])
    }
  })
})

async function openPage(url: string) {
  if (browser === null) throw new Error('there is no browser')
  const context = await browser.newContext()
  context.setDefaultTimeout(5000)
  const page = await context.newPage()
  await page.goto(url)
  return { page, [Symbol.asyncDispose]: () => context.close() }
}

/** Which board a page shows, and by which version of the flag. */
function shown(page: Page): Promise<readonly (string | null)[]> {
  const html = page.locator('html')
  return Promise.all(['data-board', 'data-flag-serial'].map((name) => html.getAttribute(name)))
}

/** The page comes back into view: it looks at its flag without waiting for the next poll. */
async function comeBack(page: Page): Promise<void> {
  await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`)
}
