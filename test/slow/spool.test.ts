import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { answeringProxy } from '../support/answering-proxy.ts'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { bucketOf, chained, flagOf, journalOf, objectOf } from '../support/sandbox-files.ts'

/** A place that can never be a folder. */
const unreachable = ['--state', 'file:package.json/state']

const rolledBack = async (project: LaunchProject) =>
  (await journalOf(project.path)).filter(({ type }) => type === 'rolled-back')

test(
  'a rollback that its journal cannot be told of is done, kept, shown, and journaled once',
  { timeout: 60_000 },
  async () => {
    await using project = await launchProject()
    await project.run(['build', '--sandbox'])

    const rollback = await project.run(['rollback', 'emergency', '--reason', 'no state', '--sandbox', ...unreachable])
    expect(rollback.exitCode, rollback.stderr).toBe(0)
    expect(rollback.stdout).toContain('NOT YET JOURNALED')
    expect(rollback.stdout).toContain('launch journal flush')
    expect(await flagOf(project.path)).toMatchObject({ launch: { percent: 0, latch: true, reason: 'no state' } })
    expect(await rolledBack(project)).toEqual([])

    const spool = join(project.path, '.launch/sandbox/spool')
    const [name, ...more] = await readdir(spool)
    expect(more).toEqual([])
    expect((await stat(join(spool, name ?? ''))).mode & 0o777).toBe(0o600)
    expect((await stat(spool)).mode & 0o777).toBe(0o700)
    const status = await project.run(['status', '--sandbox'])
    expect(status.stdout).toContain('NOT YET JOURNALED: 1 rollback done from this machine; launch journal flush')

    const still = await project.run(['journal', 'flush', '--sandbox', ...unreachable])
    expect(still.exitCode).toBe(6)
    expect(await readdir(spool)).toEqual([name])

    const flushes = await Promise.all([1, 2].map(() => project.run(['journal', 'flush', '--sandbox'])))
    expect(flushes.map(({ exitCode }) => exitCode)).toEqual([0, 0])
    expect(flushes.map(({ stdout }) => stdout).join()).toMatch(/emergency rollback of \S+ by .*: event \d+ of launch /)
    const [told, ...twice] = await rolledBack(project)
    expect(twice).toEqual([])
    expect(told).toMatchObject({ id: name?.replace('.json', ''), result: { reason: 'no state', outcome: 'restored' } })
    expect(await readdir(spool)).toEqual([])

    const again = await project.run(['journal', 'flush', '--sandbox'])
    expect(again).toMatchObject({ exitCode: 0, stdout: 'nothing waits to be journaled\n' })
    expect(await rolledBack(project)).toHaveLength(1)
    expect((await project.run(['status', '--sandbox'])).stdout).not.toContain('NOT YET JOURNALED')
  },
)

test(
  'the next command that writes into the journal brings along what waits, and says so',
  { timeout: 60_000 },
  async () => {
    await using project = await launchProject()
    await project.run(['build', '--sandbox'])
    await project.run(['rollback', 'emergency', '--sandbox', ...unreachable])

    const looked = await project.run(['explain', '--sandbox'])
    expect(looked.stderr).not.toContain('told to the journal')
    expect(await rolledBack(project)).toEqual([])

    const noted = await project.run(['note', 'state was away', '--sandbox'])
    expect(noted.exitCode, noted.stderr).toBe(0)
    expect(noted.stderr).toContain('1 record of earlier told to the journal')
    expect((await journalOf(project.path)).map(({ type }) => type).slice(-2)).toEqual(['rolled-back', 'noted'])
  },
)

test(
  'a launch that was opened over the latch is not rolled back by what is told late',
  { timeout: 60_000 },
  async () => {
    await using project = await launchProject()
    await project.run(['build', '--sandbox'])
    await project.run(['rollback', 'emergency', '--sandbox', ...unreachable])
    // The state of a new launch; nothing of the old one is in it.
    const other = ['--state', 'file:other']
    const built = await project.run(['build', '--sandbox', ...other])
    expect(built.exitCode, built.stderr).toBe(0)
    const status = await project.run(['status', '--sandbox', '--json', ...other])
    expect(JSON.parse(status.stdout).launch.state).not.toMatch(/rolled/)

    const notThere = await project.run(['journal', 'flush', '--sandbox', ...other])
    expect(notThere.stdout).toMatch(/^left as they are, .*: s3:\/\/sb-prod\/flags\/status-board-v2\.json; run this/)
    const flushed = await project.run(['journal', 'flush', '--sandbox', '--json'])
    expect(JSON.parse(flushed.stdout).journaled).toHaveLength(1)
    expect(await rolledBack(project)).toHaveLength(1)
  },
)

test(
  'what was done at a mistyped place is let go of by its id, and nothing that a journal takes',
  { timeout: 60_000 },
  async () => {
    await using project = await launchProject()
    await project.run(['build', '--sandbox'])
    const mistyped = ['--flag', 's3://sb-prod/flags/status-bord.json', '--region', 'us-east-1']
    await project.run(['rollback', 'emergency', '--sandbox', ...mistyped, ...unreachable])
    const left = await project.run(['journal', 'flush', '--sandbox'])
    const id = /--forget (\w+)$/m.exec(left.stdout)?.[1] ?? ''

    const nothing = await project.run(['journal', 'flush', '--forget', 'other', '--sandbox'])
    expect(nothing).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('nothing waits to be journaled under "other"'),
    })
    const dry = await project.run(['journal', 'flush', '--forget', id, '--dry-run', '--sandbox'])
    expect(dry.stdout).toMatch(
      new RegExp(`^  ${id}: emergency rollback of .*status-bord\\.json: to .*; else it is forgotten$`, 'm'),
    )
    const forgotten = await project.run(['journal', 'flush', '--forget', id, '--sandbox'])
    expect(forgotten.stdout).toMatch(
      /^forgotten: emergency rollback of .* by .*, s3:\/\/sb-prod\/flags\/status-bord\.json$/m,
    )
    expect((await project.run(['journal', 'flush', '--sandbox'])).stdout).toContain('nothing waits to be journaled')
    expect(await rolledBack(project)).toHaveLength(0)

    await project.run(['rollback', 'emergency', '--sandbox', ...unreachable])
    const waiting = JSON.parse(
      (await project.run(['journal', 'flush', '--dry-run', '--json', '--sandbox'])).stdout,
    ).waiting
    const taken = await project.run(['journal', 'flush', '--forget', waiting[0].id, '--json', '--sandbox'])
    expect(JSON.parse(taken.stdout)).toMatchObject({ journaled: [{ id: waiting[0].id }], forgotten: [] })
    expect(await rolledBack(project)).toHaveLength(1)
  },
)

test('with the state in S3 out of reach the flag goes off, and the record waits', { timeout: 60_000 }, async () => {
  await using project = await launchProject()
  await using host = project.start(['sandbox', 'serve', '--jsonl'], { timeoutMs: 60_000 })
  const serving = JSON.parse((await host.waitFor('"serving"', 30_000)).trim())
  await using proxy = await answeringProxy(serving.apiUrl)
  const env = { LAUNCH_SANDBOX_URL: proxy.url }
  const state = ['--state', 's3://statusboard-launches/x']
  const built = await project.run(['build', '--sandbox', ...state], { env })
  expect(built.exitCode, built.stderr).toBe(0)

  proxy.answer(({ url }) => (url.startsWith('/statusboard-launches') ? 'hang up' : null))
  const rollback = await project.run(['rollback', 'emergency', '--json', '--sandbox', ...state], { env })
  expect(rollback.exitCode, rollback.stderr).toBe(0)
  expect(JSON.parse(rollback.stdout)).toMatchObject({ rollbacks: [{ outcome: 'restored', journaled: false }] })

  proxy.answer(() => null)
  const before = eventsIn(await bucketOf(project.path, 'statusboard-launches'))
  for (const expected of [1, 0]) {
    const flushed = await project.run(['journal', 'flush', '--json', '--sandbox', ...state], { env })
    expect(JSON.parse(flushed.stdout).journaled).toHaveLength(expected)
    expect(eventsIn(await bucketOf(project.path, 'statusboard-launches')) - before).toBe(1)
  }
})

function eventsIn(keys: ReadonlyMap<string, string>): number {
  return [...keys.keys()].filter((key) => key.includes('/events/')).length
}

test(
  'a driver that turned the flag off and ends before its journal answers leaves the record, which a resume brings along',
  { timeout: 90_000 },
  async () => {
    await using project = await launchProject()
    await using host = project.start(
      ['sandbox', 'serve', '--jsonl', '--speed', '300', '--scenario', 'error-spike@30'],
      {
        timeoutMs: 90_000,
      },
    )
    const serving = JSON.parse((await host.waitFor('"serving"', 30_000)).trim())
    await using proxy = await answeringProxy(serving.apiUrl)
    const env = { LAUNCH_SANDBOX_URL: proxy.url }
    const state = ['--state', 's3://statusboard-launches/x']
    // Only a rollback writes the flag without a condition: from that write on the journal is away.
    let isAway = false
    proxy.answer(({ method, url, headers }) => {
      const isFree = headers['if-match'] === undefined && headers['if-none-match'] === undefined
      isAway ||= method === 'PUT' && url.includes('/flags/') && url.includes('sb-prod') && isFree
      return isAway && url.startsWith('/statusboard-launches') ? 'hang up' : null
    })
    const driven = await project.run(['auto', '--sandbox', ...state], { env, timeoutMs: 90_000 })
    expect(driven.exitCode, driven.stderr.slice(-2000)).toBe(4)
    expect(driven.stderr).toContain('NOT YET JOURNALED: what was done waits on this machine')
    const spool = join(project.path, '.launch/sandbox/spool')
    const names = await readdir(spool)

    proxy.answer(() => null)
    const resumed = await project.run(['resume', '--yes', '--sandbox', ...state], { env })
    expect(resumed.exitCode, resumed.stderr).toBe(4)
    expect(resumed.stderr).toContain('1 record of earlier told to the journal')
    expect(await readdir(spool)).toEqual([])
    const keys = await bucketOf(project.path, 'statusboard-launches')
    const lines = await Promise.all(
      [...keys.keys()]
        .filter((key) => key.includes('/events/'))
        .sort()
        .map(async (key) => String(await objectOf(project.path, 'statusboard-launches', key))),
    )
    const told = chained(lines).filter(({ type }) => type === 'rolled-back')
    expect(told).toMatchObject([{ id: names[0]?.replace('.json', ''), trigger: 'gate' }])
  },
)
