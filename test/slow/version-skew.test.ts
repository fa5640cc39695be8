import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { flagOf, journalLines } from '../support/sandbox-files.ts'

async function eventsFolder(project: LaunchProject): Promise<string> {
  const root = join(project.path, '.launch/sandbox/state/v1/statusboard/production/launches')
  const [launch = ''] = await readdir(root)
  return join(root, launch, 'events')
}

/** What a newer version would have written behind the journal, chained as it should be. */
async function written(project: LaunchProject, fields: object): Promise<void> {
  const lines = await journalLines(project.path)
  const last = lines.at(-1) ?? ''
  const n = lines.length + 1
  const prev = createHash('sha256').update(last).digest('hex')
  const event = { ...JSON.parse(last), id: `newer-${n}`, n, prev, ...fields }
  await writeFile(join(await eventsFolder(project), `${String(n).padStart(8, '0')}.json`), `${JSON.stringify(event)}\n`)
}

test.each([
  ['of a type it does not know', { type: 'stage-skipped', schema: 1 }, 'stage-skipped'],
  ['of a newer journal schema', { type: 'noted', schema: 2 }, 'noted (schema 2)'],
])(
  'after an event %s launch shows everything, goes no further, and rolls back',
  { timeout: 60_000 },
  async (_name, event, named) => {
    await using project = await launchProject()
    await project.run(['build', '--sandbox'])
    await written(project, event)

    for (const command of [['status'], ['history'], ['report'], ['canary', 'status']]) {
      const ran = await project.run([...command, '--sandbox'])
      expect(ran.exitCode, `${command.join(' ')}: ${ran.stderr}`).toBe(0)
    }
    const forward = await project.run(['deploy', '--env', 'staging', '--json', '--sandbox'])
    expect(forward.exitCode, forward.stderr).toBe(7)
    const { error } = JSON.parse(forward.stdout)
    expect(error).toMatchObject({ code: 'JOURNAL_VERSION', message: expect.stringContaining(named) })
    expect(error.hint).toContain('newer version')

    const rollback = await project.run(['rollback', 'emergency', '--json', '--sandbox'])
    expect(rollback.exitCode, rollback.stderr).toBe(0)
    expect(JSON.parse(rollback.stdout)).toMatchObject({ rollbacks: [{ outcome: 'restored', journaled: true }] })
    expect(JSON.parse((await journalLines(project.path)).at(-1) ?? '')).toMatchObject({ type: 'rolled-back' })
  },
)

test('a journal that somebody changed stops what goes forward, and no rollback', { timeout: 60_000 }, async () => {
  await using project = await launchProject()
  await project.run(['build', '--sandbox'])
  const first = join(await eventsFolder(project), '00000001.json')
  await writeFile(first, (await readFile(first, 'utf8')).replace('"supersedes":null', '"supersedes":"01ABC"'))

  const forward = await project.run(['deploy', '--env', 'staging', '--json', '--sandbox'])
  expect(forward.exitCode).toBe(5)
  expect(JSON.parse(forward.stdout).error).toMatchObject({
    code: 'JOURNAL_CORRUPT',
    message: expect.stringContaining('event 2 does not follow event 1'),
  })
  const rollback = await project.run(['rollback', 'emergency', '--json', '--sandbox'])
  expect(rollback.exitCode, rollback.stderr).toBe(0)
  expect(JSON.parse(rollback.stdout)).toMatchObject({ rollbacks: [{ outcome: 'restored', journaled: false }] })
  expect(await flagOf(project.path)).toMatchObject({ launch: { percent: 0, latch: true } })
  expect((await project.run(['status', '--sandbox'])).stdout).toContain('NOT YET JOURNALED')
})
