import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StatusEnvelope } from '../../src/ui/envelope-schema.ts'
import { readLines, recalculated, verdictOfLines } from '../support/explained.ts'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { chained, flagOf, journalLines, journalOf, servedRelease } from '../support/sandbox-files.ts'

const exec = promisify(execFile)

describe('after a launch that was rolled back at 30 %', () => {
  let project: LaunchProject
  let launch: string
  let journal: readonly string[]
  beforeAll(async () => {
    project = await launchProject()
    const ran = await project.run(['auto', '--scenario', 'error-spike@30', '--quiet'])
    if (ran.exitCode !== 4) throw new Error(ran.stderr)
    launch = (await journalOf(project.path))[0]?.launch ?? ''
    journal = await journalLines(project.path)
  }, 60_000)
  afterAll(() => project[Symbol.asyncDispose]())
  const run = (...args: readonly string[]) => project.run([...args, '--sandbox'])

  test('status has one plain flag line, and says what the bucket says', async () => {
    const ran = await run('status')

    expect(ran.exitCode).toBe(0)
    const lines = ran.stdout.split('\n').filter((line) => line.startsWith('flag '))
    expect(lines).toHaveLength(1)
    const serial = (await flagOf(project.path))?.launch.serial
    expect(lines[0]).toMatch(new RegExp(`^flag status-board-v2 0% serial ${serial} latched by .+: Error rate`))
    expect(ran.stdout).toContain((await servedRelease(project.path))?.release)
    expect(ran.stdout).toMatch(/health +✔ ok https:\/\/sb\.example\/api\/health 200/)
  })

  test('status --json is the documented envelope', async () => {
    const envelope = StatusEnvelope.parse(JSON.parse((await run('status', '--json')).stdout))

    expect(envelope).toMatchObject({ exitCode: 0, flag: { percent: 0, latched: true }, launch: { id: launch } })
    expect(envelope.health).toHaveLength(2)
  })

  test('status of an environment that is not in the run sheet names those that are', async () => {
    expect(await run('status', '--env', 'prod')).toMatchObject({
      exitCode: 2,
      stderr: '✖ the run sheet has no environment "prod"\n  it has staging, production\n',
    })
  })

  test('canary status shows the stages, the failed one with its numbers', async () => {
    const { stdout } = await run('canary', 'status')

    expect(stdout).toMatch(/^flag status-board-v2 0%/)
    expect(stdout).toMatch(/\n10% +✔ pass/)
    expect(stdout).toMatch(/\n30% +✖ fail/)
    expect(stdout).toMatch(/✖ fail +Error rate < 1%/)
    expect(stdout).toMatch(/\n100% +◌ waiting/)
  })

  test('history says how it ended', async () => {
    const { stdout } = await run('history')

    expect(stdout).toMatch(new RegExp(`\n${launch} .*rolled-back`))
    expect(JSON.parse((await run('history', '--json')).stdout)).toMatchObject({
      launches: [{ launch, outcome: 'rolled-back', rollbacks: 1 }],
    })
  })

  test('explain gives the newest verdict with query, window, points and what helps, worst check first', async () => {
    const { stdout } = await run('explain')

    expect(stdout).toMatch(/^launch ended, rolled-back/)
    expect(stdout).toContain('gate canary at 30% in production: ✖ fail')
    const [first = ''] = stdout.split('\n\n').slice(2)
    expect(first).toMatch(/^✖ fail {2}Error rate < 1%\n {2}check +canary\/error-rate \(ratio\)\n/)
    expect(first).toMatch(/query +StatusBoard Errors \{Environment=production, Variant=v2\|v1\}/)
    expect(first).toMatch(/counted +10%: 10 of 12 minutes \d\d:\d\d:00Z to .*, new version \d+ of [\d,]+, old version/)
    expect(first).toMatch(
      /left out +30%: \d minutes? .* younger than the metric takes to settle: in the comparison alone/,
    )
    expect(first).toMatch(/compared +since .* = 1\d(\.\d+)?% against .* in the old version → matters/)
    expect(first).toMatch(/again +fail, as the journal says/)
    expect(first).toMatch(/hint +\S/)
  })

  test('explain says what followed a verdict, and who did it', async () => {
    const { stdout } = await run('explain', 'canary@30')
    expect(stdout).toMatch(/judged +2026-12-02 .* by .+, event \d+ of launch/)
    expect(stdout).toMatch(/followed +\d\d:\d\d:\d\dZ emergency rollback begins: .* \(.+\)\n/)
  })

  test.each([
    ['canary@10', 'pass'],
    ['canary@30', 'fail'],
  ])('the arithmetic that explain prints of %s can be calculated again, and leads to %s', async (gate, verdict) => {
    const { stdout } = await run('explain', gate)
    const lines = readLines(stdout)
    expect(lines.checks.map(({ id }) => id).toSorted()).toEqual(['board-p95', 'drawer-average', 'error-rate'])
    expect(verdictOfLines(lines), stdout).toBe(verdict)
    for (const { what, said, is, within } of recalculated(lines))
      expect(Math.abs(said - is), `${what}: ${said} is printed, ${is} calculated`).toBeLessThanOrEqual(
        within * Math.abs(is) + 1e-12,
      )
  })

  test('the points that explain gives add up to what was observed', async () => {
    const { stdout } = await run('explain', 'canary@10', '--json')

    type Point = { count: number; sum: number }
    type Points = { metric: string; variant: string; used: Point[] }
    const { gate } = JSON.parse(stdout) as {
      gate: {
        verdict: string
        checks: { id: string; judgement: { observed: number; samples: number }; points: Points[] }[]
      }
    }
    expect(gate.verdict).toBe('pass')
    const check = gate.checks.find(({ id }) => id === 'drawer-average')
    const used = check?.points.find(({ variant }) => variant === 'canary')?.used ?? []
    const count = used.reduce((total, point) => total + point.count, 0)
    expect(used.length).toBeGreaterThanOrEqual(10)
    expect(count).toBe(check?.judgement.samples)
    expect(used.reduce((total, point) => total + point.sum, 0) / count).toBeCloseTo(check?.judgement.observed ?? NaN, 6)
  })

  test('explain of a gate that is not there says which ones are', async () => {
    expect(await run('explain', 'canary@3')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('did you mean canary@30') as string,
    })
    expect((await run('explain', '--launch', 'NOPE')).exitCode).toBe(2)
  })

  test('explain --points has a row for every minute', async () => {
    const { stdout } = await run('explain', 'canary@10', '--points', '--launch', launch.slice(0, 20))

    expect(stdout).toMatch(/\n {2}requests control\n(?: {4}\d\d:\d\d:00Z +[\d,]+ samples +sum [\d,]+ +used\n){10}/)
  })

  test('nothing of all this looking changed the journal', async () => {
    expect(await journalLines(project.path)).toEqual(journal)
  })

  test('a lesson can be noted afterwards, and the report has it', async () => {
    await run('note', 'start *earlier*')

    const ran = await run('report')

    const path = join(project.path, '.launch/sandbox/reports', `${launch}.md`)
    const page = path.replace('.md', '.html')
    expect(ran.stderr).toBe(`written to ${path}\nas a page to ${page}\n`)
    expect(await readFile(path, 'utf8')).toBe(ran.stdout)
    expect(ran.stdout).toMatch(/## Lessons Learned\n\n- start \\\*earlier\\\* \(/)
    expect(ran.stdout).toContain('Launch Status: **FAILED**')
    expect(await readFile(page, 'utf8')).toContain('<li>start *earlier* (')
    expect(await readdir(join(project.path, '.launch/sandbox/reports'))).toEqual([`${launch}.html`, `${launch}.md`])
  })

  test('archive is one file that tar unpacks, its checksums hold and the journal in it is whole', async () => {
    const ran = await run('archive')
    const [path = '', sum = ''] = ran.stdout.split('\n')

    expect(sum).toBe(
      `sha256 ${createHash('sha256')
        .update(await readFile(path))
        .digest('hex')}`,
    )
    const folder = join(project.path, 'unpacked')
    await exec(
      'sh',
      ['-c', 'mkdir unpacked && tar -xzf "$0" -C unpacked 2>&1 && cd unpacked/* && sha256sum -c SHA256SUMS', path],
      { cwd: project.path },
    )
    const lines = (await readFile(join(folder, launch, 'journal.jsonl'), 'utf8')).split(/(?<=\n)/)
    expect(lines).toEqual(await journalLines(project.path))
    expect(chained(lines).length).toBeGreaterThan(50)
    expect((await readdir(join(folder, launch))).toSorted()).toEqual([
      'SHA256SUMS',
      'journal.jsonl',
      'plan.json',
      'release.json',
      'report.html',
      'report.md',
    ])
  })

  test('the same launch gives the same archive', async () => {
    const [first, second] = [await run('archive'), await run('archive')]

    expect(second.stdout).toBe(first.stdout)
  })
})

test('looking at a sandbox that is not there does not make one', async () => {
  await using project = await launchProject()

  const status = await project.run(['status', '--sandbox'])
  const history = await project.run(['history', '--sandbox'])

  expect(status).toMatchObject({
    exitCode: 2,
    stderr: '✖ there is no sandbox in this folder\n  launch auto --sandbox makes one\n',
  })
  expect(history).toMatchObject({ exitCode: 0, stdout: 'no launches yet\n' })
  expect(await readdir(project.path)).not.toContain('.launch')
})
