import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { boardFlag } from '../support/board-flag.ts'
import { boardSite, runScript } from '../support/statusboard-site.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'

let dist: TempDir
beforeAll(async () => {
  dist = await tempDir()
  await runScript(['build.mjs', '--out', dist.path])
})
afterAll(() => dist[Symbol.asyncDispose]())

const smoke = (url: string | undefined) => runScript(['smoke/run.mjs'], { LAUNCH_URL: url })

describe('the smoke script', () => {
  test('passes a site that works, sees a conflict, and leaves the board as it was', async () => {
    await using site = await boardSite(dist.path, boardFlag(0))
    const list = async () => (await fetch(`${site.url}/api/appointments`)).json()
    const before = await list()
    const ran = await smoke(`${site.url}/`)
    expect(ran.stdout).toContain('index.html and 3 files')
    expect(ran.stdout).toContain('refused with 409')
    expect(ran).toMatchObject({ exitCode: 0, lastLine: `smoke passed at ${site.url}` })
    expect(await list()).toEqual(before)
  })

  test.each([
    ['the health endpoint is down', 'GET', '/api/health', 503, '{}', 'health', '/api/health answered 503'],
    [
      'the list has another shape',
      'GET',
      '/api/appointments',
      200,
      '{"appointments":[{"id":"a","patient":"P","title":"T","column":"late"}]}',
      'appointments',
      'no valid column: "late"',
    ],
    [
      'a change on an old version is taken',
      'PUT',
      '/api/appointments/apt-1',
      200,
      '{}',
      'conflict',
      'answered 200, not 409',
    ],
  ])('fails when %s', async (_, method, path, status, body, check, words) => {
    await using site = await boardSite(dist.path, boardFlag(0))
    site.override(method, path, status, body)
    const ran = await smoke(site.url)
    expect(ran.exitCode).toBe(1)
    expect(ran.stdout).toContain(words)
    expect(ran.lastLine).toMatch(new RegExp(`^smoke failed at .*${check}`))
  })

  test('fails when a file that the page names is not there', async () => {
    await using copy = await tempDir()
    await runScript(['build.mjs', '--out', copy.path])
    const script = (await readdir(join(copy.path, 'assets'))).find((name) => name.endsWith('.js')) ?? ''
    await rm(join(copy.path, 'assets', script))
    await using site = await boardSite(copy.path, boardFlag(0))
    const ran = await smoke(site.url)
    expect(ran.exitCode).toBe(1)
    expect(ran.stdout).toContain(`FAIL  page: /assets/${script} answered 404`)
  })

  test('says what is missing when nothing listens or no address is given', async () => {
    const nobody = await smoke('http://127.0.0.1:9')
    expect(nobody.exitCode).toBe(1)
    expect(nobody.stdout).toContain('does not answer')
    expect(await smoke(undefined)).toMatchObject({
      exitCode: 1,
      lastLine: expect.stringContaining('LAUNCH_URL is not set'),
    })
  })
})
